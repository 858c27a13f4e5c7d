"""The little sign beside the pointer that tells a value."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from lora_gui.ui.numbers import tabular

OFFSET = 14
"""Pixels between what is read and the sign."""


class ReadOut(QLabel):
    """Follows a place within its window, and stays inside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("read_out")
        self.setProperty("role", "read_out")
        self.setFont(tabular())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def say(self, text: str, widget: QWidget, place: QPoint) -> None:
        """Show `text` beside `place` of `widget`."""
        window = widget.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.setText(text)
        self.adjustSize()
        spot = widget.mapTo(window, place)
        room = QRect(spot.x() + OFFSET, spot.y() + OFFSET, self.width(), self.height())
        if room.right() > window.width():
            room.moveRight(spot.x() - OFFSET)
        if room.bottom() > window.height():
            room.moveBottom(spot.y() - OFFSET)
        self.move(max(room.x(), 0), max(room.y(), 0))
        self.show()
        self.raise_()
