"""When the epochs of a run were complete, so that runs can be laid over each other by their seconds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Clock:
    """Seconds in training by epoch and epochs by seconds, on straight lines between the marks of a record."""

    def __init__(self, marks: Sequence[tuple[int, float]]) -> None:
        """Take pairs (epoch, seconds in training when it was complete), both rising."""
        self._epochs, self._seconds = np.array([(0, 0.0), *marks], np.float64).T

    @property
    def end(self) -> float:
        """Seconds of the last mark."""
        return float(self._seconds[-1])

    def seconds(self, epochs: Floats) -> Floats:
        """Return when (1-based) epochs (n,) were complete; after the last mark, time goes on as before it."""
        found = np.asarray(np.interp(epochs, self._epochs, self._seconds), np.float64)
        beyond = epochs > self._epochs[-1]
        if beyond.any() and self._epochs[-1] > 0:
            found[beyond] = epochs[beyond] * (self._seconds[-1] / self._epochs[-1])
        return found

    def second(self, epoch: float) -> float:
        """Return when one epoch was complete."""
        return float(self.seconds(np.array([epoch], np.float64))[0])

    def epoch(self, second: float) -> float:
        """Return the epoch that was under way at a second; it need not be whole."""
        return float(np.interp(second, self._seconds, self._epochs))
