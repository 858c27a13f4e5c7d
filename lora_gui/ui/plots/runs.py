"""What the loss plot shows: a run, its evaluations, the run before it, and runs laid over them."""

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from lora_gui.domain.history import LossHistory
from lora_gui.ui.plots.clock import Clock
from lora_gui.ui.plots.evaluations import EvaluationPoints
from lora_gui.ui.plots.overlaid import OverlaidRun, OverlayRun


class Reading(NamedTuple):
    """A loss of the curve `kind` (training, test, previous, or a run) at `epoch`, `at` on the x axis."""

    kind: str
    at: float
    epoch: int
    loss: float


class Runs:
    """The run shown (or none), its evaluations as arrays, the previous run (or none), and those over them."""

    def __init__(self) -> None:
        self.history: LossHistory | None = None
        self.previous: LossHistory | None = None
        self.overlaid: Sequence[OverlaidRun] = ()
        self.points = EvaluationPoints()
        self._clocks: dict[LossHistory, tuple[tuple[int, float], Clock]] = {}

    def show(self, history: LossHistory | None) -> None:
        """Make `history` the run shown."""
        self.history = history
        self.points = EvaluationPoints()

    def keep_as_previous(self) -> None:
        """Make the run shown the previous one; without losses, the previous one stays what it was."""
        if self.history is not None and len(self.history):
            self.previous = self.history
        self.show(None)
        self._clocks.clear()

    def lay_over(self, runs: Sequence[OverlayRun]) -> None:
        """Lay exactly these runs over the others; those that were there already are not folded again."""
        known = self.overlaid
        self.overlaid = [next((k for k in known if k.is_of(run)), None) or OverlaidRun(run) for run in runs]

    @property
    def size(self) -> tuple[int, int]:
        """How many losses and evaluations the run has: it changes exactly when there is something to draw."""
        history = self.history
        return (len(history), len(history.evaluations)) if history is not None else (0, 0)

    @property
    def epochs(self) -> int:
        """How many epochs the run has; before it starts, those of the previous one."""
        return max(self.size[0], self.points.last_epoch) or len(self.previous or ())

    def clock_of(self, history: LossHistory | None) -> Clock | None:
        """Return when the epochs of `history` were complete, None if nobody noted it."""
        if history is None or not history.clock:
            return None
        newest, clock = self._clocks.get(history, (None, None))
        if clock is None or newest != history.clock[-1]:
            clock = Clock(history.clock)
            self._clocks[history] = history.clock[-1], clock
        return clock

    def drawn(self, *, by_seconds: bool) -> tuple[LossHistory | None, EvaluationPoints, LossHistory | None]:
        """Return the run shown, its evaluations and the previous run, without those that have no clock."""

        def known(history: LossHistory | None) -> LossHistory | None:
            return history if not by_seconds or self.clock_of(history) else None

        history = known(self.history)
        return history, self.points if history is not None else EvaluationPoints(), known(self.previous)

    def end(self, *, by_seconds: bool) -> float:
        """Return the last epoch, or the last second, that any curve has; 0 without curves."""
        history, points, previous = self.drawn(by_seconds=by_seconds)
        curves = [(h, self.clock_of(h)) for h in (history, previous) if h]
        curves += [(run.history, run.clock) for run in self.overlaid]
        ends = [clock.second(len(h)) if by_seconds and clock else len(h) for h, clock in curves]
        return max([*ends, 0 if by_seconds else points.last_epoch])

    def overlaid_end(self, *, by_seconds: bool) -> float:
        """Return the same of the overlaid runs alone."""
        ends = [run.clock.end if by_seconds else len(run.history) for run in self.overlaid]
        return max(ends, default=0)

    def value(self, epoch: int, by_seconds: bool) -> float:
        """Return where an epoch of the run shown stands on the x axis, NaN where that is not known."""
        if not by_seconds:
            return epoch
        clock = self.clock_of(self.history)
        return clock.second(epoch) if clock else nan

    def kinds(self, *, by_seconds: bool) -> list[str]:
        """Return the curves there are."""
        history, points, previous = self.drawn(by_seconds=by_seconds)
        there = {"training": history, "test": points, "previous": previous}
        found = [kind for kind, data in there.items() if data is not None and len(data)]
        return found + [run.kind for run in self.overlaid]

    def read(self) -> None:
        """Take in the newest evaluations."""
        if self.history is not None:
            self.points.read(self.history.evaluations)

    def at(self, value: float, *, by_seconds: bool) -> list[Reading]:
        """Return what each curve says at an epoch or a second; of the test curve, the evaluation nearest."""
        history, points, previous = self.drawn(by_seconds=by_seconds)
        own = self.clock_of(history) if by_seconds else None
        found = [self._reading("training", history, own, value)]
        if (nearest := points.nearest(round(own.epoch(value) if own else value))) is not None:
            epoch, loss = nearest
            found.append(Reading("test", own.second(epoch) if own else epoch, epoch, loss))
        clock = self.clock_of(previous) if by_seconds else None
        found.append(self._reading("previous", previous, clock, value))
        found += [
            self._reading(run.kind, run.history, run.clock if by_seconds else None, value)
            for run in self.overlaid
        ]
        return [reading for reading in found if reading]

    @staticmethod
    def _reading(kind: str, history: LossHistory | None, clock: Clock | None, value: float) -> Reading | None:
        if history is None or (clock and value > clock.second(len(history))):
            return None
        epoch = max(round(clock.epoch(value)), 1) if clock else round(value)
        loss = history.at(epoch)
        return None if loss is None else Reading(kind, value, epoch, loss)
