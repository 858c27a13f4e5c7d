"""The inner edge of A or B, which a drag moves: the rank."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lora_gui.ui.theme import theme, theme_switch

REACH = 5
"""Pixels on either side of the edge in which it can be taken hold of."""
GRIP = 18
"""Pixels of the mark on the edge."""


class RankEdge(QWidget):
    """An invisible handle over an edge, with a small grip; knows nothing of matrices.

    Signals:
        grabbed: a drag begins.
        moved: the rank that the edge was dragged to.
    """

    grabbed = Signal()
    moved = Signal(int)

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(parent)
        self._orientation = orientation
        self._scale = 1.0
        self._rank = self._most = 1
        self._start: tuple[float, int] | None = None
        self.set_open(True)
        theme_switch().changed.connect(self.update)

    def place(self, rect: QRect, scale: float, rank: int, most: int) -> None:
        """Stand on the far edge of `rect`; `scale` pixels are one rank, of `most`."""
        self._scale, self._rank, self._most = scale, rank, most
        if self._orientation is Qt.Orientation.Horizontal:
            # The values to the left stay free to be pointed at, however thin they are.
            self.setGeometry(rect.right() + 1, rect.y(), 2 * REACH, rect.height())
        else:
            self.setGeometry(rect.x(), rect.bottom() + 1, rect.width(), 2 * REACH)

    def set_open(self, is_open: bool) -> None:
        """Allow dragging, or not."""
        self._start = None
        horizontal = self._orientation is Qt.Orientation.Horizontal
        resize = Qt.CursorShape.SizeHorCursor if horizontal else Qt.CursorShape.SizeVerCursor
        self.setCursor(resize if is_open else Qt.CursorShape.ForbiddenCursor)
        self._open = is_open
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grip."""
        if not self._open:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().trainable))
        thick = 4 if self.underMouse() or self._start else 3
        along = min(GRIP, self.height() if self._orientation is Qt.Orientation.Horizontal else self.width())
        if self._orientation is Qt.Orientation.Horizontal:
            grip = QRect(1, (self.height() - along) // 2, thick, along)
        else:
            grip = QRect((self.width() - along) // 2, 1, along, thick)
        painter.drawRoundedRect(grip, 2, 2)
        painter.end()

    def enterEvent(self, event: object) -> None:
        """Light up."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Go out."""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the edge."""
        if self._open and event.button() == Qt.MouseButton.LeftButton:
            self._start = self._along(event), self._rank
            self.grabbed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which rank the edge is at."""
        if self._start:
            start, rank = self._start
            dragged = rank + round((self._along(event) - start) / self._scale)
            dragged = min(max(dragged, 1), self._most)
            if dragged != self._rank:
                self._rank = dragged
                self.moved.emit(dragged)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._start = None
        self.update()

    def _along(self, event: QMouseEvent) -> float:
        # Global, because the widget itself moves with the edge.
        position = event.globalPosition()
        return position.x() if self._orientation is Qt.Orientation.Horizontal else position.y()
