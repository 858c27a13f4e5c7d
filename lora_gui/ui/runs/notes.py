"""Where a person writes about a run."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lora_gui.domain.record import RunSummary

PAUSE_MS = 800
"""How long typing must rest before the notes are kept."""


class NotesEditor(QPlainTextEdit):
    """The notes on one run, kept as soon as typing rests, or when the focus or the run changes.

    Signals:
        written: a run's id and its new notes.
    """

    written = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notes")
        self.setTabChangesFocus(True)
        self._run_id = self._kept = ""
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.keep)
        self.textChanged.connect(self._pause.start)
        self.show_run(None)
        self.retranslate()

    def show_run(self, run: RunSummary | None) -> None:
        """Show the notes on `run`; what was written on another one is kept first."""
        if run is not None and run.id == self._run_id:
            return
        self.keep()
        self._run_id, self._kept = (run.id, run.notes) if run else ("", "")
        self.setPlainText(self._kept)
        self._pause.stop()
        self.setEnabled(run is not None)

    def keep(self) -> None:
        """Tell what was written, if anything was."""
        self._pause.stop()
        text = self.toPlainText()
        if self._run_id and text != self._kept:
            self._kept = text
            self.written.emit(self._run_id, text)

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self.setAccessibleName(self.tr("Notes on the run"))
        self.setPlaceholderText(self.tr("What did you try, what did you see?"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was written."""
        super().focusOutEvent(event)
        self.keep()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was written."""
        super().hideEvent(event)
        self.keep()
