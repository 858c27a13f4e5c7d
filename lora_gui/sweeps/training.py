"""One piece of a sweep from start to end, in stretches short enough to be paused or given up in between."""

import math
import time
from collections.abc import Generator
from typing import Any

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.pace import Pace
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.progress import Evaluation
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep_plan import Piece, floors_are_quick, operations
from lora_gui.domain.sweep_results import SweepRun

# The engine is imported inside the functions: torch takes a second, and the window paints first.
Stretches = Generator[float, None, tuple[SweepRun, ...]]
"""Yields the fraction done after each stretch of about 20 ms, and returns the runs."""


def train(piece: Piece) -> Stretches:
    """Train the runs of `piece`; those that cannot be trained here end as FAILED."""
    if piece.together:
        return (yield from _train_together(piece))
    (run,) = piece.runs
    return ((yield from _train_alone(*run)),)


def failed(index: int, config: RunConfig, error: BaseException) -> SweepRun:
    """Return the outcome of a run that went wrong."""
    expected = isinstance(error, (ConfigError, NotEnoughMemory))
    text = str(error) if expected else f"{type(error).__name__}: {error}"
    return SweepRun(index=index, config=config, outcome=RunState.FAILED, error=text)


def use_threads(piece: Piece) -> None:
    """Let this thread train `piece` on one core if its products are small, else on all of them."""
    import torch

    from lora_gui.engine.device import SERIAL_FLOPS, cores

    work = sum(operations(config) for _, config in piece.runs)
    torch.set_num_threads(1 if work < SERIAL_FLOPS else cores())


def _train_together(piece: Piece) -> Stretches:
    from lora_gui.engine.batched import BatchedTrainer, Member
    from lora_gui.engine.device import check_device, check_memory

    begin = time.perf_counter()
    # The last has the highest rank, and is otherwise as large as the others.
    largest = piece.runs[-1][1]
    try:
        check_device(largest)
        check_memory(largest)
    except (ConfigError, NotEnoughMemory) as error:
        return tuple(failed(*run, error) for run in piece.runs)
    members: dict[int, Member] = {}
    for index, config in piece.runs:
        members[index] = Member.of(config)
        yield 0.0
    trainer = BatchedTrainer(list(members.values()))
    pace = Pace()
    while not trainer.finished:
        start, due = time.perf_counter(), pace.due
        trainer.advance(due)
        pace.done(due, time.perf_counter() - start)
        yield trainer.epoch / piece.runs[0][1].epochs
    seconds = (time.perf_counter() - begin) / len(members)
    runs: list[SweepRun] = []
    for place, (index, member) in enumerate(members.items()):
        figures = {
            "epochs": int(trainer.epochs[place]),
            "final": float(trainer.final[place]),
            "best": float(trainer.best[place]),
            "seconds": seconds,
        }
        test = None if trainer.diverged[place] else trainer.evaluate(place)
        runs.append(_over(index, member.config, test, member.floors, **figures))
    return tuple(runs)


def _train_alone(index: int, config: RunConfig) -> Generator[float, None, SweepRun]:
    from lora_gui.engine.floors import floors
    from lora_gui.engine.trainers import make_trainer

    begin = time.perf_counter()
    try:
        trainer = make_trainer(config)
    except (ConfigError, NotEnoughMemory) as error:
        return failed(index, config, error)
    found = floors(trainer.task, config.train_bias) if floors_are_quick(config) else None
    pace = Pace()
    final = best = math.inf
    while not trainer.finished:
        yield trainer.epoch / config.epochs
        start, due = time.perf_counter(), pace.due
        losses = trainer.advance(due).losses
        pace.done(due, time.perf_counter() - start)
        if len(losses):
            final, best = float(losses[-1]), min(best, float(losses.min()))
    figures = {"epochs": trainer.epoch, "final": final, "best": best, "seconds": time.perf_counter() - begin}
    return _over(index, config, None if trainer.diverged else trainer.evaluate(), found, **figures)


def _over(
    index: int, config: RunConfig, test: Evaluation | None, floors: Floors | None, **figures: Any
) -> SweepRun:
    """Return a run that finished, or diverged if there is no `test`."""
    return SweepRun(
        index=index,
        config=config,
        outcome=RunState.FINISHED if test else RunState.DIVERGED,
        test=test.loss if test else None,
        accuracy=test.accuracy if test else None,
        floor=floors.of(config) if floors else None,
        elbow=floors.elbow if floors else None,
        **figures,
    )
