"""One line on what to notice, with the icon that says it is advice."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from lora_gui.ui.cards import PADDING, SPACING, Card, IconView, prose_label


class Note(Card):
    """A low card with one sentence or two; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("note")
        self.body.setContentsMargins(PADDING, SPACING, PADDING, SPACING)
        self._text = prose_label()
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(IconView("info", "accent"))
        row.addWidget(self._text, 1)
        self.body.addLayout(row)
        self._stands_back = False
        self.say("")

    @property
    def text(self) -> str:
        """What it says at the moment."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Show `text`; nothing hides the note."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._refresh()

    def stand_back(self, wanted: bool) -> None:
        """Hide, whatever it says, while something more urgent needs the room."""
        self._stands_back = wanted
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(bool(self.text) and not self._stands_back)
