"""The losses of a run: all of them, and views of any stretch that cost the same however long the run is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.progress import Evaluation, Norms

BLOCK = 64
"""Epochs whose extremes and sum are kept beside the losses, so that a view of millions reads thousands."""
CLOSE = 1 / 500
"""Times that are kept lie this share of the run apart, so that an hour has few more of them than a minute."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of losses folded into buckets of equal width.

    All arrays have one entry per bucket; `epochs` is the (1-based) epoch at the bucket's middle. Extremes are
    exact.
    """

    epochs: Floats
    low: Floats
    high: Floats
    mean: Floats


class LossHistory:
    """Losses appended epoch by epoch, kept as float32 with a fold over every block of epochs.

    Memory is 4 bytes per epoch; a view of a long run reads one number in 64.
    """

    def __init__(self) -> None:
        self._losses = np.empty(BLOCK, np.float32)
        self._low = np.empty(1)
        self._high = np.empty(1)
        self._sum = np.empty(1)
        self._size = 0
        self.evaluations: list[Evaluation] = []
        self.norms: list[Norms] = []
        # Pairs (epoch, seconds in training when it was complete), as far as somebody notes the time.
        self.clock: list[tuple[int, float]] = []

    def __len__(self) -> int:
        return self._size

    @property
    def last(self) -> float | None:
        """The newest loss, None before the first."""
        return float(self._losses[self._size - 1]) if self._size else None

    @property
    def best(self) -> float | None:
        """The lowest loss so far, None before the first."""
        if not self._size:
            return None
        whole = self._size // BLOCK
        rest = self._losses[whole * BLOCK : self._size]
        return float(min(self._low[:whole].min(initial=np.inf), rest.min(initial=np.inf)))

    def append(self, losses: Floats) -> None:
        """Add the losses (n,) of the next n epochs."""
        start, self._size = self._size, self._size + len(losses)
        if self._size > len(self._losses):
            self._grow()
        self._losses[start : self._size] = losses
        first, last = start // BLOCK, self._size // BLOCK
        if last > first:
            blocks = self._losses[first * BLOCK : last * BLOCK].reshape(-1, BLOCK)
            self._low[first:last] = blocks.min(axis=1)
            self._high[first:last] = blocks.max(axis=1)
            self._sum[first:last] = blocks.sum(axis=1, dtype=np.float64)

    def note_time(self, seconds: float) -> None:
        """Note how many seconds in training the losses so far took."""
        mark = (self._size, seconds)
        # The newest one says where the run is; it stays if it is far enough from the one before.
        if len(self.clock) > 1 and self.clock[-1][1] - self.clock[-2][1] < CLOSE * seconds:
            self.clock[-1] = mark
        else:
            self.clock.append(mark)

    def _grow(self) -> None:
        # An eighth at a time wastes little; refcheck is off because losses() hands out copies only.
        capacity = max(self._size, len(self._losses) * 9 // 8)
        capacity = -(-capacity // BLOCK) * BLOCK
        self._losses.resize(capacity, refcheck=False)
        for fold in (self._low, self._high, self._sum):
            fold.resize(capacity // BLOCK, refcheck=False)

    def losses(self) -> NDArray[np.float32]:
        """Return a copy of every loss (epochs,)."""
        return self._losses[: self._size].copy()

    def at(self, epoch: int) -> float | None:
        """Return the loss of a 1-based epoch, None where there is none."""
        return float(self._losses[epoch - 1]) if 1 <= epoch <= self._size else None

    def view(self, first: int, last: int, buckets: int) -> View:
        """Fold epochs `first` to `last` (1-based, inclusive, clipped to the run) into at most `buckets`."""
        start, stop = max(first - 1, 0), min(last, self._size)
        if stop <= start:
            nothing = np.empty(0)
            return View(nothing, nothing, nothing, nothing)
        if stop - start < BLOCK * buckets:
            losses = self._losses[start:stop].astype(np.float64)
            return _fold(losses, losses, losses, 1, start, buckets)
        # Whole blocks, and the ragged end with the last of them, so that the newest loss is never missing.
        a, b = start // BLOCK, stop // BLOCK
        rest = self._losses[b * BLOCK : stop]
        return _fold(self._low[a:b], self._high[a:b], self._sum[a:b], BLOCK, a * BLOCK, buckets, rest)


def _fold(
    low: Floats,
    high: Floats,
    total: Floats,
    width: int,
    offset: int,
    buckets: int,
    rest: NDArray[np.float32] | None = None,
) -> View:
    """Fold blocks of `width` epochs, with `offset` epochs before them and the ragged `rest` after."""
    per_bucket = -(-len(low) // buckets)
    edges = np.arange(0, len(low), per_bucket)
    counts = np.diff(edges, append=len(low)) * float(width)
    low, high, total = (
        fold.reduceat(values, edges)
        for fold, values in ((np.minimum, low), (np.maximum, high), (np.add, total))
    )
    if rest is not None and len(rest):
        low[-1], high[-1] = min(low[-1], rest.min()), max(high[-1], rest.max())
        total[-1] += rest.sum(dtype=np.float64)
        counts[-1] += len(rest)
    return View(epochs=offset + np.cumsum(counts) - (counts - 1) / 2, low=low, high=high, mean=total / counts)
