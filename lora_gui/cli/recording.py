"""A run of the terminal among those that the window lists, and as a record to be written out."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np

from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Advance, Evaluation
from lora_gui.domain.record import Outcome, RunInfo, RunRecord
from lora_gui.storage.place import default_path
from lora_gui.storage.store import checkpoint_path
from lora_gui.storage.writer import RecordWriter

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer


class Recording:
    """Takes in a run as it goes. What the disk does not take is lost in silence: the run is what counts.

    Attributes:
        record: the run so far.

    """

    def __init__(self, info: RunInfo, *, kept: bool) -> None:
        """Begin; `kept` tells whether the run is to be found in the window later."""
        self._info = info
        self._advances: list[Advance] = []
        self._evaluations: list[Evaluation] = []
        self._seconds = 0.0
        self._epochs = 0
        self._clock: list[tuple[int, float]] = []
        self._outcome = Outcome.STOPPED
        self._writer: RecordWriter | None = None
        if kept:
            # Trouble with the disk is for the window to tell.
            logging.getLogger("lora_gui").addHandler(logging.NullHandler())
            self._path = default_path()
            self._writer = RecordWriter(self._path)
            self._run_id = self._writer.begin(info)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer:
            self._writer.finish(self._run_id, self._outcome)
            self._writer.close()

    @property
    def epochs(self) -> int:
        """How many are complete."""
        return self._epochs

    @property
    def seconds(self) -> float:
        """Spent in training."""
        return self._seconds

    @property
    def record(self) -> RunRecord:
        """Return the whole run as it ended."""
        info = replace(self._info, outcome=self._outcome)
        return RunRecord(
            **{name: getattr(info, name) for name in RunInfo.__dataclass_fields__},
            losses=np.concatenate([np.empty(0), *(advance.losses for advance in self._advances)]),
            evaluations=tuple(self._evaluations),
            clock=tuple(self._clock),
        )

    def add(self, advance: Advance, seconds: float) -> None:
        """Take in what so many seconds of training gave."""
        self._seconds += seconds
        self._epochs += len(advance.losses)
        self._advances.append(advance)
        self._evaluations.extend(advance.evaluations)
        if len(advance.losses):
            self._clock.append((self._epochs, self._seconds))
        if self._writer:
            self._writer.append(self._run_id, advance.losses, advance.evaluations, seconds=self._seconds)

    def end(self, outcome: Outcome, evaluation: Evaluation | None = None) -> None:
        """Note how the run ended, and what the held-out data say of it."""
        self._outcome = outcome
        if evaluation and evaluation.is_finite:
            self._evaluations.append(evaluation)
            if self._writer:
                self._writer.append(self._run_id, np.empty(0), (evaluation,), seconds=self._seconds)

    def keep_state(self, trainer: "BaseTrainer") -> None:
        """Make it possible to go on with the run in the window."""
        from lora_gui.engine.resuming import keep_state

        if self._writer:
            keep_state(trainer, RunPlan(self._info.config), checkpoint_path(self._path, self._run_id))
