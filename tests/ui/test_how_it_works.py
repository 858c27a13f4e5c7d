"""The four steps: their numbers are those of the settings, and every way to reach a step works."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QAction, QGuiApplication, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.snippets import STEPS, snippet
from lora_gui.ui.how_it_works import HowItWorks
from lora_gui.ui.lessons import ADAM, EQUATION_3, PAPER, SECTION_7_2, TARGETS, Lessons
from lora_gui.ui.theme import DARK, LIGHT, theme_switch


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def card(qtbot: QtBot) -> HowItWorks:
    card = HowItWorks()
    qtbot.addWidget(card)
    card.resize(290, 460)
    card.show()
    qtbot.waitExposed(card)
    card.activateWindow()
    return card


def button(card: HowItWorks, name: str) -> QToolButton:
    found = card.findChild(QToolButton, name)
    assert found is not None, name
    return found


def label(card: HowItWorks, name: str) -> QLabel:
    found = card.findChild(QLabel, name)
    assert found is not None, name
    return found


def said(card: HowItWorks, name: str) -> str:
    """Return what a label says to the eye, spaces of one kind."""
    text = QTextDocumentFragment.fromHtml(label(card, name).text()).toPlainText()
    return text.replace("\N{NO-BREAK SPACE}", " ")


def code(card: HowItWorks) -> str:
    view = card.findChild(QPlainTextEdit, "code")
    assert view is not None
    return view.toPlainText()


def test_the_forward_pass_shows_the_shapes_of_every_product(card: HowItWorks) -> None:
    card.choose(2)
    lines = said(card, "lesson_formula").split("\n")
    assert lines[0] == "x (1000, 64) · W0 (64, 10) → (1000, 10)"
    assert lines[1] == "x (1000, 64) · A (64, 4) → (1000, 4) · B (4, 10) → (1000, 10)"
    assert lines[2] == "h = x W0 + b + 1 · (x A) B"
    card.show_config(
        RunConfig(in_features=30, out_features=20, rank=5, scaling=0.5, samples=80, batch_size=16)
    )
    lines = said(card, "lesson_formula").split("\n")
    assert lines[1] == "x (16, 30) · A (30, 5) → (16, 5) · B (5, 20) → (16, 20)"
    assert "0.5 · (x A) B" in lines[2]


@pytest.mark.parametrize(("train_bias", "count"), [(True, "306"), (False, "296")])
def test_both_counts_of_the_tutorial_are_explained(card: HowItWorks, train_bias: bool, count: str) -> None:
    card.choose(4)
    card.show_config(RunConfig(train_bias=train_bias))
    assert f"= {count}" in said(card, "lesson_formula")
    text = said(card, "lesson_text")
    assert "306" in text
    assert "296" in text
    assert "Train bias" in text


@pytest.mark.parametrize(
    "config",
    [
        *PRESETS.values(),
        RunConfig(train_bias=False, in_features=33),
        RunConfig(method="full"),
        RunConfig(method="bias"),
    ],
)
def test_the_sums_of_counting_add_up(card: HowItWorks, config: RunConfig) -> None:
    card.choose(4)
    card.show_config(config)
    sum_, share = (line.replace(",", "") for line in said(card, "lesson_formula").split("\n")[1:])
    terms, result = sum_.removeprefix("= ").split(" = ")
    assert eval(terms.replace("·", "*")) == int(result)
    part, whole, percent = re.fullmatch(r"(\d+) / (\d+) = ([\d.]+) %", share).groups()  # type: ignore[union-attr]
    assert part == result
    assert float(percent) == pytest.approx(100 * int(part) / int(whole), abs=0.005)


def test_a_rank_above_break_even_saves_nothing(card: HowItWorks) -> None:
    card.choose(4)
    card.show_config(RunConfig(rank=8))
    assert "fine-tuning" in said(card, "lesson_text")
    card.show_config(RunConfig(rank=9))
    assert "nothing is saved" in said(card, "lesson_text")


@pytest.mark.parametrize(
    ("change", "step", "words"),
    [
        ({"init": "paper"}, 2, "B starts at zero"),
        ({}, 2, "start as noise"),
        ({"task": "low_rank", "true_rank": 2, "noise": 0.25}, 3, "rank 2 hidden in it, plus noise of σ ="),
        (PRESETS["digits"].to_dict(), 3, "1,297 handwritten digits"),
        ({"batch_size": 300}, 3, "4 steps of 300 rows"),
        ({"optimizer": "sgd"}, 3, "SGD is handed A, B and the bias"),
        ({"train_bias": False}, 3, "handed A and B alone"),
    ],
)
def test_each_text_speaks_of_the_settings(
    card: HowItWorks, change: dict[str, object], step: int, words: str
) -> None:
    card.show_config(RunConfig.from_dict(change))
    card.choose(step)
    assert words in said(card, "lesson_text")


@pytest.mark.parametrize(
    ("method", "trained", "colour"),
    [("full", "W0, b", LIGHT.trainable), ("bias", "(b)", LIGHT.frozen), ("none", "", LIGHT.frozen)],
)
def test_without_an_adapter_the_steps_speak_of_what_is_there(
    card: HowItWorks, method: str, trained: str, colour: str
) -> None:
    card.show_config(RunConfig(method=method))
    assert "LoRA" in said(card, "lesson_text") or method != "full"
    assert f'{colour}">W<sub>0' in label(card, "lesson_formula").text()
    card.choose(2)
    assert not button(card, "lesson_2").isHidden()
    assert "A" not in said(card, "lesson_formula")
    merge = card.findChild(QPushButton, "merge_check")
    assert merge is not None
    assert not merge.isVisible()
    card.choose(3)
    assert trained in said(card, "lesson_formula")
    assert code(card) == snippet(3, RunConfig(method=method))
    card.choose(4)
    assert "%" in said(card, "lesson_formula")


def test_the_bias_learns_or_not(card: HowItWorks) -> None:
    assert "the bias as well" in said(card, "lesson_text")
    card.show_config(RunConfig(train_bias=False))
    assert "bias as well" not in said(card, "lesson_text")


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_the_update_rule_is_the_optimizers(card: HowItWorks, optimizer: str) -> None:
    card.choose(3)
    card.show_config(RunConfig(optimizer=optimizer, learning_rate=0.02))
    rule = said(card, "lesson_formula").split("\n")[-1]
    assert rule.startswith("A ← A − 0.02 · ")
    assert ("∂loss/∂A" in rule) == (optimizer == "sgd")
    assert rule.endswith("− 0.02 · 0.01 · A") == (optimizer == "adamw")


@pytest.mark.parametrize("step", STEPS)
def test_texts_are_short_and_leave_no_gap_unfilled(card: HowItWorks, step: int) -> None:
    lessons = Lessons()
    baselines = [RunConfig(method=method) for method in ("full", "bias", "none")]
    for config in (*PRESETS.values(), *baselines, RunConfig(train_bias=False, batch_size=100)):
        lesson = lessons.lesson(step, config)
        text = QTextDocumentFragment.fromHtml(lesson.text).toPlainText()
        assert not re.search(r"[{}]", text + lesson.formula)
        assert 2 <= len(re.findall(r"[.!](?= |$)", text)) <= 5
        assert len(text) < 520
        assert lesson.code == snippet(step, config)


def test_the_links_lead_to_the_paper_its_equation_and_its_section(card: HowItWorks) -> None:
    links = {}
    for step in STEPS:
        card.choose(step)
        links[step] = re.findall(r'href="([^"]+)"', label(card, "lesson_links").text())
    assert links == {1: [PAPER, EQUATION_3], 2: [EQUATION_3], 3: [ADAM], 4: [SECTION_7_2]}
    assert all(address.startswith("https://arxiv.org/") for found in links.values() for address in found)
    assert label(card, "lesson_links").openExternalLinks()


def test_the_code_is_the_snippet_and_can_be_copied(card: HowItWorks, qtbot: QtBot) -> None:
    card.choose(3)
    assert code(card) == snippet(3, RunConfig())
    copy = button(card, "copy_code")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == snippet(3, RunConfig()) + "\n"
    assert copy.accessibleName() == "Copied"
    qtbot.waitUntil(lambda: copy.accessibleName() == "Copy this Python", timeout=4000)


def test_the_losses_of_the_run_stand_in_step_3(card: HowItWorks) -> None:
    losses = label(card, "lesson_losses")
    card.choose(2)
    assert not losses.isVisible()
    card.choose(3)
    assert "Start" in losses.text()
    card.show_losses(243.7067, 173.2909, 10)
    assert losses.text() == "Your run: loss 243.7067 in epoch 1, 173.2909 in epoch 10."
    card.show_losses(None, None, 0)
    assert "Start" in losses.text()


def test_every_way_leads_to_a_step_and_lights_what_it_speaks_of(card: HowItWorks) -> None:
    lit: list[tuple[object, str]] = []
    card.spotlight.connect(lambda targets, words: lit.append((targets, words)))
    ways = (("lesson_3", 3), ("next_lesson", 4), ("previous_lesson", 3), ("step_1", 1))
    for name, step in ways:
        if action := card.findChild(QAction, name):
            action.trigger()
        else:
            QTest.mouseClick(button(card, name), Qt.MouseButton.LeftButton)
        assert card.step == step
        assert button(card, f"lesson_{step}").isChecked()
        assert said(card, "lesson_title").startswith(f"{step}. ")
        assert lit[-1] == (TARGETS[step], f"step {step}")
    assert not button(card, "previous_lesson").isEnabled()
    button(card, "lesson_4").click()
    assert not button(card, "next_lesson").isEnabled()


def test_the_arrow_keys_walk_through_the_steps(card: HowItWorks, qtbot: QtBot) -> None:
    button(card, "lesson_1").setFocus()
    qtbot.waitUntil(button(card, "lesson_1").hasFocus)
    QTest.keyClick(button(card, "lesson_1"), Qt.Key.Key_Right)
    assert card.step == 2
    assert button(card, "lesson_2").hasFocus()


def test_the_light_goes_out_by_its_switch_by_escape_and_by_folding(card: HowItWorks) -> None:
    lit: list[object] = []
    card.spotlight.connect(lambda targets, words: lit.append(targets))
    lamp = button(card, "lesson_spotlight")
    assert not lamp.isChecked()
    card.choose(1)
    assert lamp.isChecked()
    lamp.click()
    assert lit[-1] == ()
    lamp.click()
    assert lit[-1] == TARGETS[1]
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert (lit[-1], lamp.isChecked()) == ((), False)
    card.choose(1)
    button(card, "fold_how_it_works").click()
    assert (lit[-1], card.is_open) == ((), False)
    assert not label(card, "lesson_text").isVisible()
    card.choose(2)  # by its keys, say
    assert card.is_open
    assert lit[-1] == TARGETS[2]


def test_a_new_step_begins_at_its_top(card: HowItWorks) -> None:
    scroll = card.findChild(QScrollArea)
    assert scroll is not None
    card.choose(3)
    QApplication.processEvents()
    bar = scroll.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    card.choose(4)
    assert bar.value() == 0


def test_the_colours_follow_the_theme(card: HowItWorks) -> None:
    try:
        for scheme, colours in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
            QGuiApplication.styleHints().setColorScheme(scheme)
            theme_switch()._wear(colours)
            assert colours.trainable in label(card, "lesson_formula").text()
            assert colours.accent in label(card, "lesson_links").text()
    finally:
        QGuiApplication.styleHints().unsetColorScheme()


def test_numbers_follow_the_language(card: HowItWorks) -> None:
    card.choose(4)
    QLocale.setDefault(QLocale("de_DE"))
    QApplication.sendEvent(card, QEvent(QEvent.Type.LanguageChange))
    assert "32,35 %" in said(card, "lesson_formula")


def test_everything_has_a_name_for_those_who_listen(card: HowItWorks) -> None:
    for found in card.findChildren(QToolButton):
        assert found.accessibleName(), found.objectName()
        assert found.toolTip(), found.objectName()
        assert found.focusPolicy() != Qt.FocusPolicy.NoFocus
