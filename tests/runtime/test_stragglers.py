"""A thread that does not end in time costs nothing but its own run."""

import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Advance
from lora_gui.domain.run import RunState
from lora_gui.engine.trainer import Trainer
from lora_gui.runtime import session as module
from lora_gui.runtime.session import Session
from lora_gui.runtime.stragglers import any_left, let_go

SLOW = 1.0


def test_a_thread_that_has_ended_is_deleted(qtbot: QtBot) -> None:
    thread = QThread()
    thread.start()
    thread.quit()
    assert thread.wait(5000)
    with qtbot.waitSignal(thread.destroyed):
        let_go(thread)
    assert not any_left()


def test_an_epoch_longer_than_the_wait_outlives_its_session(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Trainer.advance

    def slow(trainer: Trainer, epochs: int) -> Advance:
        time.sleep(SLOW)
        return advance(trainer, epochs)

    monkeypatch.setattr(Trainer, "advance", slow)
    monkeypatch.setattr(module, "STOP_WAIT_MS", 50)
    session = Session()
    session.start(RunConfig(epochs=3))
    qtbot.waitUntil(lambda: session.state is RunState.TRAINING, timeout=20_000)
    began = time.perf_counter()
    session.shutdown()
    assert time.perf_counter() - began < SLOW
    assert any_left()
    session.deleteLater()
    qtbot.waitUntil(lambda: not any_left(), timeout=20_000)


PROGRAM = """
import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import lora_gui.app as app
from lora_gui.engine.trainer import Trainer
from lora_gui.runtime import session
session.STOP_WAIT_MS = 50
Trainer.advance = lambda trainer, epochs: time.sleep(60)
make = app.create_app
def create(argv):
    qt, window = make(argv, complete=True)
    window.run_actions.start.trigger()
    found = window.findChild(session.Session)
    timer = QTimer(window, interval=50)
    timer.timeout.connect(lambda: window.close() if found.state == "training" else None)
    timer.start()
    return qt, window
app.create_app = create
raise SystemExit(app.run(["lora-gui"]))
"""


def test_the_program_ends_cleanly_while_such_an_epoch_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "QThread: Destroyed" not in done.stderr
