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
REST = 50
"""Times as long as a picture took that training goes on alone: drawing takes 2 % of the time at most."""


class Watching:
    """Draws a trainer for somebody who watches; to be used in the thread that trains.

    Attributes:
        watch: what is looked at, None for nothing; any thread may set it.
        picture: the newest one, None before the first; any thread may read or take it.

    """

    def __init__(self, watch: Watch | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self.watch = watch
        self.picture: Picture | None = None
        self._clock = clock
        self._artist: Artist | None = None
        self._due = -math.inf
        self._drawn: tuple[int, float, Watch] | None = None
        self._taken = True

    def take(self) -> Picture | None:
        """Return the newest picture; the next one is drawn only after that."""
        self._taken = True
        return self.picture

    def wait(self, trainer: "BaseTrainer") -> float:
        """Return the seconds until a picture is due: 0 when it is, infinite when there is nothing to draw."""
        if not self._is_new(trainer):
            return math.inf
        if self._drawn is None or self._drawn[-1] != self.watch:
            return 0.0  # what is asked for anew comes at once: a person waits for it
        return max(0.0, self._due - self._clock()) if self._taken else INTERVAL_SECONDS

    def look(self, trainer: "BaseTrainer", *, now: bool = False) -> None:
        """Draw if a picture is due; `now` if there is anything new at all."""
        watch = self.watch
        if watch is None or not (self._is_new(trainer) if now else self.wait(trainer) == 0):
            return
        start = self._clock()
        self._drawn = (trainer.epoch, trainer.config.scaling, watch)
        picture = self._draw(trainer, watch)
        if math.isfinite(picture.extreme):  # else the run has diverged, and the last one stays
            self.picture, self._taken = picture, False
        self._due = max(start + INTERVAL_SECONDS, self._clock() + REST * (self._clock() - start))

    def _is_new(self, trainer: "BaseTrainer") -> bool:
        if self.watch is None or not trainer.config.has_adapter:
            return False
        return self._drawn != (trainer.epoch, trainer.config.scaling, self.watch)

    def _draw(self, trainer: "BaseTrainer", watch: Watch) -> Picture:
        # Here and not at the top: it imports torch, and the window paints first.
        from lora_gui.engine.pictures import Artist

        self._artist = self._artist or Artist(trainer)
        return self._artist.draw(watch)
