"""How far the directions of two updates agree: the overlap φ(i, j) of the LoRA paper as a heat map."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from lora_gui.domain.spectrum import Floats
from lora_gui.ui.plots.curves import mixed
from lora_gui.ui.theme import Theme, theme, theme_switch

STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
MOST_CELL = 40
"""Pixels of the largest cell."""
LEAST_CELL = 8
"""Pixels of a cell from which lines part it from the next."""
SHADES = 64


class OverlapMap(QWidget):
    """Rows are the first i directions learned, columns the first j of the target; full colour is φ = 1.

    Signals:
        pointing: `pointed` is another cell, or none.

    Attributes:
        overlap: φ (k, m), None while there is nothing to compare.
        pointed: row and column of the cell pointed at, None for none.

    """

    pointing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlap_map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.overlap: Floats | None = None
        self.pointed: tuple[int, int] | None = None
        theme_switch().changed.connect(self.update)

    def show_overlap(self, overlap: Floats | None) -> None:
        """Show φ, or nothing."""
        self.overlap = overlap if overlap is not None and overlap.size else None
        if self.overlap is None or (
            self.pointed and not all(p < n for p, n in zip(self.pointed, self.overlap.shape, strict=True))
        ):
            self.pointed = None
        self.pointing.emit()
        self.update()

    def point_at(self, cell: tuple[int, int] | None) -> None:
        """Point at another cell."""
        if cell != self.pointed:
            self.pointed = cell
            self.pointing.emit()
            self.update()

    @property
    def field(self) -> QRect:
        """Where the cells are, in pixels; they are square."""
        if self.overlap is None:
            return QRect()
        rows, columns = self.overlap.shape
        cell = min((self.width() - 2) / columns, (self.height() - 2) / rows, MOST_CELL)
        width, height = round(cell * columns), round(cell * rows)
        return QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """Return the cell at a pixel, None outside."""
        field = self.field
        if self.overlap is None or not field.contains(place):
            return None
        rows, columns = self.overlap.shape
        return (
            min((place.y() - field.top()) * rows // field.height(), rows - 1),
            min((place.x() - field.left()) * columns // field.width(), columns - 1),
        )

    def sizeHint(self) -> QSize:
        """Return a size for some directions."""
        return QSize(170, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least in which cells can be told apart."""
        return QSize(90, 70)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell below the mouse."""
        self.point_at(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows; Escape lets go."""
        key = Qt.Key(event.key())
        if self.overlap is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in STEPS:
            rows, columns = self.overlap.shape
            i, j = self.pointed or (0, 0)
            down, across = STEPS[key] if self.pointed else (0, 0)
            self.point_at((min(max(i + down, 0), rows - 1), min(max(j + across, 0), columns - 1)))
        elif key == Qt.Key.Key_Escape and self.pointed:
            self.point_at(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys work here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys no longer work here."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells, enlarged without smoothing."""
        painter = QPainter(self)
        colours = theme()
        field = self.field
        if self.overlap is not None:
            painter.drawImage(field, self._image(self.overlap))
            self._paint_cells(painter, field, *self.overlap.shape)
        if self.pointed and self.overlap is not None:
            rows, columns = self.overlap.shape
            i, j = self.pointed
            x = [field.left() + field.width() * n // columns for n in (j, j + 1)]
            y = [field.top() + field.height() * n // rows for n in (i, i + 1)]
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(QRect(x[0] + 1, y[0] + 1, max(x[1] - x[0] - 2, 1), max(y[1] - y[0] - 2, 1)))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_cells(self, painter: QPainter, field: QRect, rows: int, columns: int) -> None:
        painter.setPen(QPen(QColor(theme().card), 1))
        if field.width() >= LEAST_CELL * columns and field.height() >= LEAST_CELL * rows:
            for n in range(1, columns):
                x = field.left() + field.width() * n // columns
                painter.drawLine(x, field.top(), x, field.bottom())
            for n in range(1, rows):
                y = field.top() + field.height() * n // rows
                painter.drawLine(field.left(), y, field.right(), y)
        painter.setPen(QPen(QColor(theme().line), 1))
        painter.drawRect(field.adjusted(0, 0, -1, -1))

    def _image(self, overlap: Floats) -> QImage:
        shades = np.rint(np.nan_to_num(overlap) * (SHADES - 1)).astype(np.uint8)
        rows, columns = shades.shape
        pixels = _colours(theme())[shades].tobytes()
        # Copied: the bytes are gone after this.
        return QImage(pixels, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


@cache
def _colours(theme: Theme) -> NDArray[np.uint32]:
    shares = (n / (SHADES - 1) for n in range(SHADES))
    return np.array([mixed(theme.accent, theme.field, share).rgb() for share in shares], np.uint32)
