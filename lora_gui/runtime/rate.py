"""How fast a run goes."""

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 1.0
"""Stretch over which epochs per second are measured."""


class Rate:
    """Epochs per second over the last second or so."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    @property
    def value(self) -> float | None:
        """The rate, None while there is nothing to measure."""
        if len(self._marks) < 2:
            return None
        (then, before), (now, after) = self._marks[0], self._marks[-1]
        return (after - before) / (now - then) if now > then else None

    def measure(self, epoch: int) -> None:
        """Note that so many epochs are complete now."""
        now = self._clock()
        self._marks.append((now, epoch))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()

    def restart(self) -> None:
        """Begin anew, as after a pause."""
        self._marks.clear()
