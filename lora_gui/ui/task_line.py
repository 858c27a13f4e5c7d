"""One line that says what is done beside the training, how far it is, and ends it on demand."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from lora_gui.ui.announce import announce
from lora_gui.ui.cards import SPACING, IconView

STEPS = 1000
"""Of the bar; a count of epochs may be too large for it."""
PATIENCE_MS = 200
"""What is over before that need not be mentioned."""


class TaskLine(QFrame):
    """Hidden while there is nothing to do.

    Signals:
        cancelled: a person wants it to end.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("task_line")
        self.setProperty("banner", "info")
        self._label = QLabel()
        self._label.setObjectName("task_text")
        self._bar = QProgressBar()
        self._bar.setObjectName("task_progress")
        self._bar.setTextVisible(False)
        self._cancel = QPushButton()
        self._cancel.setObjectName("task_cancel")
        self._cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 2, 2, 2)
        row.setSpacing(SPACING)
        row.addWidget(IconView("info", "accent"))
        row.addWidget(self._label)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._lasting = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._lasting.timeout.connect(self._appear)
        self._retranslate()
        self.hide()

    def show_task(self, text: str) -> None:
        """Say what begins now; the bar only moves until it is known how far it is."""
        self._label.setText(text)
        self._bar.setAccessibleName(text)
        self._bar.setRange(0, 0)
        self._lasting.start()

    def clear(self) -> None:
        """Say nothing: it is over."""
        self._lasting.stop()
        self.hide()

    def show_progress(self, done: int, total: int) -> None:
        """Say how far it is."""
        self._bar.setRange(0, STEPS)
        self._bar.setValue(STEPS * done // max(1, total))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is being done stays in the one it was written in."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _appear(self) -> None:
        self.show()
        announce(self, self._label.text())

    def _retranslate(self) -> None:
        self._cancel.setText(self.tr("Cancel"))
