"""How strongly each epoch pulls at the adapter, and how far it has moved: against float64 autograd."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change, Norms
from lora_gui.engine.base_trainer import CHUNK_EPOCHS, is_evaluated
from lora_gui.engine.tasks import prepare
from lora_gui.engine.trainers import make_trainer

SMALL = RunConfig(in_features=12, out_features=7, rank=3, samples=50, epochs=130, scaling=0.5)
ENGINES = ["reference", "closed_form"]


def expected(config: RunConfig) -> tuple[float, float, float]:
    """Return ‖∇A‖, ‖∇B‖ and ‖ΔW‖ / ‖W0‖ at the start of a run."""
    task, layer = prepare(config)
    layer = layer.double()
    loss = torch.nn.functional.mse_loss(layer(task.x.double()), task.y.double())
    gradients = torch.autograd.grad(loss, [layer.lora_A, layer.lora_B])
    norms = [float(torch.linalg.norm(gradient)) for gradient in gradients]
    return norms[0], norms[1], float(torch.linalg.norm(layer.update()) / torch.linalg.norm(layer.weight))


def figures(norms: Norms) -> NDArray[np.float64]:
    return np.array([norms.gradient_A, norms.gradient_B, norms.update])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("train_bias", [True, False])
def test_norms_are_those_of_autograd(engine: str, train_bias: bool) -> None:
    config = replace(SMALL, engine=engine, train_bias=train_bias)
    first = make_trainer(config).advance(1).norms[0]
    assert first.epoch == 1
    np.testing.assert_allclose(figures(first), expected(config), rtol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_with_the_papers_start_the_gradient_of_a_is_exactly_zero_once(engine: str) -> None:
    first, second = make_trainer(replace(SMALL, engine=engine, init="paper")).advance(2).norms
    assert (first.gradient_A, first.update) == (0.0, 0.0)
    assert first.gradient_B > 0
    assert min(figures(second)) > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_update_is_measured_before_the_step_with_the_scaling_in_force(engine: str) -> None:
    trainer = make_trainer(replace(SMALL, engine=engine), [Change(10, "scaling", 2.0)])
    trainer.advance(10)
    update, weight = trainer.layer.update().double(), trainer.layer.weight.double()
    assert trainer.layer.scaling == 2.0
    norms = trainer.advance(1).norms[0]
    assert norms.epoch == 11
    assert norms.update == pytest.approx(float(update.norm() / weight.norm()), rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_norms_come_when_the_held_out_data_is_measured_in_any_chunks(engine: str) -> None:
    config = replace(SMALL, engine=engine, epochs=CHUNK_EPOCHS + 250)
    whole = make_trainer(config).advance(config.epochs)
    assert [n.epoch for n in whole.norms] == [e.epoch for e in whole.evaluations]
    assert all(is_evaluated(n.epoch) or n.epoch == config.epochs for n in whole.norms)
    trainer = make_trainer(config)
    parts = [trainer.advance(epochs) for epochs in (7, 1, 300, config.epochs)]
    assert tuple(n for part in parts for n in part.norms) == whole.norms


def test_mini_batches_give_the_pull_of_the_last_one() -> None:
    advance = make_trainer(replace(SMALL, batch_size=7, epochs=3)).advance(3)
    assert [n.epoch for n in advance.norms] == [1, 2, 3]
    assert all(min(figures(n)) > 0 for n in advance.norms)


def test_a_diverging_run_keeps_only_finite_norms() -> None:
    diverging = replace(SMALL, optimizer="sgd", learning_rate=1000.0)
    advance = make_trainer(diverging).advance(130)
    assert advance.diverged
    assert advance.norms
    assert np.isfinite([figures(n) for n in advance.norms]).all()
    assert advance.norms[-1].epoch <= len(advance.losses)
