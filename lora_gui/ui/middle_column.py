"""The column between the side panels: what is said on top, the views under it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lora_gui.ui.banner import Banner
from lora_gui.ui.cards import SPACING
from lora_gui.ui.note import Note


class MiddleColumn(QWidget):
    """Asks for no more height than it needs at its width, so that a message does not push the window larger.

    A note gives way while the banner says something: both would leave the views too little room.
    """

    def __init__(self, banner: Banner, note: Note, task_line: QWidget, views: QWidget) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        for part in (banner, note, task_line):
            self._column.addWidget(part)
        self._column.addWidget(views, 1)
        banner.occupied.connect(note.stand_back)

    def minimumSizeHint(self) -> QSize:
        """Return what is needed with the sentences wrapped at this width; a splitter would ask for more."""
        least = super().minimumSizeHint()
        if not self._column.hasHeightForWidth():
            return least
        return QSize(least.width(), self._column.minimumHeightForWidth(max(self.width(), least.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps the sentences another way."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
