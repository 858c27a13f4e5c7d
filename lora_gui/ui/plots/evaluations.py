"""The losses on held-out data as growing arrays, so that a long run's list is read once."""

import numpy as np

from lora_gui.domain.progress import Evaluation
from lora_gui.ui.plots.frame import Floats


class EvaluationPoints:
    """Epochs and losses of the evaluations of one run, in order; losses that are not finite stay out."""

    def __init__(self) -> None:
        self._epochs = np.empty(64)
        self._losses = np.empty(64)
        self._size = 0
        self._read = 0

    def __len__(self) -> int:
        return self._size

    def read(self, evaluations: list[Evaluation]) -> None:
        """Take in what was appended to `evaluations` since the last call."""
        new = [e for e in evaluations[self._read :] if np.isfinite(e.loss)]
        self._read = len(evaluations)
        start, self._size = self._size, self._size + len(new)
        if self._size > len(self._epochs):
            capacity = 2 * self._size
            self._epochs, self._losses = np.resize(self._epochs, capacity), np.resize(self._losses, capacity)
        self._epochs[start : self._size] = [e.epoch for e in new]
        self._losses[start : self._size] = [e.loss for e in new]

    @property
    def last_epoch(self) -> int:
        """Epoch of the newest evaluation, 0 before the first."""
        return int(self._epochs[self._size - 1]) if self._size else 0

    def nearest(self, epoch: int) -> tuple[int, float] | None:
        """Return epoch and loss of the evaluation nearest to `epoch`, None if there is none."""
        if not self._size:
            return None
        epochs = self._epochs[: self._size]
        after = int(np.searchsorted(epochs, epoch))
        beside = [i for i in (after - 1, after) if 0 <= i < self._size]
        index = min(beside, key=lambda i: abs(float(epochs[i]) - epoch))
        return int(epochs[index]), float(self._losses[index])

    def between(self, first: float, last: float, most: int) -> tuple[Floats, Floats]:
        """Return epochs and losses from `first` to `last` and one to either side.

        Where they are more than `most`, means of neighbours stand for them.
        """
        epochs = self._epochs[: self._size]
        start = max(int(np.searchsorted(epochs, first)) - 1, 0)
        stop = int(np.searchsorted(epochs, last, side="right")) + 1
        epochs, losses = epochs[start:stop].copy(), self._losses[: self._size][start:stop].copy()
        each = -(-len(epochs) // max(most, 1))
        if each <= 1:
            return epochs, losses
        edges = np.arange(0, len(epochs), each)
        counts = np.diff(np.append(edges, len(epochs)))
        return np.add.reduceat(epochs, edges) / counts, np.add.reduceat(losses, edges) / counts
