"""Where errors go: every one into the log, those a person must know also to the window."""

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QStandardPaths,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

log = logging.getLogger("lora_gui")

LOG_BYTES = 1_000_000
"""Size at which the log starts a new file; three old ones are kept."""

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Diagnostics(QObject):
    """Catches, within its `with` block, what nobody else caught, in any thread, and Qt's own messages.

    Signals:
        caught: an exception nobody handled, as the exception and its traceback's text. Emitted in the thread
            it happened in; a connected slot runs in its receiver's thread.
    """

    caught = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log_path = log_path()
        self._file: logging.Handler | None = None

    def __enter__(self) -> Self:
        """Start writing the log and catching."""
        log.setLevel(logging.INFO)
        try:
            self.log_path.parent.mkdir(parents=True, exist_ok=True)
            self._file = RotatingFileHandler(
                self.log_path, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True
            )
        except OSError:
            # A read-only home must not keep the app from starting.
            self._file = logging.StreamHandler()
        self._file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(self._file)
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self._qt_handler = qInstallMessageHandler(_log_qt_message)
        return self

    def __exit__(self, *_: object) -> None:
        """Put everything back."""
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(self._qt_handler)
        if self._file:
            log.removeHandler(self._file)
            self._file.close()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        log.critical("Unhandled exception\n%s", details)
        self.caught.emit(error, details)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)


def log_path() -> Path:
    """Return the log file's path in the platform's data folder."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "lora-gui.log"


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger("lora_gui.qt").log(_LEVELS.get(kind, logging.WARNING), message)
