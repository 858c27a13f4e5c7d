"""How a window comes up: seen before anything slow is loaded, of use at every moment after that."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from lora_gui.app import create_app
from lora_gui.domain.run import RunState
from lora_gui.runtime.session import Session
from lora_gui.runtime.warm_up import WarmUpThread
from lora_gui.ui.main_window import MainWindow
from tests.test_app import TUTORIAL_LOSSES

WAIT_MS = 30_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window as it is made, not shown yet."""
    _, window = create_app(["lora-gui"])
    yield window
    window.close()
    window.deleteLater()


def is_complete(window: MainWindow) -> bool:
    return hasattr(window, "tabs")


def text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    assert action is not None
    assert action.isEnabled()
    action.trigger()


def wait_for(qtbot: QtBot, window: MainWindow, state: RunState) -> Session:
    session = window.findChild(Session)
    assert session is not None
    qtbot.waitUntil(lambda: session.state is state, timeout=WAIT_MS)
    return session


def test_the_window_fills_itself_once_it_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    assert text(window, "state_label") == "Warming up"
    qtbot.wait(100)
    assert not is_complete(window)  # not before it is seen
    window.show()
    qtbot.waitUntil(lambda: is_complete(window), timeout=WAIT_MS)
    qtbot.waitUntil(window.plot.isVisible)
    assert text(window, "state_label") == "Ready"


def test_what_is_slow_to_import_comes_after_the_first_picture() -> None:
    program = """
import sys
from lora_gui.app import create_app
from lora_gui.runtime.warm_up import WarmUpThread
said, go_on = [], WarmUpThread.go_on
def watched(thread):
    said.append({"torch", "numpy", "pyqtgraph"} & set(sys.modules))
    go_on(thread)
WarmUpThread.go_on = watched
app, window = create_app(["lora-gui"])
window.show()
while not said:
    app.processEvents()
print(said[0])
window.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "set()", done.stderr


def test_the_settings_work_before_the_plots_are_there(window: MainWindow, qtbot: QtBot) -> None:
    rank, speed = window.findChild(QSpinBox, "rank"), window.findChild(QComboBox, "speed")
    assert rank is not None
    assert speed is not None
    rank.setValue(2)
    assert text(window, "trainable_count") == "158"
    window.toolbar.choose_speed(10.0)
    window.load_preset("planted")
    window.settings_panel.undo_stack.undo()
    assert not is_complete(window)
    window.show()
    qtbot.waitUntil(lambda: is_complete(window), timeout=WAIT_MS)
    assert window.config.rank == 2
    trigger(window, "start")
    session = window.findChild(Session)
    assert session is not None
    qtbot.waitUntil(lambda: session.epoch >= 1, timeout=WAIT_MS)
    qtbot.wait(200)
    assert session.epoch < 10  # the speed chosen early holds


def test_a_start_before_all_is_there_is_not_lost(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    trigger(window, "start")
    assert is_complete(window)
    session = wait_for(qtbot, window, RunState.FINISHED)
    assert [f"{loss:.4f}" for loss in session.history.losses()] == [f"{x:.4f}" for x in TUTORIAL_LOSSES]
    trigger(window, "rewind")
    trigger(window, "start")  # once, and not twice
    assert wait_for(qtbot, window, RunState.FINISHED).epoch == 10


def test_a_step_before_all_is_there_trains_one_epoch(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    trigger(window, "step")
    session = wait_for(qtbot, window, RunState.PAUSED)
    qtbot.waitUntil(lambda: session.epoch == 1, timeout=WAIT_MS)
    qtbot.wait(100)
    assert session.epoch == 1


def test_the_keyboard_goes_from_the_diagram_through_the_tabs_to_the_parameters(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(
        lambda: is_complete(window) and window.plot.isVisible() and window.isActiveWindow(), timeout=WAIT_MS
    )
    rank = window.findChild(QSpinBox, "rank")
    assert rank is not None
    rank.setFocus()
    parts = (window.settings_panel, window.diagram, window.tabs, window.parameter_panel, window.how_it_works)
    order: list[QWidget] = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        assert focused is not None
        order += [part for part in parts if part.isAncestorOf(focused) and part not in order[-1:]]
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert order[: len(parts)] == list(parts)


def test_nothing_that_was_there_before_is_lost(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    before = [*window.findChildren(QAction), *window.findChildren(QWidget)]
    word = window.findChild(QLabel, "plots_on_their_way")
    assert word in before
    qtbot.waitUntil(lambda: is_complete(window), timeout=WAIT_MS)
    qtbot.wait(300)
    gc.collect()
    assert [o for o in before if not isValid(o) and o is not word] == []
    window.themes.choose("dark")
    window.themes.choose("system")


def test_a_window_that_closes_as_it_becomes_complete_stays_as_it_is(qtbot: QtBot) -> None:
    _, window = create_app(["lora-gui"])
    window.show()
    warm_up = window.findChild(WarmUpThread)
    assert warm_up is not None
    warm_up.go_on()
    assert warm_up.wait(WAIT_MS)  # that it has finished is on its way to this thread
    window.close()
    trigger(window, "start")  # heard by nobody any more
    qtbot.wait(50)
    assert not is_complete(window)
    window.deleteLater()


def test_nothing_starts_after_a_window_closed_at_once(qtbot: QtBot) -> None:
    _, window = create_app(["lora-gui"])
    window.show()
    with qtbot.waitSignal(window.first_painted):
        window.close()
        window.first_painted.emit()
    warm_up = window.findChild(WarmUpThread)
    assert warm_up is not None
    assert warm_up.isFinished()
    assert not is_complete(window)
    window.deleteLater()
