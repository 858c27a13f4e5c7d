"""A scale of colours from low to high that is even to the eye, colour-blind eyes included."""

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from lora_gui.ui import numbers
from lora_gui.ui.theme import Theme

Floats = NDArray[np.float64]

STEPS = 256
LOG_FROM = 20.0
"""Ratio of the highest to the lowest value from which the colours follow the logarithm."""
MIDDLE_GREY = 0.18
"""Relative luminance at which black and white text are read equally well."""


class Shades:
    """Colours for values between the lowest and the highest finite one of some.

    Attributes:
        low, high: the ends.
        log: whether the colours follow the logarithm.

    """

    def __init__(self, values: Floats) -> None:
        known = values[np.isfinite(values)]
        self.low, self.high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        self.log = self.low > 0 and self.high > LOG_FROM * self.low

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands beside the lower and the upper end."""
        return tuple(numbers.loss(value) for value in dict.fromkeys((self.low, self.high)))

    def colour(self, value: float) -> QColor:
        """Return the colour of a value between the ends."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = np.log10(low), np.log10(high), np.log10(max(value, low))
        share = (value - low) / (high - low) if high > low else 0.0
        return QColor(_table()[round(min(max(share, 0.0), 1.0) * (STEPS - 1))])

    @staticmethod
    def ink(ground: QColor) -> QColor:
        """Return black or white, whichever is read better on `ground`."""
        channels = np.array([ground.redF(), ground.greenF(), ground.blueF()])
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        luminance = float(linear @ (0.2126, 0.7152, 0.0722))  # WCAG 2.2, relative luminance
        return QColor("#000000" if luminance > MIDDLE_GREY else "#ffffff")


def paint_scale(
    painter: QPainter, bar: QRectF, shades: Shades, colours: Theme, metrics: QFontMetricsF
) -> None:
    """Paint the colours from the bottom up into `bar`, with the values of the ends at its right."""
    image = QImage(np.array(_table()[::-1], np.uint32).tobytes(), 1, STEPS, 4, QImage.Format.Format_RGB32)
    painter.drawImage(bar, image)
    painter.setPen(QColor(colours.line))
    painter.drawRect(bar)
    painter.setPen(QColor(colours.muted))
    height, left = metrics.height(), bar.right() + 6
    ends = (bar.bottom() - height, bar.top())
    for text, top in zip(shades.texts, ends, strict=False):
        rect = QRectF(left, top, metrics.horizontalAdvance(text) + 2, height)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


@lru_cache(maxsize=1)
def _table() -> tuple[int, ...]:
    # viridis (van der Walt and Smith, 2015): even in lightness, and readable with any colour vision.
    lookup = pg.colormap.get("viridis").getLookupTable(0.0, 1.0, STEPS, alpha=False)
    return tuple(QColor(*map(int, colour)).rgb() for colour in lookup)
