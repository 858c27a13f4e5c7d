"""Labelled vertical lines at epochs where something changed, with labels that never cover each other."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from lora_gui.ui.theme import Theme

PADDING = 6.0
SPACE = 3.0
MOST_ROWS = 8


class Marker(NamedTuple):
    """What happened, and the epoch it counts from."""

    epoch: int
    text: str


class Label(NamedTuple):
    """A marker's line and its label as they stand on the screen; `rect` is None where there was no room."""

    x: float
    text: str
    rect: QRectF | None


def place(
    markers: Sequence[Marker],
    x_of: Callable[[int], float],
    area: QRectF,
    metrics: QFontMetricsF,
    reserved: QRectF,
) -> list[Label]:
    """Return where each visible marker goes: to the topmost row with room right or left of its line.

    Labels stay within `area`, off each other and off `reserved`; without room, the line stands alone.
    """
    taken = [reserved]
    labels = []
    height = metrics.height() + 4
    for marker in sorted(markers):
        x = x_of(marker.epoch)
        if not area.left() <= x <= area.right():
            continue
        width = min(metrics.horizontalAdvance(marker.text) + 2 * PADDING, area.width())
        rows = min(MOST_ROWS, int(area.height() // (2 * (height + SPACE))))
        tops = [area.top() + SPACE + row * (height + SPACE) for row in range(rows)]
        spots = (QRectF(left, top, width, height) for top in tops for left in (x, x - width))
        rect = next((spot for spot in spots if area.contains(spot) and _is_free(spot, taken)), None)
        if rect is not None:
            taken.append(rect)
        labels.append(Label(x, marker.text, rect))
    return labels


def _is_free(spot: QRectF, taken: list[QRectF]) -> bool:
    wide = spot.adjusted(-SPACE, 0, SPACE, 0)
    return not any(wide.intersects(other) for other in taken)


def paint(
    labels: Sequence[Label], painter: QPainter, area: QRectF, metrics: QFontMetricsF, theme: Theme
) -> None:
    """Paint lines first, so that none crosses a label."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(theme.warning), 1, Qt.PenStyle.DotLine))
    for label in labels:
        painter.drawLine(QLineF(round(label.x), area.top(), round(label.x), area.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for label in labels:
        if label.rect is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.warning))
            painter.drawRoundedRect(label.rect, 3, 3)
            painter.setPen(QColor(theme.card))
            inner = label.rect.adjusted(PADDING, 0, -PADDING, 0)
            text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, inner.width() + 1)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)
