"""The states of a run, and how one ends."""

from dataclasses import dataclass
from enum import StrEnum

from lora_gui.domain.progress import Evaluation


class RunState(StrEnum):
    """Where a run is; the window shows each with a word, an icon and a colour."""

    READY = "ready"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether a thread works, or waits, on the run."""
        return self in (RunState.PREPARING, RunState.TRAINING, RunState.PAUSED, RunState.STOPPING)


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended.

    Attributes:
        state: FINISHED, STOPPED, DIVERGED or FAILED.
        epoch: completed epochs; for DIVERGED, the (1-based) epoch whose loss was not finite.
        evaluation: the held-out data after the last step, None if there is nothing to evaluate.
        error: what went wrong, for FAILED; a ConfigError can be shown in the window's own words.
        details: the traceback, for the log and for copying.

    """

    state: RunState
    epoch: int
    evaluation: Evaluation | None = None
    error: BaseException | None = None
    details: str = ""
