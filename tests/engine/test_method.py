"""Baselines: the same task and seed with the whole layer trained, the bias alone, or nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.engines import EngineReason, engine_for
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.progress import Change
from lora_gui.domain.proof import MergeFailure
from lora_gui.engine.checks import Prover
from lora_gui.engine.floors import floors, quick_floor
from lora_gui.engine.tasks import prepare
from lora_gui.engine.trainers import make_trainer

BASE = RunConfig(in_features=12, out_features=7, rank=3, samples=60, task="low_rank", true_rank=2, epochs=40)
METHODS = ("lora", "full", "bias", "none")
COUNTS = {"full": (0, 12 * 7 + 7), "bias": (12 * 7, 7), "none": (12 * 7 + 7, 0)}


def of(method: str, **settings: object) -> RunConfig:
    return replace(BASE, method=method, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("task", ["random", "low_rank", "digits"])
def test_the_data_are_those_of_the_run_with_an_adapter(task: str) -> None:
    configs = [BASE.with_("task", task).with_("method", method) for method in METHODS]
    first, *others = [prepare(config)[0] for config in configs]
    for other in others:
        for name in ("x", "y", "x_test", "y_test"):
            assert torch.equal(getattr(other, name), getattr(first, name))
        assert torch.equal(other.base.weight, first.base.weight)


@pytest.mark.parametrize("method", COUNTS)
def test_what_is_trained_is_what_is_counted(method: str) -> None:
    config = of(method)
    counts = ParameterCounts.of(config)
    assert (counts.frozen, counts.trainable) == COUNTS[method]
    assert not counts.above_break_even
    trainer = make_trainer(config)
    assert trainer.parameters == counts
    base = trainer.task.base
    before = base.weight.clone(), base.bias.clone()
    trainer.advance(40)
    assert torch.equal(trainer.layer.weight, base.weight) == (method != "full")
    assert torch.equal(trainer.layer.bias, base.bias) == (method == "none")
    assert torch.equal(base.weight, before[0])
    assert torch.equal(base.bias, before[1])


@pytest.mark.parametrize("batch_size", [0, 16])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_full_fine_tuning_is_that_of_a_plain_layer(optimizer: str, batch_size: int) -> None:
    config = of("full", optimizer=optimizer, batch_size=batch_size)
    task, _ = prepare(config)
    layer = nn.Linear(12, 7)
    layer.load_state_dict(task.base.state_dict())
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    plain = kinds[optimizer](layer.parameters(), lr=config.learning_rate)
    shuffle = torch.Generator().manual_seed(config.seed)
    losses = []
    for _ in range(config.epochs):
        total = 0.0
        rows = torch.randperm(60, generator=shuffle) if batch_size else torch.arange(60)
        for batch in torch.split(rows, batch_size or 60):
            loss = nn.functional.mse_loss(layer(task.x[batch]), task.y[batch])
            plain.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            plain.step()
            total += loss.item() * len(batch)
        losses.append(total / 60)
    np.testing.assert_allclose(make_trainer(config).advance(40).losses, losses, rtol=1e-6)


def test_the_test_loss_and_the_snapshot_follow_the_trained_weight() -> None:
    trainer = make_trainer(of("full"))
    before = trainer.snapshot()
    trainer.advance(40)
    task, layer = trainer.task, trainer.layer
    with torch.no_grad():
        expected = nn.functional.mse_loss(layer(task.x_test), task.y_test)
    assert trainer.evaluate().loss == pytest.approx(float(expected), rel=1e-6)
    assert np.array_equal(trainer.snapshot().weight, layer.weight.detach().numpy())
    assert not np.array_equal(before.weight, trainer.snapshot().weight)


def test_full_fine_tuning_reaches_the_floor_of_full_rank() -> None:
    # Adam swings about the minimum by as much as its steps are long.
    trainer = make_trainer(of("full", epochs=1800, learning_rate=0.02), [Change(1200, "learning_rate", 5e-4)])
    losses = trainer.advance(1800).losses
    assert losses[-1] == pytest.approx(floors(trainer.task, train_bias=True).full_fine_tuning, rel=1e-4)


def test_nothing_trained_is_a_level_line() -> None:
    advance = make_trainer(of("none", batch_size=7)).advance(40)
    assert np.ptp(advance.losses) < 1e-6 * advance.losses[0]
    assert np.ptp(make_trainer(of("none")).advance(40).losses) == 0
    assert advance.norms == ()


@pytest.mark.parametrize("method", COUNTS)
def test_without_an_adapter_autograd_trains(method: str) -> None:
    config = of(method, engine="auto")
    assert engine_for(config) == ("reference", EngineReason.NO_ADAPTER)
    with pytest.raises(ConfigError, match="closed_form needs method lora"):
        of(method, engine="closed_form")
    assert replace(BASE, engine="closed_form").with_("method", method).engine == "auto"


def test_there_is_nothing_to_merge_and_a_trained_weight_may_change() -> None:
    for method in COUNTS:
        trainer = make_trainer(of(method))
        prover = Prover(trainer)
        assert isinstance(prover.check_merge(), MergeFailure)
        trainer.advance(3)
        check = prover.check_weight()
        assert (check.trained, check.same) == (method == "full", method != "full")


def test_each_way_of_training_has_its_own_floor() -> None:
    found = {m: quick_floor(make_trainer(of(m)).task, of(m)) or 0.0 for m in METHODS}
    assert found["full"] < found["lora"] < found["bias"] <= found["none"]
    start = make_trainer(of("none")).advance(1).losses[0]
    assert found["none"] == pytest.approx(start, rel=1e-6)
    assert quick_floor(make_trainer(of("full", batch_size=7)).task, of("full", batch_size=7)) is None
