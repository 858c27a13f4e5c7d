"""The composition root: the one place that knows the window, the runtime and the runs on disk.

A window is seen first, then ready to train, then furnished with its plots. What takes long to import (torch,
pyqtgraph and NumPy) therefore comes in a thread once the window has painted.
"""

import logging
import os
from collections.abc import Sequence
from contextlib import closing

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from lora_gui import __version__
from lora_gui.app.opening import Opening
from lora_gui.domain.assets import asset
from lora_gui.runtime.diagnostics import Diagnostics
from lora_gui.runtime.interrupts import Interrupts
from lora_gui.runtime.settings import Settings
from lora_gui.runtime.stragglers import any_left
from lora_gui.ui.language import install_language
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.theme import SYSTEM, theme_switch


def create_app(argv: Sequence[str], *, complete: bool = False) -> tuple[QApplication, MainWindow]:
    """Build the application and its window without starting the event loop.

    An application that exists already is used again. The window is not shown yet; its plots, and all that
    works behind it, are built once it has painted, or now if it is to be `complete`.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(argv))
    app.setApplicationName("lora-gui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lora-gui")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(asset("icon.svg"))))
    install_language(app)
    settings = Settings()
    theme_switch().choose(settings.text("theme", SYSTEM))
    window = MainWindow()
    opening = Opening(window, settings)
    if complete:
        opening.complete()
    return app, window


def run(argv: Sequence[str]) -> int:
    """Show the window and run until it closes, Ctrl-C in the terminal included; returns the exit code."""
    app, window = create_app(argv)
    # Closed also where something fails: threads that run must end before the window goes.
    with closing(window), Diagnostics(app) as diagnostics, Interrupts(app) as interrupts:
        diagnostics.caught.connect(window.show_error)
        interrupts.came.connect(window.close)
        window.show()
        code = app.exec()
    if any_left():
        # Its epoch takes longer than anybody waits for a window to close. All that is to be kept is kept.
        logging.shutdown()
        os._exit(code)
    return code
