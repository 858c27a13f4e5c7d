"""PEFT as an independent implementation: equal outputs, gradients and counts for equal weights."""

import warnings

import pytest
import torch
from torch import nn

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.engine.layer import LoRALinear

with warnings.catch_warnings():
    # What PEFT and its own dependencies deprecate is theirs to mend.
    warnings.simplefilter("ignore")
    import peft


class Model(nn.Module):
    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.linear(x)
        return out


@pytest.fixture(params=[(8, 5, 3, 6), (64, 10, 4, 4), (6, 30, 6, 1)])
def twins(request: pytest.FixtureRequest) -> tuple[LoRALinear, nn.Module]:
    """Return our layer and PEFT's, with the same weights."""
    n_in, n_out, rank, alpha = request.param
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(3)
        base = nn.Linear(n_in, n_out)
        ours = LoRALinear(base, rank, alpha / rank, "gaussian", train_bias=True)
        config = peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=["linear"], bias="lora_only")
        theirs = peft.get_peft_model(Model(base), config)
        adapted = theirs.base_model.model.linear
        with torch.no_grad():
            adapted.lora_A["default"].weight.copy_(ours.lora_A.T)
            adapted.lora_B["default"].weight.copy_(ours.lora_B.T)
    return ours, theirs


def test_outputs_and_gradients_are_equal(twins: tuple[LoRALinear, nn.Module]) -> None:
    ours, theirs = twins
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(50, ours.lora_A.shape[0], generator=generator)
    y = torch.randn(50, ours.lora_B.shape[1], generator=generator)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)

    by_us = torch.autograd.grad(((ours(x) - y) ** 2).mean(), [ours.bias, ours.lora_A, ours.lora_B])
    named = dict(theirs.named_parameters())
    prefix = "base_model.model.linear."
    names = ["base_layer.bias", "lora_A.default.weight", "lora_B.default.weight"]
    by_them = torch.autograd.grad(((theirs(x) - y) ** 2).mean(), [named[prefix + name] for name in names])
    assert all(gradient.abs().max() > 1e-3 for gradient in by_us)
    for mine, other in zip(by_us, (by_them[0], by_them[1].T, by_them[2].T), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)


def test_counts_and_their_wording_are_equal(
    twins: tuple[LoRALinear, nn.Module], capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = twins
    config = RunConfig(
        in_features=ours.lora_A.shape[0], out_features=ours.lora_B.shape[1], rank=ours.lora_A.shape[1]
    )
    theirs.print_trainable_parameters()  # type: ignore[operator]
    assert capsys.readouterr().out.strip() == str(ParameterCounts.of(config))
