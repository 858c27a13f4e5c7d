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

from lora_gui.app import create_app
from lora_gui.domain.run import RunState
from lora_gui.runtime.session import Session

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "screenshots"
PATIENCE_MS = 60_000


def main() -> int:
    """Write window-light.png and window-dark.png: a planted task, its learning rate lowered on the way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _, window = create_app(["lora-gui"])
    session = window.findChild(Session)
    assert session is not None
    window.resize(1440, 900)
    window.show()
    window.load_preset("planted")
    window.toolbar.choose_speed(1000.0)
    window.run_actions.start.trigger()
    _wait(lambda: session.epoch >= 350)
    window.settings_panel.set_config(window.config.with_("learning_rate", 0.003), undoable=True)
    _wait(lambda: session.epoch >= 900)
    window.run_actions.pause.trigger()
    _wait(lambda: session.state is RunState.PAUSED)
    for scheme in ("light", "dark"):
        window.themes.choose(scheme)
        _wait_ms(300)
        path = FOLDER / f"window-{scheme}.png"
        if not window.grab().save(str(path)):
            print(f"could not write {path}", file=sys.stderr)
            return 1
        print(path)
    window.close()
    return 0


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
