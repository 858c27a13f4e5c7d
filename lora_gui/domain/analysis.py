"""The best that training could do: the lowest loss at each rank, and when it can be told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig

QUICK_OPERATIONS = 1e9
"""Floating-point operations that floors may take before a run starts: less than a tenth of a second."""
MOST_OPERATIONS = 2e11
"""Operations above which floors are not worth their wait (ten seconds) and their memory (a GiB)."""


@dataclass(frozen=True, slots=True, eq=False)
class Floors:
    """The lowest training loss that can be reached on one task, rank by rank.

    Attributes:
        losses: (min(in, out) + 1,), float64: the floor at rank 0, 1, 2, ... with the bias trained or frozen
            as in the config; never rising. The last is what a full weight update reaches.
        full_fine_tuning: the floor when weight and bias are both trained, whatever the config does with the
            bias; equals the last of `losses` where the bias is trained.
        elbow: the rank that the task needs, None where no rank below the full one stands out.

    """

    losses: NDArray[np.float64]
    full_fine_tuning: float
    elbow: int | None

    def of(self, config: RunConfig) -> float:
        """Return the floor of a run: that of its rank, or of rank 0 if an adapter is missing or muted."""
        if config.method == "full":
            return self.full_fine_tuning
        return float(self.losses[config.rank if config.has_adapter and config.scaling else 0])

    def excess(self, loss: float, config: RunConfig) -> float:
        """Return how far `loss` is above the run's floor, as a share of it; infinite for a floor of 0."""
        floor = self.of(config)
        # Float32 losses end up to 1e-7 below a floor that they have reached.
        return max(0.0, loss / floor - 1) if floor else float("inf")


def has_floors(config: RunConfig) -> bool:
    """Whether floors can be drawn for a run: each loss is of all samples, and the sizes can be solved.

    With mini-batches each batch is measured with its own weights, so an epoch's loss may lie below the floor.
    """
    return config.is_full_batch and floors_operations(config) <= MOST_OPERATIONS


def floors_operations(config: RunConfig) -> float:
    """Estimate the floating-point operations of the floors: a QR of the data and one eigenproblem."""
    columns = 1 + config.in_features + config.out_features
    smaller = min(config.in_features, config.out_features, config.samples)
    return 2.0 * config.samples * min(config.samples, columns) * columns + 10.0 * smaller**3
