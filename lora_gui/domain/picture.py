"""The matrices of an adapted layer at one moment, made ready to be drawn."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lora_gui.domain.pooling import Floats, pool, pool_blocks
from lora_gui.domain.progress import Snapshot

MOST_OPERATIONS = 4e11
"""Floating-point operations above which A · B is not formed for a picture: some seconds of two cores."""


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
        snapshot: what it was drawn from; for the exact values.
        planted: ΔW* (in, out), None if nothing was planted.
        watch: what was asked for.
        maps: each matrix drawn, pooled to its pixels; the product is missing above MOST_OPERATIONS.
        extreme: largest magnitude in the maps: the one scale that they share.
        distance: ‖ΔW − ΔW*‖ / ‖ΔW*‖ (Frobenius), None unless both were drawn.

    """

    snapshot: Snapshot
    planted: Floats | None
    watch: Watch
    maps: Mapping[Matrix, Floats]
    extreme: float
    distance: float | None = None

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Return in_features, out_features and rank."""
        (in_features, rank), out_features = self.snapshot.lora_A.shape, self.snapshot.lora_B.shape[1]
        return in_features, out_features, rank

    def values(self, matrix: Matrix, rows: slice, columns: slice) -> Floats:
        """Return the exact values of a part of one matrix."""
        shot = self.snapshot
        if matrix is Matrix.LORA_A:
            return shot.lora_A[rows, columns]
        if matrix is Matrix.LORA_B:
            return shot.lora_B[rows, columns]
        if matrix is Matrix.WEIGHT:
            return shot.weight.T[rows, columns]
        if matrix is Matrix.PLANTED:
            if self.planted is None:
                raise ValueError("planted: nothing was planted in this run")
            return self.planted[rows, columns]
        update = np.float32(shot.scaling) * (shot.lora_A[rows] @ shot.lora_B[:, columns])
        return update if matrix is Matrix.UPDATE else shot.weight.T[rows, columns] + update


def draw(
    snapshot: Snapshot, planted: Floats | None, watch: Watch, previous: Picture | None = None
) -> Picture:
    """Draw what `watch` asks for; A · B is computed block by block and never formed whole.

    `previous`, a picture of the same run, saves the work on what training leaves alone.
    """
    still = previous.maps if previous and previous.watch == watch else {}
    maps = {
        Matrix.WEIGHT: _still(Matrix.WEIGHT, still, snapshot.weight.T, watch),
        Matrix.LORA_A: pool(snapshot.lora_A, watch.rows, watch.rank),
        Matrix.LORA_B: pool(snapshot.lora_B, watch.rank, watch.columns),
    }
    distance = None
    with np.errstate(all="ignore"):  # a diverging run overflows
        if can_form(snapshot):
            if watch.product is Matrix.MERGED:
                maps[Matrix.MERGED] = _merged(snapshot, watch)
            else:
                maps[Matrix.UPDATE], distance = _update(snapshot, planted, watch)
    if watch.product is Matrix.UPDATE and planted is not None:
        maps[Matrix.PLANTED] = _still(Matrix.PLANTED, still, planted, watch)
    extreme = np.max([(values.max(), -values.min()) for values in maps.values()])
    return Picture(snapshot, planted, watch, maps, float(extreme), distance)


def can_form(snapshot: Snapshot) -> bool:
    """Whether A · B is small enough to be computed for a picture."""
    return 2 * snapshot.lora_A.size * snapshot.lora_B.shape[1] <= MOST_OPERATIONS


def _still(matrix: Matrix, still: Mapping[Matrix, Floats], values: Floats, watch: Watch) -> Floats:
    return still[matrix] if matrix in still else pool(values, watch.rows, watch.columns)


def _merged(shot: Snapshot, watch: Watch) -> Floats:
    # Transposed, as the weight is stored: against the grain, each pass takes ten times as long.
    factor = np.float32(shot.scaling) * shot.lora_A.T

    def block(start: int, stop: int) -> Floats:
        part: Floats = shot.lora_B[:, start:stop].T @ factor
        part += shot.weight[start:stop]
        return part

    return pool_blocks(block, (shot.weight.shape[0], shot.weight.shape[1]), watch.columns, watch.rows).T


def _update(shot: Snapshot, planted: Floats | None, watch: Watch) -> tuple[Floats, float | None]:
    """Return the pooled ΔW and, on the way, its distance from ΔW*."""
    factor = np.float32(shot.scaling) * shot.lora_B
    apart = whole = 0.0

    def block(start: int, stop: int) -> Floats:
        nonlocal apart, whole
        part: Floats = shot.lora_A[start:stop] @ factor
        if planted is not None:
            target = planted[start:stop]
            apart += _square(part - target)
            whole += _square(target)
        return part

    pooled = pool_blocks(block, (len(shot.lora_A), factor.shape[1]), watch.rows, watch.columns)
    return pooled, math.sqrt(apart / whole) if whole else None


def _square(values: Floats) -> float:
    return float(np.vdot(values, values))
