"""How the runs of a sweep are cut into pieces of work, and about how long these take; no torch."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lora_gui.domain.analysis import QUICK_OPERATIONS, floors_operations, has_floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.engines import engine_for
from lora_gui.domain.parameters import BYTES_PER_NUMBER, MOMENTS, held_out_samples

MOST_TOGETHER = 64
"""Runs trained as one: more cost as much per run, and results come later."""
TOGETHER_BYTES = 8 * 2**20
"""What an epoch of runs trained as one may read and write: from there on, it no longer fits the cache."""
FEWEST_TOGETHER = 4
"""Runs that must fit into that; from fewer there is nothing to gain."""
HELD_OUT_BYTES = 256 * 2**20
"""What the held-out data of runs trained as one may take, which is looked at only once."""

CALLS_SECONDS = 12e-6
"""What the calls of an epoch of runs trained as one take, whatever their size."""
OPERATIONS_PER_SECOND = 35e9
"""Rate of small matrix products on one core, as measured on an ordinary one."""
STEP_SECONDS = 150e-6
"""What the calls of a step by autograd take."""
PREPARE_SECONDS = 1e-3
"""What the smallest run takes to be drawn, folded and evaluated."""
START_SECONDS = 3.0
"""What processes take to import torch."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Runs that are given out at once.

    Attributes:
        runs: pairs of an index and a config.
        together: whether they are trained as one; otherwise it is a single run.
        seconds: it takes about, on one core.

    """

    runs: tuple[tuple[int, RunConfig], ...]
    together: bool
    seconds: float


def plan(runs: Iterable[tuple[int, RunConfig]]) -> tuple[Piece, ...]:
    """Cut `runs` into pieces: those that the closed form covers together, as many as fit; others alone."""
    together: list[tuple[int, RunConfig]] = []
    pieces: list[Piece] = []
    for index, config in runs:
        if can_train_together(config):
            together.append((index, config))
        else:
            pieces.append(Piece(((index, config),), together=False, seconds=_alone_seconds(config)))
    # Neighbours in rank, so that little is padded.
    together.sort(key=lambda run: (_kind(run[1]), run[1].rank, run[0]))
    for _, alike in groupby(together, key=lambda run: _kind(run[1])):
        pieces += _cut(list(alike))
    return tuple(pieces)


def can_train_together(config: RunConfig) -> bool:
    """Whether the batched engine takes `config`: the closed form covers it, and it is small."""
    return (
        engine_for(config).name == "closed_form"
        and config.device != "mps"  # knows no float64
        and _fit(FEWEST_TOGETHER, config)
    )


def estimate_seconds(pieces: Sequence[Piece], workers: int) -> float:
    """Return about how long `pieces` take: those together one after the other, the others side by side."""
    together = sum(piece.seconds for piece in pieces if piece.together)
    alone = [piece.seconds for piece in pieces if not piece.together]
    if not alone:
        return together
    return together + START_SECONDS + max(max(alone), sum(alone) / workers)


def operations(config: RunConfig) -> float:
    """Return the floating-point operations of an epoch in closed form."""
    rows = _rows(config)
    return 4.0 * rows * config.rank * (config.in_features + 1.5 * config.out_features)


def _cut(runs: Sequence[tuple[int, RunConfig]]) -> Iterator[Piece]:
    """Yield pieces of runs that are alike and rise in rank, each as large as memory and cache like."""
    start = 0
    while start < len(runs):
        end = start + 1
        # The last has the highest rank, to which the others are padded.
        while end < len(runs) and _fit(end + 1 - start, runs[end][1]):
            end += 1
        configs = [config for _, config in runs[start:end]]
        yield Piece(tuple(runs[start:end]), together=True, seconds=_together_seconds(configs))
        start = end


def _fit(size: int, config: RunConfig) -> bool:
    """Whether so many runs like `config` go together."""
    return (
        size <= MOST_TOGETHER
        and size * _epoch_bytes(config) <= TOGETHER_BYTES
        and size * _held_out_bytes(config) <= HELD_OUT_BYTES
    )


def _kind(config: RunConfig) -> tuple[int, int, int, str, int, str]:
    """Return what runs must have in common to be trained as one."""
    return (
        *(config.in_features, config.out_features, config.samples),
        *(config.optimizer, config.epochs, config.device),
    )


def _together_seconds(configs: Sequence[RunConfig]) -> float:
    epoch = CALLS_SECONDS + len(configs) * operations(configs[-1]) / OPERATIONS_PER_SECOND
    return configs[0].epochs * epoch + sum(_prepare_seconds(config) for config in configs)


def _alone_seconds(config: RunConfig) -> float:
    if engine_for(config).name == "closed_form":
        return _together_seconds([config])
    batch = config.batch_size or config.samples
    full, adapter = config.in_features * config.out_features, config.in_features + config.out_features
    work = batch * (2.0 * full + 6.0 * config.rank * adapter) / OPERATIONS_PER_SECOND
    steps = -(-config.samples // batch)
    return config.epochs * steps * (STEP_SECONDS + work) + _prepare_seconds(config)


def _prepare_seconds(config: RunConfig) -> float:
    work = floors_operations(config) * (2 if floors_are_quick(config) else 1)
    return PREPARE_SECONDS + work / OPERATIONS_PER_SECOND


def floors_are_quick(config: RunConfig) -> bool:
    """Whether the floor of each run is worth its wait."""
    return has_floors(config) and floors_operations(config) <= QUICK_OPERATIONS


def _rows(config: RunConfig) -> int:
    return min(config.samples, config.in_features + 1)


def _epoch_bytes(config: RunConfig) -> int:
    """Return what an epoch reads and writes: statistics, residual, x A and its gradient, the parameters."""
    rows, sides = _rows(config), config.in_features + config.out_features
    values = (config.rank + 1) * sides
    numbers = (
        rows * (sides + config.out_features + 3 * config.rank) + (3 + MOMENTS[config.optimizer]) * values
    )
    return BYTES_PER_NUMBER * numbers


def _held_out_bytes(config: RunConfig) -> int:
    return BYTES_PER_NUMBER * held_out_samples(config) * (config.in_features + config.out_features)
