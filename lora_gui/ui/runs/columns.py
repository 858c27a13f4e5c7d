"""What is listed of a run, and the value by which each column sorts."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from lora_gui.domain.record import RunSummary

Value = float | str | None


class Column(StrEnum):
    """The columns of the table of runs, from left to right; remembered by these names."""

    OVERLAY = "overlay"
    NAME = "name"
    WHEN = "when"
    TASK = "task"
    RANK = "rank"
    SCALING = "scaling"
    LEARNING_RATE = "learning_rate"
    EPOCHS = "epochs"
    FINAL = "final"
    BEST = "best"
    GAP = "gap"
    SECONDS = "seconds"
    OUTCOME = "outcome"
    METHOD = "method"
    SIZES = "sizes"
    TRAINABLE = "trainable"
    INIT = "init"
    OPTIMIZER = "optimizer"
    BATCH_SIZE = "batch_size"
    SAMPLES = "samples"
    NOISE = "noise"
    SEED = "seed"
    DEVICE = "device"
    NOTES = "notes"


COLUMNS: Final = tuple(Column)
FIXED: Final = (Column.OVERLAY, Column.NAME)
"""Columns that cannot be hidden: without them a run can be neither told nor ticked."""
HIDDEN: Final = frozenset(COLUMNS[COLUMNS.index(Column.METHOD) :])
"""Columns that are hidden until a person chooses them."""
WORDS: Final = frozenset(
    (
        Column.NAME,
        Column.TASK,
        Column.METHOD,
        Column.OUTCOME,
        Column.INIT,
        Column.OPTIMIZER,
        Column.DEVICE,
        Column.NOTES,
    )
)
"""Columns that hold words; all others hold numbers and stand to the right."""


def gap(run: RunSummary) -> float | None:
    """Return how far the final loss stays above the best possible one, None where either is unknown."""
    if run.final_loss is None or run.floor is None:
        return None
    return run.final_loss - run.floor


NUMBERS: Final[dict[Column, Callable[[RunSummary], float | None]]] = {
    Column.WHEN: lambda run: run.started.timestamp(),
    Column.RANK: lambda run: run.config.rank if run.config.has_adapter else None,
    Column.SCALING: lambda run: run.config.scaling if run.config.has_adapter else None,
    Column.LEARNING_RATE: lambda run: run.config.learning_rate,
    Column.EPOCHS: lambda run: run.epochs,
    Column.FINAL: lambda run: run.final_loss,
    Column.BEST: lambda run: run.best_loss,
    Column.GAP: gap,
    Column.SECONDS: lambda run: run.seconds,
    Column.SIZES: lambda run: run.config.in_features * run.config.out_features,
    Column.TRAINABLE: lambda run: run.counts.trainable,
    Column.BATCH_SIZE: lambda run: run.config.batch_size,
    Column.SAMPLES: lambda run: run.config.samples,
    Column.NOISE: lambda run: run.config.noise if run.config.task == "low_rank" else None,
    Column.SEED: lambda run: run.config.seed,
}
"""The numbers that columns sort by; columns of words sort by what they show."""
