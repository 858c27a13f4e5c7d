"""What nobody caught reaches the log and the window."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from lora_gui.runtime.diagnostics import Diagnostics


@pytest.fixture
def diagnostics(qtbot: QtBot) -> Iterator[Diagnostics]:
    with Diagnostics() as diagnostics:
        yield diagnostics


def raised() -> ValueError:
    try:
        raise ValueError("the message")
    except ValueError as error:
        return error


def test_an_uncaught_exception_reaches_the_log_and_whoever_listens(
    diagnostics: Diagnostics, qtbot: QtBot
) -> None:
    error = raised()
    with qtbot.waitSignal(diagnostics.caught) as caught:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert caught.args[0] is error
    assert "ValueError: the message" in caught.args[1]
    assert "ValueError: the message" in diagnostics.log_path.read_text(encoding="utf-8")


def test_an_exception_in_a_thread_does_too(diagnostics: Diagnostics, qtbot: QtBot) -> None:
    with qtbot.waitSignal(diagnostics.caught) as caught:
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
    assert isinstance(caught.args[0], IndexError)
    assert "IndexError" in diagnostics.log_path.read_text(encoding="utf-8")


@pytest.mark.no_qt_log
def test_qts_own_words_are_logged(diagnostics: Diagnostics) -> None:
    qWarning("a pixmap went missing")
    assert "a pixmap went missing" in diagnostics.log_path.read_text(encoding="utf-8")


def test_the_end_puts_everything_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger("lora_gui").handlers)
    with Diagnostics():
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, threading.excepthook, logging.getLogger("lora_gui").handlers) == before


def test_a_home_that_cannot_be_written_does_not_keep_the_app_from_starting(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    diagnostics = Diagnostics()
    diagnostics.log_path = diagnostics.log_path.parent / "file" / "folder" / "log"
    diagnostics.log_path.parent.parent.parent.mkdir(parents=True, exist_ok=True)
    diagnostics.log_path.parent.parent.write_text("in the way")
    with diagnostics:
        logging.getLogger("lora_gui").error("said anyway")
    assert "said anyway" in capsys.readouterr().err
