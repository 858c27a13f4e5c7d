"""What training hands out as it goes: losses, evaluations, changes, snapshots; all frozen values."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lora_gui.domain.config import LIVE_FIELDS, ConfigError, RunConfig

if TYPE_CHECKING:  # the window paints before NumPy is imported
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Loss on the held-out data, and the share of right answers where the task has any.

    `epoch` is 1-based, as in a loss printed beside it: both are taken before that epoch's step.
    """

    epoch: int
    loss: float
    accuracy: float | None = None

    @property
    def is_finite(self) -> bool:
        """Whether the loss is a number that can be kept."""
        return math.isfinite(self.loss)


@dataclass(frozen=True, slots=True)
class Norms:
    """How strongly an epoch pulls at the adapter, and how far this has moved the layer (Frobenius norms).

    `epoch` is 1-based. The gradients are those of its step, with mini-batches of its last one; `update` is
    ‖ΔW‖ / ‖W0‖ before the epoch, ΔW = s · A B.
    """

    epoch: int
    gradient_A: float
    gradient_B: float
    update: float


@dataclass(frozen=True, slots=True)
class Advance:
    """What some epochs of training gave.

    `losses` (float64) holds the training loss of each epoch since the last Advance, in order, all finite:
    the first value that is not ends the run and stays out. Evaluations and norms come now and then, often at
    the start of a run and more and more seldom later. `seconds` is the time spent in training since it began
    or was taken up again; whoever keeps the time fills it in.
    """

    losses: "NDArray[np.float64]"
    evaluations: tuple[Evaluation, ...] = ()
    diverged: bool = False
    norms: tuple[Norms, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """A setting changed during a run, in force from the epoch after `epoch` completed ones."""

    epoch: int
    field: str
    value: float

    def apply_to(self, config: RunConfig) -> RunConfig:
        """Return `config` with the change made.

        Raises ConfigError if the field is not live or the value not allowed.
        """
        if self.field not in LIVE_FIELDS:
            raise ConfigError(self.field, self.value, "left as it is during a run")
        return config.with_(self.field, self.value)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The adapter at one moment: copies, free to keep.

    weight (out_features, in_features), bias (out_features,), lora_A (in_features, rank) and
    lora_B (rank, out_features), all float32.
    """

    epoch: int
    scaling: float
    weight: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"
    lora_A: "NDArray[np.float32]"
    lora_B: "NDArray[np.float32]"
