"""Drawing that leaves the time to the training: as often as asked while that is cheap, else more seldom."""

import time
from collections.abc import Callable
from math import inf

from PySide6.QtCore import QObject, QTimer

REST = 20
"""Times as long as a drawing took (on a processor) until the next: 5 % of the time at most.

Python runs one thread at a time, so what the window takes is missing from the training.
"""
LONGEST_SECONDS = 0.5
"""Nobody waits longer than that for what is new."""


class Unhurried(QObject):
    """Does `work` when asked, but not before a rest from the last time; what is asked meanwhile waits."""

    def __init__(
        self,
        work: Callable[[], None],
        parent: QObject,
        clock: Callable[[], float] = time.perf_counter,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        super().__init__(parent)
        self._work, self._clock, self._cost = work, clock, cost
        self._due = -inf
        self._begun: float | None = None
        self._again = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._do)
        # Comes after the painting that the work has asked for.
        self._after = QTimer(self, singleShot=True, interval=0)
        self._after.timeout.connect(self._measure)

    def ask(self) -> None:
        """Do the work as soon as it may be done again."""
        if self._begun is not None:
            self._again = True
        elif not self._later.isActive():
            wait = min(self._due - self._clock(), LONGEST_SECONDS)
            self._later.start(round(1000 * max(wait, 0.0)))

    def _do(self) -> None:
        self._begun = self._cost()
        self._after.start()  # first, so that work which fails once is done again
        self._work()

    def _measure(self) -> None:
        if self._begun is None:
            return
        self._due = self._clock() + REST * (self._cost() - self._begun)
        self._begun = None
        if self._again:
            self._again = False
            self.ask()
