"""Merging changes nothing that matters, and the checksum sees everything that does."""

import numpy as np
import pytest
import torch
from torch import nn

from lora_gui.engine.checks import checksum, merge_check
from lora_gui.engine.layer import LoRALinear


def layer(init: str = "gaussian") -> LoRALinear:
    torch.manual_seed(0)
    return LoRALinear(nn.Linear(64, 10), rank=4, scaling=2.0, init=init, train_bias=True)


def test_merged_outputs_differ_by_rounding_only() -> None:
    adapted, x = layer(), torch.randn(200, 64)
    before = adapted.weight.clone()
    difference = merge_check(adapted, x)
    assert 0 < difference < 1e-6 * float(adapted(x).detach().abs().max()) * 64
    assert not adapted.merged
    assert torch.equal(adapted.weight, before)


def test_an_update_of_zero_merges_exactly() -> None:
    assert merge_check(layer("paper"), torch.randn(20, 64)) == 0


def test_difference_is_that_of_the_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    adapted = layer()
    update = adapted.update()
    monkeypatch.setattr(adapted, "update", lambda: update + 0.5)
    assert merge_check(adapted, torch.eye(64)) == pytest.approx(0.5, abs=1e-4)


def test_outputs_that_are_not_finite_show() -> None:
    assert np.isnan(merge_check(layer(), torch.full((1, 64), torch.nan)))


def test_a_merged_layer_is_refused_and_left_merged() -> None:
    adapted = layer()
    adapted.merge()
    with pytest.raises(RuntimeError, match="merged already"):
        merge_check(adapted, torch.randn(2, 64))
    assert adapted.merged


def test_checksum_is_that_of_the_bytes() -> None:
    # BLAKE2b with a digest of four bytes over the little-endian floats 1, 2, 3, 4.
    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len(checksum(weight)) == 8
    assert checksum(weight) == checksum(weight.clone()) == checksum(weight.T.contiguous().T)
    assert checksum(weight) != checksum(weight.T)
    assert checksum(nn.Parameter(weight)) == checksum(weight)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_checksum_sees_the_last_bit(dtype: torch.dtype) -> None:
    weight = torch.ones(8, 8, dtype=dtype)
    changed = weight.clone()
    changed[7, 7] += torch.finfo(dtype).eps
    assert checksum(changed) != checksum(weight)
