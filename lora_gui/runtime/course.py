"""What is known of one run: what was planned, and what came of it so far."""

from dataclasses import replace
from typing import Self

import numpy as np

from lora_gui.domain.config import LIVE_FIELDS, RunConfig, field_names
from lora_gui.domain.history import LossHistory
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.record import Outcome, RunRecord
from lora_gui.domain.run import RunState
from lora_gui.runtime.rate import Rate


def state_of(outcome: Outcome) -> RunState:
    """Return the state of a run that is opened; one that did not end by itself is a stopped one."""
    ends = {Outcome.FINISHED: RunState.FINISHED, Outcome.DIVERGED: RunState.DIVERGED}
    return ends.get(outcome, RunState.STOPPED)


class Course:
    """One run, from its start or taken up from a record.

    Attributes:
        run_id: the name under which it is kept, "" for none.
        plan: the config that it started with and the changes made since.
        config: its settings now, changes included.
        history: its losses so far.
        seconds: spent in training so far.
        rate: how fast it goes.

    """

    def __init__(self, plan: RunPlan, run_id: str = "") -> None:
        self.run_id = run_id
        self.plan = plan
        self.config = plan.config_now
        self.history = LossHistory()
        self.seconds = self._earlier_seconds = 0.0
        self.rate = Rate()

    @classmethod
    def of(cls, run_id: str, record: RunRecord) -> Self:
        """Return the run that `record` is of."""
        course = cls(RunPlan(record.config, record.changes), run_id)
        course.history.append(record.losses.astype(np.float64))
        course.history.evaluations.extend(record.evaluations)
        course.history.clock.extend(record.clock)
        course.seconds = record.seconds
        return course

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return len(self.history)

    def grow(self, advance: Advance) -> None:
        """Take in what training gave."""
        self.history.append(advance.losses)
        self.history.evaluations.extend(advance.evaluations)
        self.history.norms.extend(advance.norms)
        self.seconds = self._earlier_seconds + advance.seconds
        if len(advance.losses):
            self.history.note_time(self.seconds)

    def change(self, change: Change) -> float:
        """Take in a change; returns the value that it replaced."""
        before: float = getattr(self.config, change.field)
        self.config = change.apply_to(self.config)
        self.plan = replace(self.plan, changes=(*self.plan.changes, change))
        return before

    def can_go_on(self, config: RunConfig) -> bool:
        """Whether more epochs could follow with `config`: what differs is live, and there are epochs left."""
        fixed = (name for name in field_names() if name not in LIVE_FIELDS)
        same = all(getattr(config, name) == getattr(self.config, name) for name in fixed)
        return same and 0 < self.epoch < config.epochs

    def go_on(self, config: RunConfig) -> RunPlan:
        """Return how to train on with the live settings of `config`; the changes still have to take place."""
        self._earlier_seconds = self.seconds
        self.rate.restart()
        values = ((name, getattr(config, name)) for name in LIVE_FIELDS)
        made = (Change(self.epoch, n, value) for n, value in values if value != getattr(self.config, n))
        return replace(self.plan, changes=(*self.plan.changes, *made), epoch=self.epoch)
