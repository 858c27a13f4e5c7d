"""How many epochs to train at a time, so that orders are heard soon and a chosen speed is kept."""

import time
from collections.abc import Callable

CHUNK_SECONDS = 0.02
"""Longest stretch of training between two looks at the inbox; short against what a person notices."""


class Pace:
    """Sizes chunks of epochs: short in time when unlimited, on the beat when a speed is set."""

    def __init__(self, speed: float | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._chunk = 1
        self.set_speed(speed)

    def set_speed(self, speed: float | None) -> None:
        """Keep `speed` epochs per second from now on; None is as fast as possible."""
        self._speed = speed
        self.restart()

    def restart(self) -> None:
        """Count the beat from now, as after a pause."""
        self._start = self._clock()
        self._done = 0

    @property
    def due(self) -> int:
        """Epochs to train now; 0 when the next beat is still to come."""
        if self._speed is None:
            return self._chunk
        # The first epoch is due at once, the next one beat later.
        beats = int((self._clock() - self._start) * self._speed) + 1
        if beats - self._done > self._speed:
            # A machine too slow for the beat would otherwise sprint after every hitch.
            self.restart()
            return 1
        return min(max(beats - self._done, 0), self._chunk)

    @property
    def wait(self) -> float:
        """Seconds until an epoch is due; 0 when one is."""
        if self._speed is None:
            return 0.0
        return max(0.0, self._start + self._done / self._speed - self._clock())

    def done(self, epochs: int, seconds: float) -> None:
        """Learn from a chunk that took `seconds` for `epochs`."""
        self._done += epochs
        fitting = int(CHUNK_SECONDS * epochs / max(seconds, 1e-9))
        # Doubling at most: one lucky measurement must not make a chunk of seconds.
        self._chunk = max(1, min(fitting, 2 * self._chunk))
