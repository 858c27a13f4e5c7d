"""What is learned: the draws, the planted update, the digits."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from torch import nn

from lora_gui.domain.config import RunConfig
from lora_gui.engine.tasks import prepare

PLANTED = RunConfig(task="low_rank", in_features=40, out_features=30, samples=4000, true_rank=5, noise=0.1)


def mean_square(tensor: torch.Tensor) -> float:
    return tensor.detach().square().mean().item()


@pytest.mark.parametrize("task", ["random", "low_rank"])
def test_draw_order_is_the_tutorials(task: str) -> None:
    config = RunConfig(task=task, noise=1.0, samples=30)
    prepared, layer = prepare(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(42)
        x, y = torch.randn(30, 64), torch.randn(30, 10)
        linear = nn.Linear(64, 10)
        A, B = torch.randn(64, 4), torch.randn(4, 10)
    assert torch.equal(prepared.x, x)
    assert torch.equal(prepared.base.weight, linear.weight)
    assert torch.equal(layer.bias, linear.bias)
    assert torch.equal(layer.lora_A, A)
    assert torch.equal(layer.lora_B, B)
    assert torch.equal(prepared.y, y) == (task == "random")


@pytest.mark.parametrize("task", ["random", "low_rank", "digits"])
def test_the_seed_alone_decides_and_the_global_generator_is_left_alone(task: str) -> None:
    config = RunConfig(task=task)
    before = torch.get_rng_state()
    first, first_layer = prepare(config)
    assert torch.equal(torch.get_rng_state(), before)
    torch.randn(3)
    again, again_layer = prepare(config)
    for name in ("x", "y", "x_test", "y_test"):
        assert torch.equal(getattr(first, name), getattr(again, name))
    assert torch.equal(first_layer.lora_A, again_layer.lora_A)
    other = prepare(replace(config, seed=43))[1]
    assert not torch.equal(first_layer.lora_A, other.lora_A)


@pytest.mark.parametrize(("samples", "held_out"), [(1, 1), (3, 1), (8, 2), (1000, 250)])
def test_held_out_data_is_a_quarter_and_at_least_one_row(samples: int, held_out: int) -> None:
    task, _ = prepare(RunConfig(samples=samples))
    assert task.x_test.shape == (held_out, 64)
    assert task.y_test.shape == (held_out, 10)


def test_planted_update_has_its_rank_and_unit_variance() -> None:
    task, _ = prepare(PLANTED)
    assert task.planted is not None
    assert task.planted.shape == (40, 30)
    assert torch.linalg.matrix_rank(task.planted).item() == 5
    assert mean_square(task.x @ task.planted) == pytest.approx(1, rel=0.4)


def test_planted_targets_are_base_plus_update_plus_noise() -> None:
    task, _ = prepare(PLANTED)
    assert task.planted is not None
    for x, y in ((task.x, task.y), (task.x_test, task.y_test)):
        assert math.sqrt(mean_square(y - task.base(x) - x @ task.planted)) == pytest.approx(0.1, rel=0.03)


def test_without_noise_the_planted_update_is_the_whole_truth() -> None:
    task, _ = prepare(replace(PLANTED, noise=0.0))
    assert task.planted is not None
    assert mean_square(task.y - task.base(task.x) - task.x @ task.planted) < 1e-10


def test_only_digits_have_an_accuracy_and_only_low_rank_a_plant() -> None:
    prepared = {name: prepare(RunConfig(task=name))[0] for name in ("random", "low_rank", "digits")}
    assert [name for name, task in prepared.items() if task.has_accuracy] == ["digits"]
    assert [name for name, task in prepared.items() if task.planted is not None] == ["low_rank"]


def test_digits_take_the_first_training_samples() -> None:
    some, _ = prepare(RunConfig(task="digits", samples=20))
    everything, _ = prepare(RunConfig(task="digits", samples=1297))
    assert torch.equal(some.x, everything.x[:20])
    assert torch.equal(some.x_test, everything.x_test)
    assert torch.equal(some.base.weight, everything.base.weight)


def test_threads_that_draw_at_once_do_not_mix_their_draws() -> None:
    configs = [RunConfig(seed=seed, samples=3000) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda config: prepare(config)[0].x, configs))
    assert all(torch.equal(x, prepare(config)[0].x) for x, config in zip(drawn, configs, strict=True))


def test_the_task_stays_the_same_when_the_adapter_changes() -> None:
    first, _ = prepare(PLANTED)
    other, _ = prepare(replace(PLANTED, rank=11, init="paper", scaling=0.5))
    assert first.planted is not None
    assert other.planted is not None
    for one, two in (
        (first.planted, other.planted),
        (first.x, other.x),
        (first.y, other.y),
        (first.x_test, other.x_test),
        (first.y_test, other.y_test),
    ):
        assert torch.equal(one, two)
