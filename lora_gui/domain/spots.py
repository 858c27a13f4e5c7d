"""The runs of a sweep by the combination of values they belong to, those still to come included."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepRun

Floats = NDArray[np.float64]


class Spread(StrEnum):
    """What the band around a mean shows: from the lowest to the highest, or one standard deviation."""

    EXTREMES = "extremes"
    DEVIATION = "deviation"


@dataclass(frozen=True, slots=True)
class Spot:
    """The runs of one combination, in the order of their seeds; None where one is still to come.

    Attributes:
        first: the index of the first run in `Sweep.configs`.
        runs: one per seed.

    """

    first: int
    runs: tuple[SweepRun | None, ...]

    @property
    def losses(self) -> Floats:
        """Final losses of the finished runs."""
        finished = [run.final for run in self.runs if run and run.outcome is RunState.FINISHED]
        return np.array(finished, np.float64)

    @property
    def mean(self) -> float | None:
        """Mean final loss, None before any run has finished."""
        losses = self.losses
        return float(losses.mean()) if len(losses) else None

    @property
    def floor(self) -> float | None:
        """Mean of the floors, None where none is known; each seed has its own data, so its own floor."""
        floors = [run.floor for run in self.runs if run and run.floor is not None]
        return float(np.mean(floors)) if floors else None

    def band(self, spread: Spread) -> tuple[float, float] | None:
        """Return the ends of the band, None before any run has finished.

        The deviation is that of a sample (divided by n - 1); of one run, it is 0.
        """
        losses = self.losses
        if not len(losses):
            return None
        if spread is Spread.EXTREMES:
            return float(losses.min()), float(losses.max())
        mean, deviation = float(losses.mean()), float(losses.std(ddof=1)) if len(losses) > 1 else 0.0
        return mean - deviation, mean + deviation

    def count(self, outcome: RunState) -> int:
        """Return how many runs ended so."""
        return sum(run is not None and run.outcome is outcome for run in self.runs)

    @property
    def lost(self) -> int:
        """How many runs diverged or failed, and so have no part in the mean."""
        return self.count(RunState.DIVERGED) + self.count(RunState.FAILED)


def spots(sweep: Sweep, runs: Mapping[int, SweepRun]) -> tuple[Spot, ...]:
    """Return a spot for every combination, in the order of the sweep; `runs` are by their index."""
    starts = range(0, sweep.count, sweep.seeds)
    return tuple(
        Spot(start, tuple(runs.get(index) for index in range(start, start + sweep.seeds))) for start in starts
    )
