"""The stretch of a run that is on the screen, and how epochs and losses become places there."""

from dataclasses import dataclass
from math import ceil, floor, inf, log10, nan

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.history import LossHistory, View
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.smoothing import REACH

Floats = NDArray[np.float64]

BUCKETS_PER_PIXEL = 2
OCTAVE = 4
"""On a logarithmic axis each stretch from n to 4 n is folded by itself, as finely as its pixels need."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of the x axis: from `low` to `high` (axis units), over `pixels`, with `options`."""

    low: float
    high: float
    pixels: int
    options: PlotOptions

    def x(self, epochs: Floats) -> Floats:
        """Return the places of `epochs` (1-based) on the x axis."""
        return np.log10(epochs) if self.options.log_x else epochs

    def y(self, losses: Floats) -> Floats:
        """Return the places of `losses` on the y axis, NaN where it has none."""
        if not self.options.log_y:
            return losses
        return np.log10(losses, out=np.full(len(losses), np.nan), where=losses > 0)

    def position(self, epoch: float) -> float:
        """Return the place of one epoch on the x axis."""
        return log10(max(epoch, 1)) if self.options.log_x else epoch

    def epoch(self, position: float) -> float:
        """Return the epoch at a place on the x axis; it need not be whole or within a run."""
        if self.options.log_x:
            return float(10.0 ** min(max(position, -1.0), 18.0))
        return position

    def height(self, loss: float) -> float:
        """Return the place of one loss on the y axis, NaN if it has none."""
        if not self.options.log_y:
            return loss
        return log10(loss) if loss > 0 else nan

    @property
    def pixel(self) -> float:
        """Width of one pixel in axis units."""
        return (self.high - self.low) / max(self.pixels, 1)

    def fold(self, history: LossHistory) -> View:
        """Return the visible losses, folded, and as many beside them as smoothing looks at."""
        smoothing = self.options.smoothing
        margin = (2 + REACH * smoothing / (1 - smoothing)) / BUCKETS_PER_PIXEL * self.pixel
        first = max(floor(self.epoch(self.low - margin)) - 1, 1)
        last = min(ceil(self.epoch(self.high + margin)) + 1, len(history))
        if not self.options.log_x:
            return history.view(first, last, ceil((last - first + 1) / self.pixel * BUCKETS_PER_PIXEL) or 1)
        return self._fold_octaves(history, first, last)

    def _fold_octaves(self, history: LossHistory, first: int, last: int) -> View:
        views = []
        start = first
        while start <= last:
            # Powers of four are whole blocks of the history from 64 on, so stretches meet without overlap.
            end = OCTAVE
            while end <= start:
                end *= OCTAVE
            width = log10(end) - log10(start)
            views.append(history.view(start, min(end, last), ceil(width / self.pixel * BUCKETS_PER_PIXEL)))
            start = end + 1
        if not views:
            return history.view(1, 0, 1)
        return View(*(np.concatenate([getattr(v, name) for v in views]) for name in View.__slots__))


@dataclass(frozen=True, slots=True)
class Extent:
    """Lowest and highest y of what is drawn (axis units); empty when low > high."""

    low: float = inf
    high: float = -inf

    def __or__(self, other: "Extent") -> "Extent":
        return Extent(min(self.low, other.low), max(self.high, other.high))

    def __bool__(self) -> bool:
        return self.low <= self.high


def extent_within(frame: Frame, x: Floats, *ys: Floats) -> Extent:
    """Return the extent of the finite `ys` whose `x` is visible."""
    visible = (x >= frame.low) & (x <= frame.high)
    found = Extent()
    for y in ys:
        seen = y[visible & np.isfinite(y)]
        if len(seen):
            found |= Extent(float(seen.min()), float(seen.max()))
    return found
