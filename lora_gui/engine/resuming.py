"""Runs that go on: their state kept in a file, and a trainer brought to where they were."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lora_gui.domain.pace import Pace
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.record import Versions
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from lora_gui.engine.trainers import make_trainer

log = logging.getLogger(__name__)


def keep_state(trainer: BaseTrainer, plan: RunPlan, path: Path) -> None:
    """Write what `trainer_for` needs to go on from here; `plan` holds all changes made so far.

    A disk that does not take it costs time later, not the run: this is logged, not raised.
    """
    about = plan.until(trainer.epoch) | {"versions": asdict(Versions.here())}
    try:
        save_checkpoint(path, trainer.state(), about)
    except OSError:
        log.exception("The state of the run was not kept; to go on, it will be trained again up to here")


def trainer_for(
    plan: RunPlan, checkpoint: Path | None = None, interrupted: Callable[[], bool] = lambda: False
) -> BaseTrainer:
    """Return a trainer that has done the epochs of `plan`, unless interrupted before.

    The state in `checkpoint` is used if it is one of this run, from this epoch or an earlier one; what lies
    between is trained again, which gives the same bits. Raises what make_trainer raises.
    """
    trainer = make_trainer(plan.config, plan.changes)
    if checkpoint and plan.epoch:
        _restore(trainer, plan, checkpoint)
    pace = Pace()
    while trainer.epoch < plan.epoch and not trainer.diverged and not interrupted():
        epochs = min(pace.due, plan.epoch - trainer.epoch)
        start = time.perf_counter()
        trainer.advance(epochs)
        pace.done(epochs, time.perf_counter() - start)
    return trainer


def _restore(trainer: BaseTrainer, plan: RunPlan, path: Path) -> None:
    try:
        state, about = load_checkpoint(path)
        if not about.get("epoch", 0) <= plan.epoch:
            log.warning("%s is of epoch %s, the run is kept to %s", path, about["epoch"], plan.epoch)
        elif about != plan.until(about["epoch"]) | {"versions": about["versions"]}:
            log.warning("%s is of another run", path)
        else:
            trainer.load_state(state)
    except FileNotFoundError:
        log.info("There is no %s", path)
    except (CheckpointError, OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be used: %s", path, error)
