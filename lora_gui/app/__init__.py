"""The composition root: the one place that knows the window, the runtime and the runs on disk."""

from collections.abc import Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from lora_gui import __version__
from lora_gui.app.controller import Controller
from lora_gui.domain.assets import asset
from lora_gui.runtime.diagnostics import Diagnostics
from lora_gui.runtime.interrupts import Interrupts
from lora_gui.runtime.settings import Settings
from lora_gui.ui.language import install_language
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.theme import SYSTEM, theme_switch

__all__ = ["Controller", "create_app", "run"]


def create_app(argv: Sequence[str]) -> tuple[QApplication, MainWindow]:
    """Build the application and its window, with all that works behind it, without starting the event loop.

    An application that exists already is used again. The window is not shown yet.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(argv))
    app.setOrganizationName("lora-gui")
    app.setApplicationName("lora-gui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("lora-gui")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(asset("icon.svg"))))
    install_language(app)
    settings = Settings()
    theme_switch().choose(settings.text("theme", SYSTEM))
    window = MainWindow()
    Controller(window, settings)
    return app, window


def run(argv: Sequence[str]) -> int:
    """Show the window and run until it closes, Ctrl-C in the terminal included; returns the exit code."""
    app, window = create_app(argv)
    diagnostics = Diagnostics(app)
    diagnostics.install()
    diagnostics.caught.connect(window.show_error)
    interrupts = Interrupts(app)
    interrupts.install()
    interrupts.came.connect(window.close)
    window.show()
    try:
        return app.exec()
    finally:
        interrupts.uninstall()
        diagnostics.uninstall()
