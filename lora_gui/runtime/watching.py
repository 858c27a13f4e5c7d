"""When to draw a run: often enough that it looks alive, and seldom enough that training keeps its speed."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lora_gui.domain.picture import Picture, Watch

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer
    from lora_gui.engine.pictures import Artist

INTERVAL_SECONDS = 0.1
"""Least time from one picture to the next."""
REST = 25
"""Times as long as a picture took that training goes on alone: drawing takes 4 % of the time at most."""


class Watching:
    """Draws a trainer for somebody who watches; to be used in the thread that trains.

    Attributes:
        watch: what is looked at, None for nothing; any thread may set it.
        picture: the newest one, None before the first; any thread may read it.

    """

    def __init__(self, watch: Watch | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self.watch = watch
        self.picture: Picture | None = None
        self._clock = clock
        self._artist: Artist | None = None
        self._due = -math.inf
        self._drawn: tuple[int, float, Watch] | None = None

    def wait(self, trainer: "BaseTrainer") -> float:
        """Return the seconds until a picture is due: 0 when it is, infinite when there is nothing to draw."""
        watch, drawn = self.watch, self._drawn
        if watch is None or not trainer.config.has_adapter:
            return math.inf
        if drawn == (trainer.epoch, trainer.config.scaling, watch):
            return math.inf
        # What is asked for anew comes at once: a person waits for it.
        return max(0.0, self._due - self._clock()) if drawn and drawn[-1] == watch else 0.0

    def look(self, trainer: "BaseTrainer", *, now: bool = False) -> None:
        """Draw if a picture is due; `now` if there is anything new at all."""
        wait, watch = self.wait(trainer), self.watch
        if watch is None or wait == math.inf or (wait and not now):
            return
        start = self._clock()
        self._drawn = (trainer.epoch, trainer.config.scaling, watch)
        picture = self._draw(trainer, watch)
        if math.isfinite(picture.extreme):  # else the run has diverged, and the last one stays
            self.picture = picture
        self._due = max(start + INTERVAL_SECONDS, self._clock() + REST * (self._clock() - start))

    def _draw(self, trainer: "BaseTrainer", watch: Watch) -> Picture:
        # Here and not at the top: it imports torch, and the window paints first.
        from lora_gui.engine.pictures import Artist

        self._artist = self._artist or Artist(trainer)
        return self._artist.draw(watch)
