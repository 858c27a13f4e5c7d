"""The adapted layer: its formula, its gradients, its start, merging."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lora_gui.engine.layer import LoRALinear


def make_layer(
    rank: int = 3, scaling: float = 0.5, init: str = "gaussian", *, train_bias: bool = True
) -> LoRALinear:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        return LoRALinear(nn.Linear(8, 5), rank, scaling, init, train_bias)


def inputs(rows: int = 20, columns: int = 8) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(1))


@settings(deadline=None, max_examples=25)
@given(
    rows=st.integers(1, 12),
    n_in=st.integers(1, 9),
    n_out=st.integers(1, 9),
    scaling=st.floats(0, 4),
    data=st.data(),
)
def test_output_and_gradients_follow_the_formula(
    rows: int, n_in: int, n_out: int, scaling: float, data: st.DataObject
) -> None:
    rank = data.draw(st.integers(1, min(n_in, n_out)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(rows)
        layer = LoRALinear(nn.Linear(n_in, n_out), rank, scaling, "gaussian", train_bias=True).double()
        x, y = torch.randn(rows, n_in).double(), torch.randn(rows, n_out).double()
    out = layer(x)
    gradients = torch.autograd.grad(((out - y) ** 2).mean(), layer.trainable())

    X, Y, W0, b, A, B = (
        t.detach().numpy() for t in (x, y, layer.weight, layer.bias, layer.lora_A, layer.lora_B)
    )
    expected = X @ (W0.T + scaling * A @ B) + b
    G = 2 * (expected - Y) / Y.size
    np.testing.assert_allclose(out.detach().numpy(), expected, atol=1e-10)
    for gradient, by_hand in zip(
        gradients, (G.sum(0), scaling * X.T @ G @ B.T, scaling * A.T @ X.T @ G), strict=True
    ):
        np.testing.assert_allclose(gradient.numpy(), by_hand, atol=1e-10)


def test_only_adapter_and_asked_for_bias_are_trained() -> None:
    layer = make_layer()
    assert [id(p) for p in layer.trainable()] == [id(layer.bias), id(layer.lora_A), id(layer.lora_B)]
    assert not layer.weight.requires_grad
    frozen = make_layer(train_bias=False)
    assert [id(p) for p in frozen.trainable()] == [id(frozen.lora_A), id(frozen.lora_B)]


def test_the_given_layer_is_left_alone() -> None:
    base = nn.Linear(8, 5)
    before = base.bias.detach().clone()
    layer = LoRALinear(base, 2, 1.0, "gaussian", train_bias=True)
    with torch.no_grad():
        layer.bias.add_(1)
    layer.merge()
    assert torch.equal(base.bias, before)
    assert base.weight.requires_grad
    assert not torch.equal(base.weight, layer.weight)


def test_paper_starts_at_the_base_layer_with_the_papers_bound() -> None:
    base = nn.Linear(400, 30)
    layer = LoRALinear(base, 4, 1.0, "paper", train_bias=True)
    x = inputs(10, 400)
    assert torch.equal(layer(x), base(x))
    largest = layer.lora_A.abs().max().item()
    assert 0.99 / 20 < largest <= 1 / 20


def test_gaussian_start_is_standard_normal() -> None:
    layer = LoRALinear(nn.Linear(500, 500), 100, 1.0, "gaussian", train_bias=True)
    for matrix in (layer.lora_A, layer.lora_B):
        assert matrix.mean().item() == pytest.approx(0, abs=0.02)
        assert matrix.std().item() == pytest.approx(1, abs=0.02)


def test_scaling_acts_at_once() -> None:
    layer, x = make_layer(scaling=1.0), inputs()
    frozen = nn.functional.linear(x, layer.weight, layer.bias)
    once = (layer(x) - frozen).detach()
    layer.scaling = 3.0
    torch.testing.assert_close((layer(x) - frozen).detach(), 3 * once, rtol=1e-4, atol=1e-5)


def test_merged_layer_gives_the_same_output_by_one_product() -> None:
    layer, x = make_layer(), inputs()
    before = layer(x)
    layer.merge()
    assert layer.merged
    torch.testing.assert_close(layer(x), before)
    assert torch.equal(layer(x), nn.functional.linear(x, layer.weight, layer.bias))


def test_unmerge_restores_the_weight_bit_for_bit() -> None:
    layer = make_layer(scaling=1e6)
    before = layer.weight.detach().clone()
    layer.merge()
    assert not torch.equal(layer.weight, before)
    layer.scaling = 2.0
    layer.unmerge()
    assert torch.equal(layer.weight, before)
    assert not layer.merged


def test_train_and_eval_never_merge() -> None:
    layer = make_layer()
    before = layer.weight.detach().clone()
    layer.eval()
    layer.train()
    assert torch.equal(layer.weight, before)
    assert not layer.merged


def test_merging_twice_and_unmerging_too_early_say_so() -> None:
    layer = make_layer()
    with pytest.raises(RuntimeError, match="not merged"):
        layer.unmerge()
    layer.merge()
    with pytest.raises(RuntimeError, match=r"merged already.*unmerge\(\)"):
        layer.merge()


@pytest.mark.parametrize("rank", [0, 6])
def test_impossible_rank_is_named(rank: int) -> None:
    with pytest.raises(ValueError, match=f"rank: {rank} .* from 1 to 5"):
        make_layer(rank)


def test_unknown_init_is_named() -> None:
    with pytest.raises(ValueError, match=r"init: 'zeros'.*gaussian, paper"):
        make_layer(init="zeros")
