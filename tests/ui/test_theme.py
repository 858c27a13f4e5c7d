"""Text can be read on every ground that it stands on, in both themes; the window follows a switch."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from lora_gui.domain.assets import asset
from lora_gui.ui.icons import icon
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.theme import DARK, LIGHT, Theme, style_sheet, theme, theme_switch

GROUNDS = ("ground", "card", "field")
TEXTS = ("text", "muted", "frozen", "trainable", "good", "warning", "error", "accent")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS]
PAIRS += [("on_accent", ground) for ground in ("accent", "frozen", "trainable")]
# The selected line of a table and a pressed button.
PAIRS += [("text", "line")]


@pytest.fixture
def switched(qapp: QApplication) -> Iterator[None]:
    yield
    theme_switch().choose("system")


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(worn: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(worn, text), getattr(worn, ground)) >= 4.5


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=lambda t: t.name)
def test_frozen_and_trainable_differ_without_colour_vision(worn: Theme) -> None:
    # Blue against orange survives every common colour blindness: one is bluer, the other redder.
    frozen, trainable = QColor(worn.frozen), QColor(worn.trainable)
    assert frozen.blue() - frozen.red() > 100
    assert trainable.red() - trainable.blue() > 100


def test_every_colour_is_written_as_such() -> None:
    for worn in (LIGHT, DARK):
        colours = [getattr(worn, f.name) for f in fields(Theme) if f.name != "name"]
        assert all(QColor(c).isValid() and len(c) == 7 for c in colours)


def test_choosing_a_theme_dresses_the_window(qtbot: QtBot, switched: None) -> None:
    switch = theme_switch()
    switch.choose("light")
    window = MainWindow()
    qtbot.addWidget(window)
    label = QLabel("muted", window)
    label.setProperty("role", "muted")
    window.show()
    with qtbot.waitSignal(switch.changed):
        switch.choose("dark")
    assert theme() is DARK
    qtbot.waitUntil(lambda: label.palette().windowText().color().name() == DARK.muted)


def test_choosing_the_theme_that_is_worn_changes_nothing(qtbot: QtBot, switched: None) -> None:
    switch = theme_switch()
    switch.choose("dark")
    with qtbot.assertNotEmitted(switch.changed):
        switch.choose("dark")


def test_icons_wear_the_theme(qapp: QApplication, switched: None) -> None:
    seen = []
    flame = icon("flame", "trainable")
    for scheme in ("light", "dark"):
        theme_switch().choose(scheme)
        image = flame.pixmap(32, 32).toImage()
        solid = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert theme().trainable in solid
        seen.append(solid)
    assert seen[0] != seen[1]


def test_the_style_sheet_names_only_icons_that_exist(qapp: QApplication, switched: None) -> None:
    sheet = style_sheet()
    assert "$" not in sheet
    for part in sheet.split("url(")[1:]:
        assert asset("icons/" + part.split(")")[0].strip("'\"").rsplit("/", 1)[-1]).is_file()
