"""What a run works towards, and for which settings that holds."""

from dataclasses import replace

import numpy as np
import pytest

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.outlook import Outlook, is_quick, is_same_task
from lora_gui.domain.spectrum import spectrum

CONFIG = RunConfig(task="low_rank", out_features=48)


@pytest.fixture
def outlook() -> Outlook:
    target = spectrum(np.ones((64, 1)), np.ones((1, 48)))
    return Outlook(CONFIG, Floors(np.ones(49), 1.0, None), target)


@pytest.mark.parametrize(
    ("field", "value", "suits"),
    [
        ("learning_rate", 1.0, True),
        ("epochs", 7, True),
        ("batch_size", 10, True),
        ("scaling", 0.0, True),
        ("optimizer", "sgd", True),
        ("seed", 1, False),
        ("noise", 0.7, False),
        ("rank", 2, False),
        ("train_bias", False, False),
        ("init", "paper", False),
        ("samples", 10, False),
    ],
)
def test_an_outlook_suits_what_has_the_same_data_and_rank(
    outlook: Outlook, field: str, value: object, suits: bool
) -> None:
    assert outlook.suits(CONFIG.with_(field, value)) is suits


def test_ranks_are_those_of_the_layer(outlook: Outlook) -> None:
    assert outlook.is_planted
    assert outlook.has_ranks_of(CONFIG.with_("rank", 9))
    assert not outlook.has_ranks_of(CONFIG.with_("out_features", 47))


def test_the_same_task_can_be_learned_by_other_means() -> None:
    assert is_same_task(CONFIG, replace(CONFIG, rank=9, train_bias=False, init="paper"))
    assert not is_same_task(CONFIG, replace(CONFIG, noise=0.0))
    assert not is_same_task(CONFIG, replace(CONFIG, task="random"))


@pytest.mark.parametrize(
    ("settings", "quick"),
    [
        ({}, True),
        ({"task": "digits", "samples": 1297}, True),
        ({"in_features": 512, "out_features": 512}, False),
        ({"samples": 1_000_000}, False),
        # Little to solve, but a gigabyte to draw.
        ({"in_features": 16_384, "out_features": 16_384, "samples": 1}, False),
    ],
)
def test_only_small_runs_are_looked_at_unasked(settings: dict[str, object], quick: bool) -> None:
    assert is_quick(RunConfig.from_dict(settings)) is quick
