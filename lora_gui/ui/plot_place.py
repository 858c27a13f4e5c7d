"""The card below the diagram that the tabs come into."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget

from lora_gui.ui.cards import PADDING, Card


class PlotPlace(Card):
    """Says that the plots are on their way, until they are there."""

    def __init__(self) -> None:
        super().__init__()
        self.body.setContentsMargins(PADDING, 0, PADDING, PADDING // 2)
        self._word: QLabel | None = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._word.setObjectName("plots_on_their_way")
        self._word.setProperty("role", "muted")
        self.body.addWidget(self._word, 1)
        self._retranslate()

    def take(self, tabs: QWidget) -> None:
        """Show `tabs` from now on."""
        if self._word is not None:
            self.body.removeWidget(self._word)
            self._word.deleteLater()
            self._word = None
        self.body.addWidget(tabs, 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        if self._word is not None:
            self._word.setText(self.tr("The plots are being loaded …"))
