"""What the loss plot shows: a run, its evaluations, and the run before it."""

from typing import NamedTuple

from lora_gui.domain.history import LossHistory
from lora_gui.ui.plots.evaluations import EvaluationPoints


class Reading(NamedTuple):
    """A loss of the curve `kind` (training, test, previous) at `epoch`."""

    kind: str
    epoch: int
    loss: float


class Runs:
    """The run shown (or none), its evaluations as arrays, and the previous run (or none)."""

    def __init__(self) -> None:
        self.history: LossHistory | None = None
        self.previous: LossHistory | None = None
        self.points = EvaluationPoints()

    def show(self, history: LossHistory | None) -> None:
        """Make `history` the run shown."""
        self.history = history
        self.points = EvaluationPoints()

    def keep_as_previous(self) -> None:
        """Make the run shown the previous one; without losses, the previous one stays what it was."""
        if self.history is not None and len(self.history):
            self.previous = self.history
        self.show(None)

    @property
    def size(self) -> tuple[int, int]:
        """How many losses and evaluations the run has: it changes exactly when there is something to draw."""
        history = self.history
        return (len(history), len(history.evaluations)) if history is not None else (0, 0)

    @property
    def epochs(self) -> int:
        """How many epochs the run has; before it starts, those of the previous one."""
        return max(self.size[0], self.points.last_epoch) or self._previous_epochs

    @property
    def last_epoch(self) -> int:
        """The last epoch that any curve has, 0 without curves."""
        return max(self.size[0], self.points.last_epoch, self._previous_epochs)

    @property
    def kinds(self) -> list[str]:
        """The curves there are."""
        there = {"training": self.size[0], "test": len(self.points), "previous": self._previous_epochs}
        return [kind for kind, points in there.items() if points]

    @property
    def _previous_epochs(self) -> int:
        return len(self.previous) if self.previous is not None else 0

    def read(self) -> None:
        """Take in the newest evaluations."""
        if self.history is not None:
            self.points.read(self.history.evaluations)

    def at(self, epoch: int) -> list[Reading]:
        """Return what each curve says at `epoch`; of the test curve, the evaluation nearest to it."""
        found = []
        training = self.history.at(epoch) if self.history is not None else None
        if training is not None:
            found.append(Reading("training", epoch, training))
        if (nearest := self.points.nearest(epoch)) is not None:
            found.append(Reading("test", *nearest))
        previous = self.previous.at(epoch) if self.previous is not None else None
        if previous is not None:
            found.append(Reading("previous", epoch, previous))
        return found
