"""One run from start to end in plain Python: orders come in, facts go out, no Qt.

Orders wait in a queue until the epochs in progress are over; facts wait in a deque until somebody pulls them,
so that training never waits for a screen.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from lora_gui.domain.config import RunConfig
from lora_gui.domain.pace import Pace
from lora_gui.domain.picture import Watch
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.watching import Watching

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer
    from lora_gui.engine.checks import Prover


KEEP_SECONDS = 30.0
"""Training after which the state is kept, should the program be killed."""
KEEP_REST = 50
"""Times as long as that took that training goes on before the next time: it takes 2 % of the time at most."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Train no further epoch until Resume."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on training."""


@dataclass(frozen=True, slots=True)
class Step:
    """Train one epoch, then pause."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Keep this many epochs per second; None is as fast as possible."""

    speed: float | None


@dataclass(frozen=True, slots=True)
class Set:
    """Give a live setting a new value from the next epoch on."""

    field: str
    value: float


@dataclass(frozen=True, slots=True)
class LookAt:
    """Draw what `watch` asks for from now on; None for nothing."""

    watch: Watch | None


@dataclass(frozen=True, slots=True)
class CheckMerge:
    """Merge the adapter, compare the outputs, unmerge it again."""


@dataclass(frozen=True, slots=True)
class WakeUp:
    """Look at the interruption flag now, also while paused."""


Order = Pause | Resume | Step | SetSpeed | Set | LookAt | CheckMerge | WakeUp
Fact = RunConfig | Advance | Change | WeightCheck | MergeCheck | MergeFailure


class TrainingLoop:
    """Prepares a trainer and advances it until it ends or is interrupted.

    Attributes:
        outbox: facts in the order they came about: the RunConfig once training is ready, then Advance,
            Change, and checks of the frozen weight: at the start, in every pause, at the end.
        prover: makes these checks, also when the run is over; None before it is ready.
        watching: keeps the newest picture; not a fact, since a newer one replaces it.

    """

    def __init__(
        self,
        prepare: Callable[[], "BaseTrainer"],
        speed: float | None = None,
        *,
        one_step: bool = False,
        watch: Watch | None = None,
        interrupted: Callable[[], bool] = lambda: False,
        keep: Callable[["BaseTrainer", tuple[Change, ...]], None] = lambda trainer, changes: None,
    ) -> None:
        """Run what `prepare` makes.

        `keep` gets the trainer now and then, and at an end from which it could go on, and the changes that
        were made here.
        """
        self._prepare = prepare
        self._keep = keep
        self._changes: tuple[Change, ...] = ()
        self._seconds = 0.0
        self._keep_at = KEEP_SECONDS
        self._pace = Pace(speed)
        self._interrupted = interrupted
        self._paused = one_step
        self._steps = int(one_step)
        self._inbox: SimpleQueue[Order] = SimpleQueue()
        self.outbox: deque[Fact] = deque()
        self.prover: Prover | None = None
        self.watching = Watching(watch)

    def send(self, order: Order) -> None:
        """Leave an order, from any thread; it is obeyed after the epochs in progress."""
        self._inbox.put(order)

    def run(self) -> RunEnd:
        """Train until the run ends; returns how it ended."""
        trainer = self._prepare()
        self.outbox.append(trainer.config)
        self._begin_proof(trainer)
        self.watching.look(trainer, now=True)
        self._pace.restart()
        while True:
            self._obey(trainer)
            if self._interrupted():
                return self._end(RunState.STOPPED, trainer)
            if trainer.diverged:
                self._prove(trainer)
                return RunEnd(RunState.DIVERGED, trainer.epoch + 1)
            if trainer.finished:
                return self._end(RunState.FINISHED, trainer)
            self._train(trainer)
            self.watching.look(trainer)

    def _end(self, state: RunState, trainer: "BaseTrainer") -> RunEnd:
        self.watching.look(trainer, now=True)
        self._prove(trainer)
        self._keep(trainer, self._changes)
        return RunEnd(state, trainer.epoch, trainer.evaluate())

    def _begin_proof(self, trainer: "BaseTrainer") -> None:
        # Here and not at the top: it imports torch, and the window paints first.
        from lora_gui.engine.checks import Prover

        self.prover = Prover(trainer)
        self.outbox.append(self.prover.last)

    def _prove(self, trainer: "BaseTrainer") -> None:
        """Check the base weight unless it was checked after this epoch already."""
        if self.prover and self.prover.last.epoch != trainer.epoch:
            self.outbox.append(self.prover.check_weight())

    def _train(self, trainer: "BaseTrainer") -> None:
        epochs = min(self._steps, 1) if self._paused else self._pace.due
        if not epochs:
            return
        start = time.perf_counter()
        advance = trainer.advance(epochs)
        seconds = time.perf_counter() - start
        self._seconds += seconds
        self._pace.done(epochs, seconds)
        self._steps = max(0, self._steps - 1)
        self.outbox.append(replace(advance, seconds=self._seconds))
        if self._seconds >= self._keep_at and not trainer.finished:
            self._keep(trainer, self._changes)
            taken = time.perf_counter() - start - seconds
            self._keep_at = self._seconds + max(KEEP_SECONDS, KEEP_REST * taken)

    def _obey(self, trainer: "BaseTrainer") -> None:
        """Carry out the orders that wait; sleep until one comes when there is nothing left to do."""
        try:
            self._carry_out(self._inbox.get(timeout=self._idle_seconds(trainer)), trainer)
            while True:
                self._carry_out(self._inbox.get_nowait(), trainer)
        except Empty:
            return

    def _idle_seconds(self, trainer: "BaseTrainer") -> float | None:
        if not self._paused:
            return min(self._pace.wait, self.watching.wait(trainer))
        if self._steps or trainer.finished:
            return 0.0
        self.watching.look(trainer, now=True)
        self._prove(trainer)
        return None

    def _carry_out(self, order: Order, trainer: "BaseTrainer") -> None:
        match order:
            case Pause():
                self._paused = True
            case Resume():
                self._paused, self._steps = False, 0
                self._pace.restart()
            case Step():
                self._paused, self._steps = True, self._steps + 1
            case SetSpeed(speed):
                self._pace.set_speed(speed)
            case Set(field, value) if value != getattr(trainer.config, field):
                change = Change(trainer.epoch, field, value)
                trainer.apply(change)
                self._changes += (change,)
                self.outbox.append(change)
            case LookAt(watch):
                self.watching.watch = watch
            case CheckMerge() if self.prover:
                self.outbox.append(self.prover.check_merge())
            case CheckMerge() | Set() | WakeUp():
                pass
