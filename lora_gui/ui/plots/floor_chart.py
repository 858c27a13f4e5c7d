"""The best possible loss over the rank: where it bends is the rank that the task needs."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lora_gui.domain.analysis import Floors
from lora_gui.ui import numbers
from lora_gui.ui.plots.chart import Axis, Chart, Floats
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.ticks import loss_text
from lora_gui.ui.theme import theme

LOG_FROM = 20.0
"""Ratio of the highest to the lowest floor from which the axis is logarithmic."""
DECADES = 18
"""Powers of ten shown at most: what is lower is rounding."""
MOST_DOTS = 40
"""Ranks that each get a dot; more would touch."""
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


class FloorChart(Chart):
    """Floors rank by rank; a click, or the arrow keys, choose one.

    Signals:
        rank_chosen(int): a person wants this rank.
    """

    rank_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("floor_chart")
        self._floors: Floors | None = None
        self._rank = 1
        self._running = False
        self._retranslate()

    def show_floors(self, floors: Floors | None, rank: int) -> None:
        """Show `floors` with `rank` marked; None shows why there is nothing."""
        if floors is self._floors and rank == self._rank:
            return
        if floors is not self._floors:
            self._floors = floors
            self.point_at(None)
            self._scale()
        self._rank = rank
        self._describe()
        self.update()

    def set_running(self, running: bool) -> None:
        """Hold the rank while a run goes on, or let it be chosen."""
        self._running = running
        self._describe()

    def places(self) -> Floats:
        """Return the ranks."""
        return np.arange(0 if self._floors is None else len(self._floors.losses), dtype=np.float64)

    def reading(self, index: int) -> tuple[str, list[Row]]:
        """Return the floor of one rank."""
        assert self._floors is not None
        loss = loss_text(float(self._floors.losses[index]))
        return self.tr("Rank {rank}").format(rank=numbers.count(index)), [
            Row(self.tr("best loss"), QPen(QColor(theme().accent), 2), loss)
        ]

    def summary(self) -> str:
        """Return the floor of the rank in force, and the elbow."""
        if self._floors is None:
            return self.message
        title, rows = self.reading(min(self._rank, len(self._floors.losses) - 1))
        said = f"{title}: {rows[0].name} {rows[0].value}"
        if self._floors.elbow is not None:
            elbow = self.tr("elbow: rank {rank}").format(rank=numbers.count(self._floors.elbow))
            said = f"{said}, {elbow}"
        return said

    def paint_data(self, painter: QPainter) -> None:
        """Paint the curve, the elbow, and the rank in force."""
        if self._floors is None:
            return
        colours = theme()
        ranks, heights = self.places(), self._heights()
        points = self.points(ranks, heights)
        current = points[min(self._rank, len(points) - 1)]
        painter.setPen(QPen(QColor(colours.trainable), 1, Qt.PenStyle.DashLine))
        painter.drawLine(current, QPointF(current.x(), self.area.bottom()))
        painter.setPen(QPen(QColor(colours.accent), 1.5))
        painter.drawPolyline(QPolygonF(points))
        if len(points) <= MOST_DOTS:
            painter.setBrush(QColor(colours.accent))
            painter.setPen(Qt.PenStyle.NoPen)
            for point in points:
                painter.drawEllipse(point, 2.5, 2.5)
        if (elbow := self._floors.elbow) is not None:
            self._paint_elbow(painter, points, elbow)
        painter.setPen(QPen(QColor(colours.card), 1.5))
        painter.setBrush(QColor(colours.trainable))
        painter.drawEllipse(current, 5, 5)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the rank below the mouse."""
        super().mouseReleaseEvent(event)
        rank = self.index_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and rank is not None:
            self._choose(rank)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a rank beside the one in force, or the ends."""
        key = Qt.Key(event.key())
        last = len(self.places()) - 1
        if last < 1 or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in STEPS:
            self._choose(self._rank + STEPS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(1 if key == Qt.Key.Key_Home else last)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _choose(self, rank: int) -> None:
        rank = min(max(rank, 1), len(self.places()) - 1)
        if not self._running and rank != self._rank:
            self.rank_chosen.emit(rank)

    def _scale(self) -> None:
        losses = self._floors.losses if self._floors is not None else np.ones(2)
        high = float(losses.max()) or 1.0
        low = max(float(losses.min()), high * 10.0**-DECADES)
        log = high > LOG_FROM * low
        self.up = Axis(log=log)
        heights = self._heights()
        bottom, top = float(heights.min()), float(heights.max())
        spare = 0.08 * (top - bottom) or 0.05
        self.up = Axis(bottom - spare, top + spare, log)
        self.across = Axis(-0.04 * (len(losses) - 1), 1.04 * (len(losses) - 1), whole=True)

    def _heights(self) -> Floats:
        losses = self._floors.losses if self._floors is not None else np.ones(2)
        lowest = (float(losses.max()) or 1.0) * 10.0**-DECADES
        return self.up.place(np.maximum(losses, lowest) if self.up.log else losses)

    def _paint_elbow(self, painter: QPainter, points: list[QPointF], elbow: int) -> None:
        colours, metrics, point = theme(), self.metrics, points[elbow]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.good), 2))
        painter.drawEllipse(point, 8, 8)
        text = self.tr("elbow: rank {rank}").format(rank=numbers.count(elbow))
        width, height, area = metrics.horizontalAdvance(text), metrics.height(), self.area
        # Above a falling curve there is nothing.
        left = min(point.x() + 6, area.right() - width)
        highest = min(p.y() for p in points if p.x() >= left - 4)
        top = max(min(highest, point.y() - 8) - 4 - height, area.top())
        rect = QRectF(left, top, width, height)
        painter.drawLine(QPointF(point.x(), rect.bottom()), QPointF(point.x(), point.y() - 8))
        painter.fillRect(rect, QColor(colours.card))
        painter.setPen(QColor(colours.good))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _describe(self) -> None:
        if self._running:
            tip = self.tr(
                "The best loss that any adapter of a rank could reach. The rank cannot change during a run."
            )
        else:
            tip = self.tr(
                "The best loss that any adapter of a rank could reach: click on a rank, or use the arrow"
                " keys, to set it. Where the curve bends (the elbow), more rank only fits noise."
            )
        self.setToolTip(f"<p>{tip}</p>")
        self.setCursor(Qt.CursorShape.ArrowCursor if self._running else Qt.CursorShape.PointingHandCursor)
        self.point_at(self.pointed)

    def _retranslate(self) -> None:
        self.title = self.tr("Best loss at each rank")
        self.across_title = self.tr("Rank")
        self.setAccessibleName(self.tr("Best possible loss at each rank"))
        self._describe()
        self.update()
