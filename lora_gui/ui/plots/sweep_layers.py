"""The layers of a plot of a sweep: what is lost, bands and means, the floor, the runs, the elbow."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from lora_gui.domain.run import RunState
from lora_gui.domain.spots import Spot, Spread
from lora_gui.ui.plots.chart import Chart, Floats
from lora_gui.ui.plots.sweep_marks import ARM, paint_cross, paint_hatch
from lora_gui.ui.plots.sweep_scale import Scale
from lora_gui.ui.plots.sweep_texts import SpotTexts, band_colour, pens
from lora_gui.ui.theme import theme

RADIUS = 3.5
"""Pixels of a point."""
MOST_DOTS = 1000
"""Runs that are drawn as points of that size; more would cover each other."""
HALF_BAR = 0.25
"""Half the width of what stands over a word, where a line would join what has no order; in places."""
MOST_HATCHED = 48.0
"""Pixels of the widest column of hatching."""


class Layers:
    """Paints the spots of a chart, whose axes say where everything goes, with one painter."""

    def __init__(
        self, chart: Chart, painter: QPainter, scale: Scale, spread: Spread, texts: SpotTexts
    ) -> None:
        self._chart, self._painter = chart, painter
        self._scale, self._spread, self._texts = scale, spread, texts
        self._places = scale.places.tolist()
        self._pens, self._colours = pens(), theme()

    def paint_lost(self, spots: Sequence[Spot]) -> None:
        """Mark the values of which runs diverged or failed; where all did, their column is hatched."""
        area, metrics, painter = self._chart.area, self._chart.metrics, self._painter
        free = -np.inf
        for place, spot in zip(self._places, spots, strict=True):
            if not spot.lost:
                continue
            middle = QPointF(self._point(place, self._chart.up.low).x(), area.top() + 2 * ARM)
            if spot.lost == len(spot.runs):
                width = min(self._room(place), MOST_HATCHED)
                column = QRectF(middle.x() - width / 2, area.top(), width, area.height())
                paint_hatch(painter, column & area, self._colours)
            paint_cross(painter, middle, self._colours)
            text = self._texts.lost(spot)
            width = metrics.horizontalAdvance(text) + 4
            left = min(max(middle.x() - width / 2, area.left()), area.right() - width)
            if left > free:
                free = left + width
                self._paint_text(QRectF(left, middle.y() + 2 * ARM, width, metrics.height()), text, "error")

    def paint_bands(self, spots: Sequence[Spot]) -> None:
        """Paint spread and mean: as a band with a line, or as bars over words."""
        known = [
            (place, spot.mean, band)
            for place, spot in zip(self._places, spots, strict=True)
            if spot.mean is not None and (band := spot.band(self._spread)) is not None
        ]
        painter = self._painter
        painter.setBrush(band_colour(self._colours))
        painter.setPen(Qt.PenStyle.NoPen)
        if self._scale.values is None:
            for place, _, (low, high) in known:
                corners = self._at(place - HALF_BAR, high), self._at(place + HALF_BAR, low)
                painter.drawRect(QRectF(*corners))
        else:
            above = [self._at(place, high) for place, _, (_, high) in known]
            below = [self._at(place, low) for place, _, (low, _) in reversed(known)]
            painter.drawPolygon(QPolygonF(above + below))
        self._paint_line("mean", [(place, mean) for place, mean, _ in known])

    def paint_floor(self, spots: Sequence[Spot]) -> None:
        """Paint the best possible losses."""
        floors = [(place, spot.floor) for place, spot in zip(self._places, spots, strict=True)]
        self._paint_line("floor", [(place, floor) for place, floor in floors if floor is not None])

    def paint_runs(self, spots: Sequence[Spot], chosen: tuple[int, int] | None) -> None:
        """Paint every finished run, as a small point where there are many; `chosen` is a spot and a seed."""
        painter, colours = self._painter, self._colours
        many = sum(len(spot.runs) for spot in spots) > MOST_DOTS
        painter.setBrush(QColor(colours.trainable))
        painter.setPen(QPen(QColor(colours.trainable), 2) if many else QPen(QColor(colours.card), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not many)
        for place, spot in zip(self._places, spots, strict=True):
            heights = self._heights(spot.losses)
            points = self._chart.points(np.full(len(heights), place), heights)
            if many:
                painter.drawPoints(QPolygonF(points))
                continue
            for point in points:
                painter.drawEllipse(point, RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        run = spots[chosen[0]].runs[chosen[1]] if chosen else None
        if chosen and run and run.outcome is RunState.FINISHED:
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawEllipse(self._at(self._places[chosen[0]], run.final), RADIUS + 2, RADIUS + 2)

    def paint_elbow(self, spots: Sequence[Spot], elbow: int) -> None:
        """Ring the place where the floors bend, and name it."""
        loss = spots[elbow].floor
        if loss is None:
            return
        area, metrics, painter = self._chart.area, self._chart.metrics, self._painter
        middle = self._at(self._places[elbow], loss)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._colours.good), 2))
        painter.drawEllipse(middle, 9, 9)
        text = self._texts.elbow(self._scale.texts[elbow])
        width, height = metrics.horizontalAdvance(text) + 8, metrics.height()
        # Above and to the right of a bend, there is nothing.
        left = min(middle.x() + 8, area.right() - width)
        top = max(middle.y() - 12 - height, area.top())
        self._paint_text(QRectF(left, top, width, height), text, "good")

    def _paint_line(self, name: str, losses: Sequence[tuple[float, float]]) -> None:
        painter = self._painter
        painter.setPen(self._pens[name])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._scale.values is None:
            for place, loss in losses:
                painter.drawLine(QLineF(self._at(place - HALF_BAR, loss), self._at(place + HALF_BAR, loss)))
        else:
            painter.drawPolyline(QPolygonF([self._at(place, loss) for place, loss in losses]))

    def _paint_text(self, rect: QRectF, text: str, role: str) -> None:
        ground = QColor(self._colours.card)
        ground.setAlpha(225)
        self._painter.fillRect(rect, ground)
        self._painter.setPen(QColor(getattr(self._colours, role)))
        self._painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _point(self, x: float, y: float) -> QPointF:
        return self._chart.point(x, y)

    def _at(self, place: float, loss: float) -> QPointF:
        return self._point(place, float(self._heights(np.array([loss], np.float64))[0]))

    def _heights(self, losses: Floats) -> Floats:
        heights = self._chart.up.place(losses)
        # A loss may be 0, one standard deviation below it less: a logarithmic axis has no place for either.
        return np.where(np.isfinite(heights), heights, self._chart.up.low)

    def _room(self, place: float) -> float:
        """Return the pixels from a value to its nearest neighbour."""
        left, right, *_ = self._chart.across
        others = [abs(other - place) for other in self._places if other != place]
        return min(others, default=right - left) / (right - left) * self._chart.area.width()
