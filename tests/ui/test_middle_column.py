"""What is said over the views: it never makes the window larger than the screen."""

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.note import Note
from lora_gui.ui.plot_tabs import PlotTabs

TEXT = "The loss is no finite number any more; its curve stays up to there. " * 2


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    """The window as large as a screen of 1280 x 720 leaves it, with the note of a preset."""
    window = MainWindow()
    window.furnish(PlotTabs())
    qtbot.addWidget(window)
    window.load_preset("learning_rate_too_high")
    window.resize(1264, 655)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.mark.parametrize("details", ["", "line\n" * 100])
def test_a_message_leaves_the_window_its_size(qtbot: QtBot, window: MainWindow, details: str) -> None:
    before = window.size()
    window.banner.show_message("error", "The run diverged", TEXT, details)
    if details:
        toggle = window.banner.findChild(QPushButton, "banner_details_toggle")
        assert toggle is not None
        toggle.click()
    qtbot.wait(50)
    assert window.banner.isVisible()
    assert window.size() == before
    assert window.statusBar().geometry().bottom() < window.height()
    assert window.plot.height() >= window.plot.minimumSizeHint().height()


def test_the_note_gives_way_to_a_message(window: MainWindow) -> None:
    assert window.note.isVisible()
    window.banner.show_message("info", "Something", "to read")
    assert not window.note.isVisible()
    window.banner.dismiss()
    assert window.note.isVisible()


def test_a_note_that_stands_back_stays_hidden_whatever_it_says(qtbot: QtBot) -> None:
    note = Note()
    qtbot.addWidget(note)
    note.stand_back(True)
    note.say("advice")
    assert note.isHidden()
    note.stand_back(False)
    assert not note.isHidden()
    note.say("")
    assert note.isHidden()
