"""What is kept of a run: its config, what changed on the way, what came of it."""

import math
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lora_gui import __version__
from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.run import RunState


class RecordError(ConfigError):
    """A part of a record is not what it must be; named, shown and described like a wrong setting."""


class Outcome(StrEnum):
    """How a run ended, in RunState's words; or that it has not, or that nobody was left to say."""

    RUNNING = "running"
    FINISHED = RunState.FINISHED.value
    STOPPED = RunState.STOPPED.value
    DIVERGED = RunState.DIVERGED.value
    FAILED = RunState.FAILED.value
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Versions:
    """The programs behind a run's numbers; others may round differently."""

    python: str
    torch: str
    lora_gui: str

    @classmethod
    def here(cls) -> Self:
        """Return what is installed here, without importing torch."""
        return cls(platform.python_version(), metadata.version("torch"), __version__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What is known of a run besides its numbers.

    Attributes:
        config: the settings that it started with.
        started: when, in UTC.
        outcome: how it ended.
        device: what computed it, as people call it.
        versions: the programs that computed it.
        floor: the lowest loss within reach of its rank, None where that is not known.
        name: what the person calls it, empty at first.
        pinned: whether it is kept on top.
        notes: what the person wrote about it.

    """

    config: RunConfig
    started: datetime
    outcome: Outcome
    device: str
    versions: Versions
    floor: float | None = None
    name: str = ""
    pinned: bool = False
    notes: str = ""

    @property
    def counts(self) -> ParameterCounts:
        """What it trained and what it left alone."""
        return ParameterCounts.of(self.config)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary(RunInfo):
    """One line of a list of runs; the losses themselves stay where they are.

    Attributes:
        id: the run's name inside the store.
        epochs: completed ones.
        seconds: spent in training.
        final_loss: the newest one, None before the first.
        best_loss: the lowest one, None before the first.

    """

    id: str
    epochs: int
    seconds: float
    final_loss: float | None
    best_loss: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunRecord(RunInfo):
    """A whole run: `config` and `changes` are enough to get `losses` again.

    A record that exists is valid: the constructor raises RecordError for the first part that is not, and
    ConfigError for a change that is not allowed.

    Attributes:
        changes: settings changed while it ran, in the order of their epochs.
        losses: (epochs,) float32, read-only, all finite.
        evaluations: of the held-out data.
        clock: pairs (epoch, seconds in training when it was complete), the last of them for the last epoch.

    """

    changes: tuple[Change, ...] = ()
    losses: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    evaluations: tuple[Evaluation, ...] = ()
    clock: tuple[tuple[int, float], ...] = ()

    def __post_init__(self) -> None:
        # Not asarray: whoever holds the caller's array could still write to it.
        with np.errstate(over="ignore"):
            losses = np.array(self.losses, np.float32)
        losses.flags.writeable = False
        object.__setattr__(self, "losses", losses)
        if not np.isfinite(losses).all():
            first = int(np.isfinite(losses).argmin())
            raise RecordError(f"losses[{first}]", float(losses[first]), "a finite float32")
        if self.started.tzinfo is None:
            raise RecordError("started", str(self.started), "a time with its distance to UTC")
        object.__setattr__(self, "started", self.started.astimezone(UTC))
        config = self.config
        for change in self.changes:
            config = change.apply_to(config)
        epochs = [change.epoch for change in self.changes]
        if epochs != sorted(epochs) or min(epochs, default=0) < 0:
            raise RecordError("changes", epochs, "in the order of their epochs")
        self._check_clock()

    def _check_clock(self) -> None:
        if (self.clock[-1][0] if self.clock else 0) != len(self.losses):
            raise RecordError("clock", self.clock[-1:], f"a list that ends at epoch {len(self.losses)}")
        before = (0, 0.0)
        for epoch, seconds in self.clock:
            if not (epoch > before[0] and before[1] <= seconds < math.inf):
                raise RecordError("clock", (epoch, seconds), f"after {before}")
            before = (epoch, seconds)

    @property
    def seconds(self) -> float:
        """Spent in training."""
        return self.clock[-1][1] if self.clock else 0.0


def verify(record: RunRecord, losses: ArrayLike) -> int | None:
    """Return the first (1-based) epoch whose loss in a replay is not the record's, bit for bit; None if none.

    `losses` (n,) are compared as float32, as records keep them. Losses that end sooner or later than the
    record's differ from the first epoch that only one of them has.
    """
    replayed = np.asarray(losses, np.float32)
    common = min(len(replayed), len(record.losses))
    differs = replayed[:common].view(np.uint32) != record.losses[:common].view(np.uint32)
    if differs.any():
        return int(differs.argmax()) + 1
    return None if len(replayed) == len(record.losses) else common + 1
