"""Pictures of a run: its matrices, pooled to the pixels that show them."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import torch

from lora_gui.domain.picture import Matrix, Picture, Watch
from lora_gui.domain.pooling import Floats, pool, pool_blocks
from lora_gui.domain.progress import Snapshot
from lora_gui.engine.tasks import Task

MOST_OPERATIONS = 1e11
"""Floating-point operations above which A · B is not formed for a picture: some seconds of one core."""


class Sitter(Protocol):
    """What can be drawn: any trainer."""

    task: Task

    def snapshot(self) -> Snapshot:
        """Return copies of the parameters as they are now."""


class Artist:
    """Draws one trainer, again and again."""

    def __init__(self, trainer: Sitter) -> None:
        self._trainer = trainer
        planted = trainer.task.planted
        # Once, since training leaves it alone; on the CPU this shares the task's own memory.
        self._planted = None if planted is None else planted.cpu().numpy()
        self._previous: Picture | None = None

    def draw(self, watch: Watch) -> Picture:
        """Draw the trainer as it is now."""
        self._previous = draw(self._trainer.snapshot(), self._planted, watch, self._previous)
        return self._previous


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
    with np.errstate(all="ignore"), _one_thread():  # a diverging run overflows
        if 2.0 * snapshot.lora_A.size * snapshot.lora_B.shape[1] <= MOST_OPERATIONS:
            if watch.product is Matrix.MERGED:
                maps[Matrix.MERGED] = _merged(snapshot, watch)
            else:
                maps[Matrix.UPDATE], distance = _update(snapshot, planted, watch)
    if watch.product is Matrix.UPDATE and planted is not None:
        maps[Matrix.PLANTED] = _still(Matrix.PLANTED, still, planted, watch)
    extreme = np.max([(values.max(), -values.min()) for values in maps.values()])
    return Picture(snapshot, planted, watch, maps, float(extreme), distance)


def _still(matrix: Matrix, still: Mapping[Matrix, Floats], values: Floats, watch: Watch) -> Floats:
    return still[matrix] if matrix in still else pool(values, watch.rows, watch.columns)


def _merged(shot: Snapshot, watch: Watch) -> Floats:
    # Transposed, as the weight is stored: against the grain, each pass takes ten times as long.
    factor = np.float32(shot.scaling) * shot.lora_A.T

    def block(start: int, stop: int) -> Floats:
        part = _product(shot.lora_B[:, start:stop].T, factor)
        part += shot.weight[start:stop]
        return part

    return pool_blocks(block, (shot.weight.shape[0], shot.weight.shape[1]), watch.columns, watch.rows).T


def _update(shot: Snapshot, planted: Floats | None, watch: Watch) -> tuple[Floats, float | None]:
    """Return the pooled ΔW and, on the way, its distance from ΔW*."""
    factor = np.float32(shot.scaling) * shot.lora_B
    apart = whole = 0.0

    def block(start: int, stop: int) -> Floats:
        nonlocal apart, whole
        part = _product(shot.lora_A[start:stop], factor)
        if planted is not None:
            target = planted[start:stop]
            apart += _square(part - target)
            whole += _square(target)
        return part

    pooled = pool_blocks(block, (len(shot.lora_A), factor.shape[1]), watch.rows, watch.columns)
    return pooled, math.sqrt(apart / whole) if whole else None


def _product(left: Floats, right: Floats) -> Floats:
    # By torch: how many threads NumPy's BLAS takes cannot be told to it.
    product: Floats = (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    return product


@contextmanager
def _one_thread() -> Iterator[None]:
    # A block is a millisecond's work. On a busy machine two threads wait for each other twenty times as long.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _square(values: Floats) -> float:
    return float(np.square(values).sum(dtype=np.float64))
