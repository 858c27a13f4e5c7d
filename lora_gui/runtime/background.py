"""What is done with runs beside the one in the window: replays, baselines, files."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from lora_gui.domain.config import RunConfig
from lora_gui.domain.files import write_atomically
from lora_gui.domain.pace import Pace
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.record import Outcome, RunInfo, RunRecord
from lora_gui.domain.record_json import record_from_json, record_to_json
from lora_gui.domain.replay import ReplayResult
from lora_gui.runtime.records import Records
from lora_gui.runtime.task import Task
from lora_gui.storage.store import RunStore

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer

TELL_SECONDS = 0.1
"""Between two words on how far a task is."""


def replay(record: RunRecord, task: Task) -> ReplayResult | None:
    """Run `record` again and compare; None if interrupted."""
    _use_threads(record.config)
    from lora_gui.engine.replay import Replay

    replay, told = Replay(record), _Telling(task)
    while not replay.finished and not task.interrupted:
        replay.advance()
        told.say(replay.trainer.epoch, len(record.losses))
    return None if task.interrupted else replay.result()


def train(runs: Mapping[str, RunInfo], records: Records, task: Task) -> None:
    """Train runs, given by their ids, one after the other, and keep them."""
    telling, total = _Telling(task), sum(info.config.epochs for info in runs.values())
    done = 0

    def tell(epoch: int) -> None:
        telling.say(done + epoch, total)

    for run_id, info in runs.items():
        if not task.interrupted:
            _train(run_id, info, records, task, tell)
            done += info.config.epochs


def export(record: RunRecord, path: Path, _task: Task) -> Path:
    """Write `record` to a file; raises OSError."""
    write_atomically(path, record_to_json(record) + "\n")
    return path


def import_(path: Path, records: Records, _task: Task) -> str:
    """Keep the record in a file under a new id, and return that.

    Raises OSError, UnicodeDecodeError, RecordError and ConfigError.
    """
    record = record_from_json(path.read_text(encoding="utf-8"))
    run_id = uuid4().hex
    records.submit(RunStore.add, run_id, record)
    return run_id


def _train(run_id: str, info: RunInfo, records: Records, task: Task, tell: Callable[[int], None]) -> None:
    outcome = Outcome.FAILED
    _use_threads(info.config)
    from lora_gui.engine.floors import quick_floor
    from lora_gui.engine.resuming import trainer_for

    trainer = trainer_for(RunPlan(info.config))
    records.begin(run_id, replace(info, floor=quick_floor(trainer.task, info.config)))
    try:
        outcome = _train_on(trainer, run_id, records, task, tell)
    finally:
        records.finish(run_id, outcome)


def _train_on(
    trainer: "BaseTrainer", run_id: str, records: Records, task: Task, tell: Callable[[int], None]
) -> Outcome:
    from lora_gui.engine.resuming import keep_state

    plan, pace, seconds = RunPlan(trainer.config), Pace(), 0.0
    while not trainer.finished and not task.interrupted:
        start, epochs = time.perf_counter(), pace.due
        advance = trainer.advance(epochs)
        taken = time.perf_counter() - start
        pace.done(epochs, taken)
        seconds += taken
        records.append(run_id, advance.losses, advance.evaluations, seconds=seconds)
        tell(trainer.epoch)
    if trainer.diverged:
        return Outcome.DIVERGED
    keep_state(trainer, plan, records.checkpoint_path(run_id))
    if (evaluation := trainer.evaluate()).is_finite:
        records.append(run_id, evaluations=(evaluation,), seconds=seconds)
    return Outcome.FINISHED if trainer.finished else Outcome.STOPPED


class _Telling:
    # Now and then: a signal for every chunk of epochs would keep the window busy.

    def __init__(self, task: Task) -> None:
        self._task = task
        self._due = 0.0

    def say(self, done: int, total: int) -> None:
        if time.perf_counter() >= self._due:
            self._due = time.perf_counter() + TELL_SECONDS
            self._task.tell(done, total)


def _use_threads(config: RunConfig) -> None:
    # Here and not at the top: torch takes a second to import, and the window paints first.
    import torch

    from lora_gui.engine.device import choose_threads

    # As many as for the same run in the window: the last bits of large sums depend on it.
    torch.set_num_threads(choose_threads(config))
