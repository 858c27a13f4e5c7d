"""Horizontal lines at the best possible losses, each with its own dashes and its name beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from lora_gui.ui.plots.frame import Extent, Frame
from lora_gui.ui.theme import Theme

PADDING = 6.0
GAP = 4.0
"""Pixels from a line to a name above it: a loss that has reached its floor runs between them."""
ROOM_ABOVE = 0.35
NEAR = 0.5
"""A floor is brought into view when it lies no farther below the losses than this share of their span."""
STYLES = {"rank": ("accent", Qt.PenStyle.DashLine), "full": ("muted", Qt.PenStyle.DotLine)}


class FloorLine(NamedTuple):
    """The best possible loss of one kind ("rank" or "full"), and its name."""

    kind: str
    loss: float
    text: str


class FloorLabel(NamedTuple):
    """A floor as it stands on the screen; y is None where it is out of sight, `rect` without room."""

    kind: str
    y: float | None
    text: str
    rect: QRectF | None


@dataclass(frozen=True, slots=True)
class FloorLines:
    """The floors of a config, or the reason why there are none.

    `bounds`, the lowest and the highest floor of any rank, are what to show while there are no losses.
    """

    lines: tuple[FloorLine, ...] = ()
    bounds: tuple[float, float] | None = None
    reason: str = ""

    @property
    def places(self) -> tuple[object, ...]:
        """What the ranges of the plot depend on."""
        return (self.bounds, *(line.loss for line in self.lines))

    @property
    def text(self) -> str:
        """All of it in one line, for a screen reader."""
        return ", ".join(line.text for line in self.lines)

    def widen(self, extent: Extent, frame: Frame, height: float, metrics: QFontMetricsF) -> Extent:
        """Return `extent` (of the losses, over `height` pixels) with the floors near it and their names.

        Far below, a floor would press the losses flat against the upper edge; alone, floors are all there is.
        """
        if not extent and self.bounds:
            extent = _extent(frame, self.bounds)
            # Above them is room for a message.
            extent |= Extent(extent.low, extent.high + ROOM_ABOVE * (extent.high - extent.low))
        span = extent.high - extent.low
        near = _extent(frame, [line.loss for line in self.lines])
        if extent and extent.low - near.low > NEAR * span:
            near = _extent(frame, [line.loss for line in self.lines if line.kind == "rank"])
        if not near or (extent and extent.low - near.low > NEAR * span):
            return extent
        found = extent | near
        room = (found.high - found.low) * (metrics.height() + 4) / max(height, 1.0)
        return found | Extent(near.low - room, near.high)


def _extent(frame: Frame, losses: Sequence[float]) -> Extent:
    places = [place for place in map(frame.height, losses) if isfinite(place)]
    return Extent(min(places), max(places)) if places else Extent()


def place(
    floors: FloorLines,
    y_of: Callable[[float], float],
    area: QRectF,
    metrics: QFontMetricsF,
    reserved: QRectF,
) -> list[FloorLabel]:
    """Return where lines and names go in `area`, names off `reserved` where that is possible.

    A floor in sight has its name at the right, where a run that falls has come down to it; one out of sight
    at the left, where the run is still high.
    """
    taken: list[QRectF] = []
    labels = []
    height = metrics.height() + 2
    for line in floors.lines:
        y = y_of(line.loss)
        text = line.text
        inside = area.top() <= y <= area.bottom()
        if not inside:
            below = not y < area.top()  # NaN too: a loss of zero is infinitely far down
            text = f"{text} {'↓' if below else '↑'}"
            y = area.bottom() if below else area.top()
        width = min(metrics.horizontalAdvance(text) + 2 * PADDING, area.width() - 2)
        tops = (y - height - GAP, y + 1) if line.kind == "rank" else (y + 1, y - height - GAP)
        lefts = [area.left() + 1, area.right() - width - 1]
        if inside:
            lefts.reverse()
        spots = [QRectF(left, top, width, height) for left in lefts for top in tops]
        free = [s for s in spots if area.contains(s) and not any(s.intersects(t) for t in taken)]
        rect = next((s for s in free if not s.intersects(reserved)), free[0] if free else None)
        if rect is not None:
            taken.append(rect)
        labels.append(FloorLabel(line.kind, y if inside else None, text, rect))
    return labels


def paint(
    labels: Sequence[FloorLabel], painter: QPainter, area: QRectF, metrics: QFontMetricsF, theme: Theme
) -> None:
    """Paint lines first, so that none crosses a name."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for label in labels:
        if label.y is not None:
            colour, style = STYLES[label.kind]
            painter.setPen(QPen(QColor(getattr(theme, colour)), 1, style))
            painter.drawLine(QLineF(area.left(), round(label.y), area.right(), round(label.y)))
    ground = QColor(theme.card)
    ground.setAlpha(215)
    for label in labels:
        if label.rect is not None:
            inner = label.rect.adjusted(PADDING, 0, -PADDING, 0)
            painter.fillRect(label.rect, ground)
            painter.setPen(QColor(getattr(theme, STYLES[label.kind][0])))
            text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, inner.width() + 1)
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)
