"""Where the values of a swept field stand along an axis, and how the final losses are spread up another."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QFontMetricsF

from lora_gui.ui.plots.chart import Axis, Floats
from lora_gui.ui.plots.ticks import Tick

LOG_FROM = 20.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""
MARGIN = 0.06
"""Share of the axis beyond its first and last value."""
TOP = 0.16
"""Share of the axis above the highest loss: room for what diverged."""
DECADES = 18
"""Powers of ten shown at most: what is lower is rounding."""
TICK_GAP = 10.0
"""Pixels between two numbers along the axis."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of one field in rising order, as they stand along an axis.

    Attributes:
        title: the field's name.
        texts: each value as it is read.
        values: each as a number; None for a field of words, which stand side by side.
        log: whether the axis is logarithmic; takes effect only if no value is 0.

    """

    title: str = ""
    texts: tuple[str, ...] = ()
    values: tuple[float, ...] | None = None
    log: bool = False

    @property
    def is_log(self) -> bool:
        """Whether it is logarithmic after all."""
        return self.log and self.values is not None and min(self.values, default=0) > 0

    @property
    def places(self) -> Floats:
        """Where the values stand (axis units)."""
        if self.values is None:
            return np.arange(len(self.texts), dtype=np.float64)
        values = np.array(self.values, np.float64)
        return np.log10(values) if self.is_log else values

    @property
    def axis(self) -> Axis:
        """The stretch that shows them all."""
        places = self.places
        if not len(places):
            return Axis()
        if self.values is None:
            return Axis(-0.5, len(places) - 0.5)
        spare = MARGIN * float(np.ptp(places)) or 0.5
        return Axis(float(places[0]) - spare, float(places[-1]) + spare, self.is_log)

    def ticks(self, width: float, metrics: QFontMetricsF) -> list[Tick]:
        """Return the values themselves as ticks, but for those whose texts would touch the one before."""
        low, high, *_ = self.axis
        found, free = [], -np.inf
        for place, text in zip(self.places, self.texts, strict=True):
            centre = (place - low) / (high - low) * width
            half = metrics.horizontalAdvance(text) / 2
            if centre - half >= free:
                found.append(Tick(float(place), text))
                free = centre + half + TICK_GAP
        return found


def loss_axis(losses: Floats) -> Axis:
    """Return the axis that shows `losses`, logarithmic if they differ by much; only finite ones count."""
    known = losses[np.isfinite(losses)]
    if not len(known):
        return Axis(0.0, 1.0)
    high = float(known.max())
    log = high > LOG_FROM * float(known.min())
    if log:
        known = np.maximum(known, high * 10.0**-DECADES)
    axis = Axis(log=log)
    heights = axis.place(known)
    low, top = float(heights.min()), float(heights.max())
    span = top - low or abs(top) or 1.0
    return axis._replace(low=low - MARGIN * span, high=top + TOP * span)
