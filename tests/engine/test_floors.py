"""The floors against NumPy, against published figures, and against training, which must stay above them."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.engine.floors import ReducedRankRegression, floors
from lora_gui.engine.tasks import Task, prepare
from lora_gui.engine.trainer import Trainer

TRAINED_BIAS = [1.3597, 1.2867, 1.2331, 1.1833, 1.1356, 1.0945, 1.0584, 1.0282, 0.9999, 0.9763, 0.9582]
FROZEN_BIAS = [1.3671, 1.2928, 1.2369, 1.1871, 1.1394, 1.0981, 1.0623, 1.0320, 1.0040, 0.9804, 0.9623]


def residuals(task: Task) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return X and Y − base(X) in float64."""
    X, Y = task.x.double().numpy(), task.y.double().numpy()
    weight, bias = (p.detach().double().numpy() for p in (task.base.weight, task.base.bias))
    return X, Y - X @ weight.T - bias


def reference(task: Task, train_bias: bool) -> list[float]:
    """Compute the floors the long way: project by a pseudo-inverse, truncate by an SVD, measure the loss."""
    X, R = residuals(task)
    if train_bias:
        X, R = X - X.mean(0), R - R.mean(0)
    U, S, V = np.linalg.svd(X @ np.linalg.pinv(X, rcond=1e-10) @ R, full_matrices=False)
    ranks = min(X.shape[1], R.shape[1])
    return [float(np.mean((R - (U[:, :r] * S[:r]) @ V[:r]) ** 2)) for r in range(ranks + 1)]


def loss_of(task: Task, update: NDArray[np.float64], train_bias: bool) -> float:
    X, R = residuals(task)
    left = R - X @ update
    return float(np.mean((left - left.mean(0) * train_bias) ** 2))


def task_of(x: torch.Tensor, y: torch.Tensor) -> Task:
    torch.manual_seed(1)
    return Task(nn.Linear(x.shape[1], y.shape[1]), x, y, x, y)


@st.composite
def configs(draw: st.DrawFn, /, **fixed: Any) -> RunConfig:
    n_in, n_out = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    ranks = st.integers(1, min(n_in, n_out))
    return RunConfig(
        in_features=n_in,
        out_features=n_out,
        rank=draw(ranks),
        true_rank=draw(ranks),
        samples=draw(st.integers(1, 30)),
        task=draw(st.sampled_from(["random", "low_rank"])),
        noise=draw(st.sampled_from([0.0, 0.1, 1.0])),
        train_bias=draw(st.booleans()),
        seed=draw(st.integers(0, 1000)),
        **fixed,
    )


@pytest.mark.parametrize(("train_bias", "expected"), [(True, TRAINED_BIAS), (False, FROZEN_BIAS)])
def test_tutorial_data_has_the_known_floors(train_bias: bool, expected: list[float]) -> None:
    task, _ = prepare(RunConfig(train_bias=train_bias))
    found = floors(task, train_bias)
    assert [round(loss, 4) for loss in found.losses.tolist()] == expected
    assert round(found.full_fine_tuning, 4) == TRAINED_BIAS[-1]


def test_long_training_ends_on_the_floor() -> None:
    trainer = Trainer(RunConfig(epochs=20_000))
    floor = floors(trainer.task, train_bias=True).of(trainer.config)
    losses = trainer.advance(20_000).losses
    assert round(float(losses[-1]), 4) == 1.1357
    assert floor * (1 - 1e-6) <= losses.min() <= losses[-1] <= floor * 1.0001


@given(configs())
def test_floors_equal_the_plain_computation(config: RunConfig) -> None:
    task, _ = prepare(config)
    found = floors(task, config.train_bias)
    np.testing.assert_allclose(found.losses, reference(task, config.train_bias), rtol=1e-9, atol=1e-12)
    assert found.full_fine_tuning == pytest.approx(reference(task, True)[-1], rel=1e-9, abs=1e-12)


@given(configs())
def test_floors_never_rise_with_rank(config: RunConfig) -> None:
    found = floors(prepare(config)[0], config.train_bias)
    assert found.losses.shape == (min(config.in_features, config.out_features) + 1,)
    assert (np.diff(found.losses) <= 0).all()
    assert (found.losses >= 0).all()
    assert found.full_fine_tuning <= found.losses[-1] + 1e-12


@given(configs())
def test_best_update_reaches_its_floor(config: RunConfig) -> None:
    task, _ = prepare(config)
    regression = ReducedRankRegression(task, config.train_bias)
    for rank, floor in enumerate(regression.floors.losses):
        lora_A, lora_B = regression.update(rank)
        assert (lora_A.shape[0], lora_B.shape[1]) == (config.in_features, config.out_features)
        assert lora_A.shape[1] == lora_B.shape[0] <= rank
        assert loss_of(task, lora_A @ lora_B, config.train_bias) == pytest.approx(floor, rel=1e-7, abs=1e-10)


@given(
    configs(
        epochs=300,
        learning_rate=0.05,
        init="gaussian",
    ),
    st.sampled_from(["adam", "adamw", "sgd"]),
    st.sampled_from([0.0, 0.3, 2.0]),
)
@settings(max_examples=25)
def test_no_run_goes_below_its_floor(config: RunConfig, optimizer: str, scaling: float) -> None:
    trainer = Trainer(config.with_("optimizer", optimizer).with_("scaling", scaling))
    losses = trainer.advance(config.epochs).losses
    floor = floors(trainer.task, config.train_bias).of(trainer.config)
    assert losses.min(initial=np.inf) >= floor * (1 - 1e-5) - 1e-12


@pytest.mark.parametrize("train_bias", [True, False])
def test_inputs_that_depend_on_others_gain_nothing(train_bias: bool) -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 6, dtype=torch.float64)
    y = torch.randn(50, 4, dtype=torch.float64)
    dead = torch.zeros(50, 1, dtype=torch.float64)
    ones = torch.ones(50, 1, dtype=torch.float64)
    doubled = torch.cat([dead, x[:, :3], x[:, :2] @ x[:2, :2], 3 * ones, x[:, 3:], 5 * ones], dim=1)
    task = task_of(doubled, y)
    regression = ReducedRankRegression(task, train_bias)
    np.testing.assert_allclose(regression.floors.losses, reference(task, train_bias), rtol=1e-9)
    lora_A, lora_B = regression.update(4)
    assert loss_of(task, lora_A @ lora_B, train_bias) == pytest.approx(regression.floors.losses[4])


@pytest.mark.parametrize("samples", [1, 2, 5, 9])
def test_fewer_samples_than_inputs_are_fitted_exactly(samples: int) -> None:
    torch.manual_seed(samples)
    found = floors(task_of(torch.randn(samples, 12), torch.randn(samples, 9)), train_bias=True)
    assert found.losses[-1] == pytest.approx(0, abs=1e-20)
    assert found.losses[samples - 1] == pytest.approx(0, abs=1e-20)
    assert found.elbow is None


def test_blocks_of_samples_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    task, _ = prepare(RunConfig())
    monkeypatch.setattr("lora_gui.engine.floors.BLOCK_ROWS", 1)
    assert [round(loss, 4) for loss in floors(task, train_bias=True).losses.tolist()] == TRAINED_BIAS


def test_floors_leave_the_task_and_the_generator_alone() -> None:
    task, _ = prepare(RunConfig())
    before = [t.clone() for t in (task.x, task.y, task.base.weight, task.base.bias, torch.get_rng_state())]
    floors(task, train_bias=True)
    after = (task.x, task.y, task.base.weight, task.base.bias, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("true_rank", [1, 3, 8])
@pytest.mark.parametrize("noise", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("train_bias", [True, False])
def test_elbow_is_the_planted_rank(true_rank: int, noise: float, train_bias: bool) -> None:
    config = PRESETS["planted"].with_("true_rank", true_rank).with_("noise", noise)
    task, _ = prepare(config.with_("train_bias", train_bias))
    assert floors(task, train_bias).elbow == true_rank


@pytest.mark.parametrize("train_bias", [True, False])
def test_noise_has_no_elbow(train_bias: bool) -> None:
    task, _ = prepare(RunConfig())
    assert floors(task, train_bias).elbow is None
    wide, _ = prepare(RunConfig(out_features=48))
    assert floors(wide, train_bias).elbow is None


def test_noise_is_seldom_taken_for_a_rank() -> None:
    torch.manual_seed(7)
    found = 0
    for _ in range(100):
        task = task_of(torch.randn(200, 12), torch.randn(200, 8))
        with torch.no_grad():
            task.y.add_(task.base(task.x))  # the base layer is right: all that is left is noise
        found += floors(task, train_bias=True).elbow is not None
    assert found <= 5


def test_ten_digits_need_nine_ranks() -> None:
    # One-hot targets and the classifier's outputs both sum to one, so the tenth direction is empty.
    task, _ = prepare(PRESETS["digits"])
    assert floors(task, train_bias=True).elbow == 9


@pytest.mark.parametrize("rank", [-1, 11])
def test_update_of_an_impossible_rank_is_refused(rank: int) -> None:
    regression = ReducedRankRegression(prepare(RunConfig())[0], train_bias=True)
    with pytest.raises(ValueError, match=f"rank: {rank} is not allowed; it must be from 0 to 10"):
        regression.update(rank)
