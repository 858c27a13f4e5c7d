"""Take the README's pictures from the real window, at work: `make screenshots`.

The window is drawn offscreen, so the pictures come out the same on every machine that has the same fonts.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Neither the settings of whoever takes the pictures show in them, nor theirs in the settings.
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QAbstractButton, QLabel

from lora_gui.app import create_app
from lora_gui.domain.run import RunState
from lora_gui.runtime.session import Session
from lora_gui.ui.main_window import MainWindow

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "screenshots"
PATIENCE_MS = 60_000
LOSS, SPECTRUM, SWEEP = 0, 1, 3
"""Tabs, by their place."""


def main() -> int:
    """Write one picture of each view, at work on a planted task."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _, window = create_app(["lora-gui"], complete=True)
    session = window.findChild(Session)
    assert session is not None
    window.resize(1440, 900)
    window.show()
    window.load_preset("planted")
    window.toolbar.choose_speed(100.0)
    window.run_actions.start.trigger()
    _wait(lambda: session.epoch >= 90)
    window.settings_panel.set_config(window.config.with_("learning_rate", 0.003), undoable=True)
    _wait(lambda: session.epoch >= 250)
    window.run_actions.pause.trigger()
    _wait(lambda: session.state is RunState.PAUSED)
    for scheme in ("light", "dark"):
        window.themes.choose(scheme)
        _take(window, f"window-{scheme}")
    window.tabs.setCurrentIndex(SPECTRUM)
    _take(window, "spectrum")
    window.themes.choose("light")
    window.run_actions.rewind.trigger()
    _wait(lambda: session.state is RunState.READY)
    window.tabs.setCurrentIndex(SWEEP)
    start = window.findChild(QAbstractButton, "sweep_start")
    line = window.findChild(QLabel, "sweep_line")
    assert start is not None
    assert line is not None
    _wait(start.isEnabled)
    start.click()
    _wait(lambda: start.isEnabled() and bool(line.text()))
    _take(window, "sweep")
    window.close()
    return 0


def _take(window: MainWindow, name: str) -> None:
    _wait_ms(800)
    path = FOLDER / f"{name}.png"
    if not window.grab().save(str(path)):
        raise OSError(f"could not write {path}")
    print(path.relative_to(FOLDER.parent.parent))


def _wait(condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_MS // 20):
        if condition():
            return
        _wait_ms(20)
    raise TimeoutError("the window did not come to the point that the picture is to show")


def _wait_ms(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
