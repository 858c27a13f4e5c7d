"""One matrix as a live heat map that can be pointed at, read by keys, and opened."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from lora_gui.domain.picture import Matrix
from lora_gui.ui.diagram.texts import ROLES
from lora_gui.ui.theme import theme, theme_switch

if TYPE_CHECKING:  # the window paints before NumPy is imported
    from lora_gui.domain.pooling import Floats

MARGIN = 4
"""Pixels around the values: for the frame, and so that thin matrices can be hit."""
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Cell = tuple[int, int]


class MatrixView(QWidget):
    """Values drawn over the whole widget but for a MARGIN; empty as long as there are none.

    Signals:
        opened: a click, Enter or Space asks for the matrix in large.
        pointed: another pixel is pointed at, or its value changed; whether by a key.
        left: none is pointed at any more.

    Attributes:
        matrix: which one.
        values: as drawn, pooled to the pixels; None for none.
        cell: row and column in `values` that is pointed at, None for none.

    """

    opened = Signal()
    pointed = Signal(bool)
    left = Signal()

    def __init__(self, matrix: Matrix, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{matrix}_map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.matrix = matrix
        self.values: Floats | None = None
        self.cell: Cell | None = None
        self._given: Floats | None = None
        self._extreme = 0.0
        self._image: QImage | None = None
        theme_switch().changed.connect(self._forget_image)

    def show_values(self, values: "Floats | None", extreme: float) -> None:
        """Show `values` on a scale that ends at ±`extreme`."""
        self._given, self._extreme = values, extreme
        self._fold()

    def area(self) -> QRect:
        """Return where the values are."""
        return self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def place(self, rect: QRect) -> None:
        """Put the values at `rect` of the parent."""
        self.setGeometry(rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))

    def spot(self) -> QPoint:
        """Return the middle of the cell that is pointed at, in the coordinates of the widget."""
        return self._cell_rect().center().toPoint() if self.cell else self.rect().center()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw values, frame, the cell pointed at, and the focus."""
        colours, area = theme(), self.area()
        painter = QPainter(self)
        if self.values is None:
            painter.fillRect(area, QColor(colours.zero))
        else:
            from lora_gui.ui.diagram.heat_map import heat_map

            self._image = self._image or heat_map(self.values, self._extreme, colours)
            painter.drawImage(area, self._image)
        role = ROLES.get(self.matrix, "muted")
        painter.setPen(QPen(QColor(getattr(colours, role)), 1))
        painter.drawRect(area.adjusted(-1, -1, 0, 0))
        if self.cell:
            painter.setPen(QPen(QColor(colours.text), 1))
            painter.drawRect(self._cell_rect().toAlignedRect().adjusted(-1, -1, 0, 0))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(area.adjusted(-2, -2, 2, 2))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the values to the new pixels."""
        super().resizeEvent(event)
        self._fold()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the pointer."""
        self._point_at(event.position().toPoint(), by_key=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the matrix."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def leaveEvent(self, event: object) -> None:
        """Point at nothing."""
        self._leave()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self._leave()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cell pointed at, or open the matrix."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif key in MOVES and self.values is not None:
            row, column = self.cell or (0, 0)
            down, right = MOVES[key] if self.cell else (0, 0)
            self._point(self._inside(row + down, column + right), by_key=True)
        else:
            super().keyPressEvent(event)

    def _fold(self) -> None:
        ratio = self.devicePixelRatioF()
        area = self.area().size() * ratio
        given = self._given
        rows, columns = max(area.height(), 1), max(area.width(), 1)
        # Coarser than what came, after the widget shrank or while a larger view of the same is open.
        self.values = None
        if given is not None:
            from lora_gui.domain.pooling import pool

            self.values = pool(given, rows, columns)
        self._forget_image()
        if self.cell:
            self.cell = self._inside(*self.cell)
            self.pointed.emit(False)

    def _forget_image(self) -> None:
        self._image = None
        self.update()

    def _point_at(self, position: QPoint, *, by_key: bool) -> None:
        area = self.area()
        rows, columns = self._grid()
        row = (position.y() - area.y()) * rows // max(area.height(), 1)
        column = (position.x() - area.x()) * columns // max(area.width(), 1)
        self._point(self._inside(row, column), by_key=by_key)

    def _point(self, cell: Cell, *, by_key: bool) -> None:
        if cell != self.cell:
            self.cell = cell
            self.update()
            self.pointed.emit(by_key)

    def _leave(self) -> None:
        if self.cell:
            self.cell = None
            self.update()
            self.left.emit()

    def _inside(self, row: int, column: int) -> Cell:
        rows, columns = self._grid()
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def _grid(self) -> tuple[int, int]:
        return (1, 1) if self.values is None else (self.values.shape[0], self.values.shape[1])

    def _cell_rect(self) -> QRectF:
        area = self.area()
        rows, columns = self._grid()
        row, column = self.cell or (0, 0)
        height, width = area.height() / rows, area.width() / columns
        return QRectF(area.x() + column * width, area.y() + row * height, width, height)
