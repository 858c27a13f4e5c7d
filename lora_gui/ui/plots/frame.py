"""The stretch of a run that is on the screen, and how epochs and losses become places there."""

from dataclasses import dataclass, replace
from math import ceil, floor, inf, log10, nan

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.history import LossHistory, View
from lora_gui.ui.plots.clock import Clock
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.smoothing import REACH

Floats = NDArray[np.float64]

BUCKETS_PER_PIXEL = 2
LEAST_SECONDS = 1e-6
"""Times on a logarithmic axis are not shorter than that."""
OCTAVE = 4
"""On a logarithmic axis each stretch from n to 4 n is folded by itself, as finely as its pixels need."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of the x axis: from `low` to `high` (axis units), over `pixels`, with `options`.

    The axis goes by epochs, or by the seconds that `clock` gives to them. A value on it is one or the other;
    its place is the value, or on a logarithmic axis the value's power of ten.
    """

    low: float
    high: float
    pixels: int
    options: PlotOptions
    clock: Clock | None = None

    def by(self, clock: Clock | None) -> "Frame":
        """Return the same stretch for a run with this clock; where epochs count, clocks do not."""
        return replace(self, clock=clock) if self.options.by_seconds else self

    def x(self, epochs: Floats) -> Floats:
        """Return the places of `epochs` (1-based) on the x axis."""
        values = self.clock.seconds(epochs) if self.clock else epochs
        return np.log10(np.maximum(values, self._least)) if self.options.log_x else values

    def y(self, losses: Floats) -> Floats:
        """Return the places of `losses` on the y axis, NaN where it has none."""
        if not self.options.log_y:
            return losses
        return np.log10(losses, out=np.full(len(losses), np.nan), where=losses > 0)

    def position(self, value: float) -> float:
        """Return the place of one value on the x axis."""
        return log10(max(value, self._least)) if self.options.log_x else value

    def value(self, position: float) -> float:
        """Return the value at a place on the x axis; it need not be a whole epoch or within a run."""
        if self.options.log_x:
            return float(10.0 ** min(max(position, log10(self._least) - 1), 18.0))
        return position

    def epoch(self, position: float) -> float:
        """Return the epoch at a place on the x axis; it need not be whole or within a run."""
        value = self.value(position)
        return self.clock.epoch(value) if self.clock else value

    @property
    def _least(self) -> float:
        return LEAST_SECONDS if self.options.by_seconds else 1.0

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
            return history.view(first, last, self._buckets(first, last + 1))
        return self._fold_octaves(history, first, last)

    def _buckets(self, first: int, last: int) -> int:
        left, right = self.x(np.array([first, last], np.float64))
        return max(ceil(float(right - left) / self.pixel * BUCKETS_PER_PIXEL), 1)

    def _fold_octaves(self, history: LossHistory, first: int, last: int) -> View:
        views = []
        start = first
        while start <= last:
            # Powers of four are whole blocks of the history from 64 on, so stretches meet without overlap.
            end = OCTAVE
            while end <= start:
                end *= OCTAVE
            views.append(history.view(start, min(end, last), self._buckets(start, end)))
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
