"""A small box of named line samples: the legend, and the values under the crosshair."""

from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from lora_gui.ui.theme import Theme

SAMPLE = 22.0
PADDING = 8.0
GAP = 12.0


class Row(NamedTuple):
    """A line's name, how it is drawn, and its value if one is shown."""

    name: str
    pen: QPen
    value: str = ""


class Key:
    """A box with a title (or none) and one row for each line; sizes in pixels."""

    def __init__(self, title: str, rows: list[Row], metrics: QFontMetricsF) -> None:
        self._title = title
        self._rows = rows
        self._line = metrics.height() + 2
        names = max((metrics.horizontalAdvance(row.name) for row in rows), default=0.0)
        values = max((metrics.horizontalAdvance(row.value) for row in rows), default=0.0)
        wide = (SAMPLE + 6 + names if rows else 0) + (GAP + values if values else 0)
        self.width = max(wide, metrics.horizontalAdvance(title)) + 2 * PADDING
        self.height = self._line * (len(rows) + bool(title)) + PADDING

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme, *, framed: bool) -> None:
        """Paint the box into `rect`, which has its size."""
        ground = QColor(theme.card)
        ground.setAlpha(245 if framed else 200)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1) if framed else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        line = QRectF(rect.left() + PADDING, rect.top() + PADDING / 2, rect.width() - 2 * PADDING, self._line)
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._title:
            painter.setPen(QColor(theme.muted))
            painter.drawText(line, middle, self._title)
            line.translate(0, self._line)
        for row in self._rows:
            painter.setPen(row.pen)
            y = round(line.center().y()) + 0.5
            painter.drawLine(QLineF(line.left(), y, line.left() + SAMPLE, y))
            painter.setPen(QColor(theme.text))
            painter.drawText(line.adjusted(SAMPLE + 6, 0, 0, 0), middle, row.name)
            painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, row.value)
            line.translate(0, self._line)
