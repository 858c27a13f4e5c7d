"""How often a window shows what is new in a run: as the eye can follow, and as the training can spare."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SHORTEST_SECONDS = 1 / 30
LONGEST_SECONDS = 0.5
"""Nobody waits longer than that for what is new."""
REST = 40
"""Times as long as a frame took (on a processor) until the next, where training goes as fast as it can.

Python runs one thread at a time, so what the window takes is missing from the training: 2.5 %, and as
much again for passing the interpreter to and fro.
"""

SMOOTH = 4
"""Frames over which their cost is averaged, about."""


class Rhythm(QObject):
    """Says when the next frame is due; a frame is all that is done then, the painting that follows included.

    Signals:
        due: show now what is new.

    Attributes:
        rest: times as long as a frame took until the next one, at least.

    """

    due = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        super().__init__(parent)
        self.rest = 0.0
        self._clock, self._cost = clock, cost
        self._begun = self._spent = 0.0
        self._mean: float | None = None
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._begin)
        # Comes after the painting that the frame has asked for.
        self._after = QTimer(self, singleShot=True, interval=0)
        self._after.timeout.connect(self._end)

    def start(self) -> None:
        """Let the next frame come soon, and others after it."""
        soon = round(1000 * SHORTEST_SECONDS)
        # Whoever asks again and again must not put it off each time.
        if not self._next.isActive() or self._next.remainingTime() > soon:
            self._next.start(soon)

    def stop(self) -> None:
        """Let no more frames come."""
        self._next.stop()
        self._after.stop()

    @Slot()
    def _begin(self) -> None:
        self._begun, self._spent = self._clock(), self._cost()
        self._after.start()  # first, so that a frame that fails is not the last
        self.due.emit()

    @Slot()
    def _end(self) -> None:
        taken = self._cost() - self._spent
        # Some systems count the time of a processor in steps longer than a frame.
        self._mean = taken if self._mean is None else self._mean + (taken - self._mean) / SMOOTH
        if self._next.isActive():
            return  # somebody asked for the next one meanwhile
        pause = min(max(self.rest * self._mean, SHORTEST_SECONDS), LONGEST_SECONDS)
        self._next.start(round(1000 * max(0.0, self._begun + pause - self._clock())))
