"""What is known of a run before it is trained."""

import numpy as np
import pytest

from lora_gui.domain.config import RunConfig
from lora_gui.domain.likeness import compare
from lora_gui.engine.outlook import look_ahead
from lora_gui.engine.tasks import prepare
from lora_gui.engine.trainers import make_trainer


def test_tutorial() -> None:
    outlook = look_ahead(RunConfig())
    assert outlook.floors.losses[[0, 4, 10]] == pytest.approx([1.3597, 1.1356, 0.9582], abs=5e-5)
    assert outlook.floors.elbow is None
    assert not outlook.is_planted
    assert len(outlook.target.values) == 4


def test_what_was_planted_is_the_target_and_its_rank_the_elbow() -> None:
    config = RunConfig(task="low_rank", out_features=48, rank=5, true_rank=3, noise=0.05)
    outlook = look_ahead(config)
    planted = prepare(config)[0].planted
    assert planted is not None
    assert outlook.is_planted
    assert outlook.floors.elbow == 3
    exact = np.linalg.svd(planted.double().numpy(), compute_uv=False)[:3]
    np.testing.assert_allclose(outlook.target.values, exact, rtol=1e-6)


def test_training_arrives_at_the_best_update_of_its_rank() -> None:
    config = RunConfig(init="paper", samples=500, in_features=12, out_features=6, rank=2, learning_rate=0.03)
    trainer = make_trainer(config.with_("epochs", 1000).with_("engine", "auto"))
    trainer.advance(1000)
    likeness = compare(trainer.snapshot(), look_ahead(config).target)
    assert likeness.distance is not None
    assert likeness.distance < 0.05
    assert likeness.inputs is not None
    assert likeness.inputs[1, 1] > 0.99


def test_the_global_generator_is_left_alone() -> None:
    import torch

    before = torch.get_rng_state()
    look_ahead(RunConfig(task="digits", samples=1297))
    assert torch.equal(torch.get_rng_state(), before)
