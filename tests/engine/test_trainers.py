"""The trainer that a config asks for."""

from typing import Any

import pytest

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.closed_form import ClosedFormTrainer
from lora_gui.engine.trainer import Trainer
from lora_gui.engine.trainers import make_trainer


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, Trainer),
        ({"engine": "auto"}, ClosedFormTrainer),
        ({"engine": "auto", "batch_size": 1000}, ClosedFormTrainer),
        ({"engine": "auto", "batch_size": 10}, Trainer),
        ({"engine": "closed_form"}, ClosedFormTrainer),
        ({"engine": "reference"}, Trainer),
    ],
)
def test_the_engine_makes_the_trainer(given: dict[str, Any], kind: type[BaseTrainer]) -> None:
    trainer = make_trainer(RunConfig(**given), [Change(2, "epochs", 3)])
    assert type(trainer) is kind
    assert len(trainer.advance(10).losses) == 3
