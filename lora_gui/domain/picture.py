"""The matrices of an adapted layer at one moment, made ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lora_gui.domain.progress import Snapshot

if TYPE_CHECKING:  # the window paints before NumPy is imported
    from lora_gui.domain.pooling import Floats


class Matrix(StrEnum):
    """What can be drawn, written as in h = x W0 + b + s · (x A) B: inputs are rows, outputs columns."""

    WEIGHT = "weight"
    """W0 (in, out), frozen."""
    LORA_A = "lora_A"
    """A (in, rank)."""
    LORA_B = "lora_B"
    """B (rank, out)."""
    MERGED = "merged"
    """W' = W0 + ΔW (in, out)."""
    UPDATE = "update"
    """ΔW = s · A B (in, out)."""
    PLANTED = "planted"
    """ΔW* (in, out), the update that the targets were made with."""

    def shape(self, in_features: int, out_features: int, rank: int) -> tuple[int, int]:
        """Return its rows and columns."""
        rows = rank if self is Matrix.LORA_B else in_features
        return rows, rank if self is Matrix.LORA_A else out_features


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody looks at, and how many pixels at most along the inputs, the outputs and the rank.

    `product` is MERGED or UPDATE; with UPDATE goes PLANTED where there is one.
    """

    rows: int
    columns: int
    rank: int
    product: Matrix = Matrix.MERGED


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One moment of a run, as far as `watch` asks for it.

    Attributes:
        snapshot: what it was drawn from.
        planted: ΔW* (in, out), None if nothing was planted.
        watch: what was asked for.
        maps: each matrix drawn, pooled to its pixels; the product is missing where it is too large to draw.
        extreme: largest magnitude in the maps: the one scale that they share.
        distance: ‖ΔW − ΔW*‖ / ‖ΔW*‖ (Frobenius), None unless both were drawn.

    """

    snapshot: Snapshot
    planted: "Floats | None"
    watch: Watch
    maps: "Mapping[Matrix, Floats]"
    extreme: float
    distance: float | None = None

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Return in_features, out_features and rank."""
        (in_features, rank), out_features = self.snapshot.lora_A.shape, self.snapshot.lora_B.shape[1]
        return in_features, out_features, rank
