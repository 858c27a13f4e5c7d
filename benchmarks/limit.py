"""What this machine can do at best, and what an epoch needs at least."""

import time
from collections.abc import Callable

import torch

from lora_gui.domain.config import RunConfig
from lora_gui.engine.packed import PackedMatrix


def limit_seconds(config: RunConfig) -> tuple[float, float]:
    """Return the time of an epoch's operations at the matmul rate, and of its bytes at the bandwidth.

    At least: x a, b r, and their two counterparts for the gradients, each 2 · rows · rank operations for
    every input or output, where rows are the samples or, if they outnumber the inputs and a bias, these. And
    one reading of the statistics, and of the parameters and moments, from wherever data of that size fits.
    """
    rows = min(config.samples, config.in_features + 1)
    sides = config.in_features + config.out_features
    operations = 4 * rows * config.rank * sides
    size = 4 * (rows * sides + 4 * config.rank * sides)
    return operations / matmul_rate(), size / bandwidth(size)


def matmul_rate() -> float:
    """Return the floating-point operations per second of the faster of torch.mm and oneDNN, 1536 square."""
    side = 1536
    matrix = torch.randn(side, side)
    packed, out = PackedMatrix(matrix), torch.empty(side, side)
    seconds = min(_best(lambda: torch.mm(matrix, matrix, out=out)), _best(lambda: packed.left_times(matrix)))
    return 2 * side**3 / seconds


def bandwidth(size: int) -> float:
    """Return the bytes per second at which `size` bytes are read over and over."""
    half = torch.ones(size // 8)
    other = torch.ones(size // 8)
    return size / _best(lambda: torch.dot(half, other))


def _best(work: Callable[[], object], seconds: float = 0.7) -> float:
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
