"""The line that says what could not be done with what was typed or ticked."""

from PySide6.QtWidgets import QLabel, QWidget

from lora_gui.ui.announce import announce


class FaultLine(QLabel):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs_fault")
        self.setProperty("role", "error")
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str) -> None:
        """Say `text`, to eyes and ears; "" for nothing."""
        if text != self.text():
            self.setText(text)
            if text:
                announce(self, text)
        self.setVisible(bool(text))
