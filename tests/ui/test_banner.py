"""The banner: newest on top, no error lost, details to copy, closed by hand, by key or by its cause's end."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from lora_gui.ui import banner as banner_module
from lora_gui.ui.banner import Banner, Kind
from lora_gui.ui.cards import IconView


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.resize(1000, 100)
    return banner


def button(banner: Banner, name: str) -> QAbstractButton:
    found = banner.findChild(QAbstractButton, f"banner_{name}")
    assert found is not None
    return found


def label(banner: Banner, name: str) -> QLabel:
    found = banner.findChild(QLabel, f"banner_{name}")
    assert found is not None
    return found


def details(banner: Banner) -> QPlainTextEdit:
    found = banner.findChild(QPlainTextEdit, "banner_details")
    assert found is not None
    return found


def test_it_hides_until_there_is_something_to_say(banner: Banner) -> None:
    assert banner.isHidden()
    banner.show_message("info", "Saved", "The file is written.")
    assert banner.isVisible()
    assert label(banner, "title").text() == "Saved"
    assert label(banner, "text").text() == "The file is written."


@pytest.mark.parametrize("kind", ["info", "warning", "error"])
def test_each_kind_has_its_icon_and_its_word(banner: Banner, kind: Kind) -> None:
    banner.show_message(kind, "Title", "Text")
    icon = banner.findChild(IconView)
    assert icon is not None
    assert icon.name == kind
    words = {"info": "Note", "warning": "Warning", "error": "Error"}
    assert banner.accessibleName() == f"{words[kind]}: Title. Text"


def test_notes_give_way_but_errors_wait(banner: Banner) -> None:
    banner.show_message("error", "First error", "")
    banner.show_message("info", "A note", "")
    banner.show_message("warning", "A warning", "")
    assert label(banner, "title").text() == "A warning"
    assert label(banner, "waiting").text() == "1 more"
    banner.dismiss()
    assert label(banner, "title").text() == "First error"
    assert label(banner, "waiting").isHidden()
    banner.dismiss()
    assert banner.isHidden()
    banner.dismiss()  # nothing left: nothing happens


def test_an_error_that_comes_again_is_shown_once(banner: Banner) -> None:
    for _ in range(5):
        banner.show_message("error", "Same", "error")
    banner.dismiss()
    assert banner.isHidden()


def test_clear_takes_kinds_or_all(banner: Banner) -> None:
    banner.show_message("error", "Error", "")
    banner.show_message("info", "Note", "")
    banner.clear("info", "warning")
    assert label(banner, "title").text() == "Error"
    assert banner.isVisible()
    banner.clear()
    assert banner.isHidden()


def test_details_open_and_are_copied(banner: Banner, qtbot: QtBot) -> None:
    traceback = "Traceback:\n  line 1\nRuntimeError: no"
    banner.show_message("error", "Failed", "It did not work.", traceback)
    assert details(banner).isHidden()
    assert button(banner, "copy").isHidden()
    QTest.mouseClick(button(banner, "details_toggle"), Qt.MouseButton.LeftButton)
    assert details(banner).isVisible()
    assert details(banner).isReadOnly()
    assert details(banner).toPlainText() == traceback
    QTest.mouseClick(button(banner, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == traceback
    assert button(banner, "copy").text() == "Copied"
    banner.show_message("error", "Another", "", "other")
    assert details(banner).isHidden()
    assert button(banner, "copy").text() == "Copy details"


def test_without_details_there_is_no_button_for_them(banner: Banner) -> None:
    banner.show_message("warning", "Careful", "Slowly.")
    assert button(banner, "details_toggle").isHidden()
    assert button(banner, "action").isHidden()


@pytest.mark.parametrize("focus", ["close", "details"])
def test_escape_closes_it(banner: Banner, qtbot: QtBot, focus: str) -> None:
    banner.show_message("error", "Failed", "", "why")
    button(banner, "details_toggle").click()
    banner.activateWindow()
    widget = button(banner, "close") if focus == "close" else details(banner)
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    QTest.keyClick(widget, Qt.Key.Key_Escape)
    assert banner.isHidden()


def test_the_cross_closes_it(banner: Banner, qtbot: QtBot) -> None:
    banner.show_message("info", "Note", "")
    QTest.mouseClick(button(banner, "close"), Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_an_action_is_done_once_and_closes(banner: Banner, qtbot: QtBot) -> None:
    done: list[str] = []
    banner.show_message("warning", "Diverged", "", action=("Rewind", lambda: done.append("rewind")))
    assert button(banner, "action").text() == "Rewind"
    QTest.mouseClick(button(banner, "action"), Qt.MouseButton.LeftButton)
    assert done == ["rewind"]
    assert banner.isHidden()


def test_an_action_may_show_the_next_message(banner: Banner) -> None:
    banner.show_message("error", "No", "", action=("Retry", lambda: banner.show_message("info", "Yes", "")))
    button(banner, "action").click()
    assert label(banner, "title").text() == "Yes"
    assert label(banner, "waiting").isHidden()


def test_markup_is_shown_and_not_obeyed(banner: Banner) -> None:
    banner.show_message("error", "<b>rank</b>", "<img src=x>")
    assert label(banner, "title").textFormat() == Qt.TextFormat.PlainText
    assert label(banner, "text").textFormat() == Qt.TextFormat.PlainText


def test_it_is_spoken_and_errors_interrupt(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        banner_module, "announce", lambda _, text, urgent=False: spoken.append((text, urgent))
    )
    banner.show_message("info", "Saved", "Done")
    banner.show_message("error", "Failed", "Not done")
    assert spoken == [("Note: Saved. Done", False), ("Error: Failed. Not done", True)]


def test_it_speaks_while_a_screen_reader_listens(banner: Banner) -> None:
    QAccessible.setActive(True)
    try:
        banner.show_message("error", "Failed", "Not done")
    finally:
        QAccessible.setActive(False)
    interface = QAccessible.queryAccessibleInterface(banner)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Error: Failed. Not done"


def test_long_text_wraps_in_a_narrow_window(banner: Banner, qtbot: QtBot) -> None:
    banner.show_message("warning", "Diverged", "The loss is no finite number any more. " * 10, "x")
    banner.resize(600, banner.heightForWidth(600))
    text = label(banner, "text")
    qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
    assert banner.minimumSizeHint().width() <= 600
