"""One line about a sweep: what is planned, how far it is, how it ended, or what is wrong."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from lora_gui.ui.announce import announce
from lora_gui.ui.cards import SPACING, prose_label

STEPS = 1000
"""Of the progress bar."""
BAR_WIDTH = 160


class SweepLine(QWidget):
    """Words, and beside them a bar while a sweep goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._words = prose_label("muted")
        self._words.setObjectName("sweep_line")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setObjectName("sweep_progress")
        self._bar.setRange(0, STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(BAR_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self._words, 1)
        row.addWidget(self._bar)
        self.show_progress(None)
        self._retranslate()

    def say(self, text: str, role: str = "muted") -> None:
        """Say something; `role` is muted, warning or error, which is said aloud as well."""
        if self._words.property("role") != role:
            self._words.setProperty("role", role)
            self._words.style().polish(self._words)
        if text != self._words.text():
            self._words.setText(text)
            if role == "error":
                announce(self._words, text)

    def show_progress(self, fraction: float | None) -> None:
        """Show how much is done, 0 to 1; None when nothing goes on."""
        self._bar.setVisible(fraction is not None)
        self._bar.setValue(round(STEPS * (fraction or 0.0)))

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._bar.setAccessibleName(self.tr("Progress of the sweep"))
