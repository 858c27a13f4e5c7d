"""Sweeps with invented results, for tests of what shows them."""

from collections.abc import Callable

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepRun

BASE = PRESETS["planted"]
RANKS = Sweep(BASE, (Axis("rank", (1, 2, 3, 4)),), seeds=3)
PAIRS = Sweep(BASE, (Axis("rank", (1, 2, 3)), Axis("learning_rate", (0.1, 0.01))), seeds=2)


def floor(rank: int) -> float:
    """Return a floor that bends at rank 3."""
    return 0.01 + max(0, 3 - rank)


def trained(index: int, config: RunConfig) -> SweepRun:
    """Return a finished run: 10 % above its floor at the first seed, 20 % at the next, and so on."""
    loss = floor(config.rank) * (1 + 0.1 * (config.seed - BASE.seed + 1))
    return SweepRun(
        index=index,
        config=config,
        outcome=RunState.FINISHED,
        epochs=config.epochs,
        final=loss,
        best=loss,
        test=loss,
        floor=floor(config.rank),
        elbow=3,
        seconds=0.5,
    )


def results(
    sweep: Sweep, diverges: Callable[[RunConfig], bool] = lambda config: False
) -> dict[int, SweepRun]:
    """Return all runs of `sweep` by index, those diverged for which `diverges` says so."""
    return {
        index: SweepRun(
            index=index, config=config, outcome=RunState.DIVERGED, epochs=7, floor=floor(config.rank)
        )
        if diverges(config)
        else trained(index, config)
        for index, config in enumerate(sweep.configs)
    }
