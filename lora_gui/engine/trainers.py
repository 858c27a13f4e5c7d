"""The one place that turns a config into the trainer it asks for."""

from collections.abc import Sequence

from lora_gui.domain.config import RunConfig
from lora_gui.domain.engines import engine_for
from lora_gui.domain.progress import Change
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.closed_form import ClosedFormTrainer
from lora_gui.engine.trainer import Trainer


def make_trainer(config: RunConfig, changes: Sequence[Change] = ()) -> BaseTrainer:
    """Return the trainer for `config`, ready for its first epoch; raises what BaseTrainer raises."""
    trainer = ClosedFormTrainer if engine_for(config).name == "closed_form" else Trainer
    return trainer(config, changes)
