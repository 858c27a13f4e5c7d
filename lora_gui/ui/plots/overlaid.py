"""Runs of the past that lie over the one shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.history import LossHistory
from lora_gui.ui.plots.clock import Clock

LONGEST_NAME = 28
"""Letters of a name in the legend."""


@dataclass(frozen=True, slots=True, eq=False)
class OverlayRun:
    """A run to lie over the loss plot.

    Attributes:
        id: the run's.
        name: what the legend calls it.
        losses: (epochs,), one per epoch.
        clock: pairs (epoch, seconds in training when it was complete), as a RunRecord keeps them.
        slot: the number that gives it colour and dashes.

    """

    id: str
    name: str
    losses: NDArray[np.floating[Any]]
    clock: Sequence[tuple[int, float]]
    slot: int


class OverlaidRun:
    """An OverlayRun made ready to be drawn: folded once, however often it is looked at."""

    def __init__(self, run: OverlayRun) -> None:
        self.kind = f"run {run.id}"
        self.name = run.name if len(run.name) <= LONGEST_NAME else f"{run.name[: LONGEST_NAME - 1]}…"
        self.run = run
        self.history = LossHistory()
        self.history.append(np.asarray(run.losses, np.float64))
        self.clock = Clock(run.clock)

    def is_of(self, run: OverlayRun) -> bool:
        """Return whether this is what `run` would become."""
        mine = self.run
        return (mine.id, mine.name, mine.slot) == (run.id, run.name, run.slot) and mine.losses is run.losses
