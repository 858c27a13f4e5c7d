"""Marks of a sweep: cells of colour, and, where runs diverged or failed, crosses, hatching and words."""

from math import nan

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from lora_gui.domain.run import RunState
from lora_gui.domain.spots import Spot
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.ui import numbers
from lora_gui.ui.plots.curves import mixed
from lora_gui.ui.plots.sequential import Shades
from lora_gui.ui.plots.sweep_texts import SpotTexts
from lora_gui.ui.theme import Theme, theme

ARM = 4.0
"""Pixels from the middle of a cross to its corners."""
CROSS_ROOM = 16.0
"""Pixels that a cross takes in a cell."""
LEAST_FRAMED, LEAST_WRITTEN = 6.0, 20.0
"""Pixels of the smallest cell that has a frame, or a text."""
WORD_ROOM = 8.0
"""Pixels that a text in a cell leaves free."""


def final_of(run: SweepRun | None) -> float:
    """Return the final loss of a finished run, NaN for any other."""
    return run.final if run and run.outcome is RunState.FINISHED else nan


def paint_cross(painter: QPainter, middle: QPointF, colours: Theme) -> None:
    """Paint a cross, with a rim of the ground so that it stands out on any colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x, y = middle.x(), middle.y()
    lines = [QLineF(x - ARM, y - ARM, x + ARM, y + ARM), QLineF(x - ARM, y + ARM, x + ARM, y - ARM)]
    for colour, width in ((colours.card, 4.0), (colours.error, 2.0)):
        painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)
    painter.restore()


def paint_hatch(painter: QPainter, rect: QRectF, colours: Theme) -> None:
    """Hatch `rect`."""
    painter.fillRect(rect, QColor(colours.field))
    painter.fillRect(rect, QBrush(mixed(colours.error, colours.field, 0.45), Qt.BrushStyle.BDiagPattern))


def paint_cell(
    painter: QPainter, rect: QRectF, spot: Spot, shades: Shades, metrics: QFontMetricsF, texts: SpotTexts
) -> None:
    """Paint a cell of a map: the colour of its mean and the number, as far as there is room for it."""
    colours, mean = theme(), spot.mean
    text, ink = "", QColor(colours.error)
    if mean is not None:
        shade = shades.colour(mean)
        painter.fillRect(rect, shade)
        if rect.width() > LEAST_WRITTEN:
            text, ink = numbers.figures(mean), shades.ink(shade)
    elif spot.lost:
        paint_hatch(painter, rect, colours)
        text = texts.lost(spot)
    else:
        painter.fillRect(rect, QColor(colours.field))
    if min(rect.width(), rect.height()) < LEAST_FRAMED:
        return
    painter.setPen(QPen(QColor(colours.card), 1))
    painter.drawRect(rect)
    wide, high = metrics.horizontalAdvance(text) + WORD_ROOM, metrics.height()
    if spot.lost:
        # A cross beside the number, above the word, or alone where there is no room for either.
        if mean is not None and rect.width() >= wide + CROSS_ROOM:
            corner = QPointF(rect.right() - CROSS_ROOM / 2, rect.top() + CROSS_ROOM / 2)
            paint_cross(painter, corner, colours)
        elif mean is None and rect.height() >= high + CROSS_ROOM:
            paint_cross(painter, rect.center() - QPointF(0, high / 2), colours)
            rect = rect.adjusted(0, CROSS_ROOM, 0, 0)
        else:
            paint_cross(painter, rect.center(), colours)
            return
    if rect.width() >= wide and rect.height() >= high:
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
