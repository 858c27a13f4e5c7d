"""The final loss over two fields: a cell for each combination, coloured by its mean over the seeds."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from lora_gui.domain.spots import Spot, Spread
from lora_gui.ui.plots.key import Key
from lora_gui.ui.plots.sequential import Shades, paint_scale
from lora_gui.ui.plots.sweep_marks import paint_cell
from lora_gui.ui.plots.sweep_scale import Scale
from lora_gui.ui.plots.sweep_texts import SpotTexts
from lora_gui.ui.theme import theme, theme_switch

STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
GAP = 6.0
BAR_WIDTH = 12.0

Cell = tuple[int, int]
"""Places of the values across and up."""


class SweepMap(QWidget):
    """Cells in the order of the values of two scales, the second from the bottom up.

    Signals:
        opened(object): a cell was chosen: the index in the sweep of its first run.

    Attributes:
        spots: the runs of each cell, those of one value across together.
        pointed: the cell pointed at, None for none.

    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spots: tuple[Spot, ...] = ()
        self.pointed: Cell | None = None
        self._across, self._up = Scale(), Scale()
        self._shades = Shades(np.empty(0))
        self._elbow, self._spread = "", Spread.EXTREMES
        self._texts = SpotTexts(self)
        theme_switch().changed.connect(self.update)
        self._retranslate()

    def show_spots(
        self,
        across: Scale,
        up: Scale,
        spots: Sequence[Spot],
        *,
        elbow: str = "",
        spread: Spread = Spread.EXTREMES,
    ) -> None:
        """Show the spots of all pairs of values, those of the first value across first.

        `elbow` is the rank to point out, as it is read, whichever scale has it; "" for none.
        """
        if (across.values, across.title, up.values, up.title) != (
            *(self._across.values, self._across.title),
            *(self._up.values, self._up.title),
        ):
            self.pointed = None
        self._across, self._up, self.spots = across, up, tuple(spots)
        self._elbow, self._spread = elbow, spread
        means = [spot.mean for spot in spots]
        self._shades = Shades(np.array([np.nan if mean is None else mean for mean in means], np.float64))
        self.point_at(self.pointed)

    def spot(self, cell: Cell) -> Spot:
        """Return the runs of a cell."""
        return self.spots[cell[0] * len(self._up.texts) + cell[1]]

    def point_at(self, cell: Cell | None) -> None:
        """Point at another cell, and tell a screen reader what is there."""
        self.pointed = cell
        text = self.toolTip()
        if cell is not None:
            title, key = self._title(cell), self._texts.rows(self.spot(cell), 0, self._spread)
            text = ", ".join([title, *(f"{row.name} {row.value}" for row in key)])
        self.setAccessibleDescription(text)
        self.update()

    @property
    def metrics(self) -> QFontMetricsF:
        """Sizes of the text painted here."""
        return QFontMetricsF(self.font())

    @property
    def area(self) -> QRectF:
        """Where the cells are, in pixels."""
        metrics = self.metrics
        left = max((metrics.horizontalAdvance(text) for text in self._up.texts), default=0.0) + 2 * GAP
        right = BAR_WIDTH + 4 * GAP + max(map(metrics.horizontalAdvance, self._shades.texts), default=0.0)
        top, bottom = 1.4 * metrics.height(), 2.2 * metrics.height() + GAP
        return QRectF(
            left, top, max(self.width() - left - right, 1.0), max(self.height() - top - bottom, 1.0)
        )

    def cell_rect(self, cell: Cell, area: QRectF | None = None) -> QRectF:
        """Return where a cell is, given the `area` if it is known already; its edges are whole pixels."""
        area = area or self.area
        columns, rows = len(self._across.texts), len(self._up.texts)
        x = [round(area.left() + area.width() * n / columns) for n in (cell[0], cell[0] + 1)]
        y = [round(area.bottom() - area.height() * n / rows) for n in (cell[1] + 1, cell[1])]
        return QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0])

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the cell at a pixel, None outside."""
        area = self.area
        if not self.spots or not area.contains(place):
            return None
        columns, rows = len(self._across.texts), len(self._up.texts)
        column = int((place.x() - area.left()) / area.width() * columns)
        row = int((area.bottom() - place.y()) / area.height() * rows)
        return min(column, columns - 1), min(max(row, 0), rows - 1)

    def sizeHint(self) -> QSize:
        """Return a size in which everything can be read."""
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least that is still a map."""
        return QSize(150, 110)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell below the mouse."""
        self.point_at(self.cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the cell below the mouse."""
        super().mouseReleaseEvent(event)
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.point_at(cell)
            self.opened.emit(self.spot(cell).first)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows, open with Enter; Escape lets go."""
        key = Qt.Key(event.key())
        if not self.spots or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in STEPS:
            column, row = self.pointed or (0, 0)
            right, up = STEPS[key] if self.pointed else (0, 0)
            columns, rows = len(self._across.texts), len(self._up.texts)
            self.point_at((min(max(column + right, 0), columns - 1), min(max(row + up, 0), rows - 1)))
        elif key in OPENING and self.pointed:
            self.opened.emit(self.spot(self.pointed).first)
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

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint cells, axes and scale, then what is pointed at."""
        painter, colours, area = QPainter(self), theme(), self.area
        metrics = self.metrics
        for column in range(len(self._across.texts)):
            for row in range(len(self._up.texts)):
                cell = column, row
                rect = self.cell_rect(cell, area)
                paint_cell(painter, rect, self.spot(cell), self._shades, metrics, self._texts)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.line), 1))
        painter.drawRect(area)
        self._paint_heading(painter)
        self._paint_axes(painter, area)
        bar = QRectF(area.right() + 2 * GAP, area.top(), BAR_WIDTH, area.height())
        paint_scale(painter, bar, self._shades, colours, metrics)
        if self.pointed:
            self._paint_reading(painter, self.pointed)
        painter.end()

    def _paint_heading(self, painter: QPainter) -> None:
        metrics, colours = self.metrics, theme()
        line = QRectF(0, 0, self.width(), metrics.height())
        elbow = self._texts.elbow(self._elbow) if self._elbow else ""
        painter.setPen(QColor(colours.good))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, elbow)
        room = line.width() - metrics.horizontalAdvance(elbow) - GAP
        text = metrics.elidedText(self._heading(), Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, text)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        metrics, height = self.metrics, self.metrics.height()
        free = -np.inf
        for column, text in enumerate(self._across.texts):
            centre, wide = self.cell_rect((column, 0), area).center().x(), metrics.horizontalAdvance(text)
            if centre - wide / 2 > free:
                free = centre + wide / 2 + GAP
                rect = QRectF(centre - wide, area.bottom() + GAP / 2, 2 * wide, height)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        free = np.inf
        for row, text in enumerate(self._up.texts):
            centre = self.cell_rect((0, row), area).center().y()
            if centre + height / 2 < free:
                free = centre - height / 2
                rect = QRectF(0, centre - height / 2, area.left() - GAP, height)
                painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        below = QRectF(area.left(), self.height() - height - 1, area.width(), height)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._across.title)

    def _paint_reading(self, painter: QPainter, cell: Cell) -> None:
        rect, colours = self.cell_rect(cell), theme()
        # Two rings, so that one of them is seen on any colour.
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((colours.text, 4), (colours.card, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(rect)
        key = Key(self._title(cell), self._texts.rows(self.spot(cell), 0, self._spread), self.metrics)
        right = rect.right() + GAP
        left = right if right + key.width <= self.width() else max(rect.left() - GAP - key.width, 0)
        top = min(max(rect.center().y() - key.height / 2, 0), max(self.height() - key.height, 0))
        key.paint(painter, QRectF(left, top, key.width, key.height), colours, framed=True)

    def _title(self, cell: Cell) -> str:
        pairs = zip((self._across, self._up), cell, strict=True)
        return ", ".join(f"{scale.title} {scale.texts[place]}" for scale, place in pairs)

    def _heading(self) -> str:
        return self.tr("{field}, upwards; colour: mean final loss").format(field=self._up.title)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Final loss over two settings"))
        self.setToolTip(
            self.tr(
                "Every cell is a combination of both settings. Click on one, or choose it with the arrow keys"
                " and press Enter, to load the settings of its first run."
            )
        )
        self.point_at(self.pointed)
