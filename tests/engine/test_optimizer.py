"""Our optimizer steps against torch's classes, bit for bit."""

import pytest
import torch
from torch import Tensor

from lora_gui.engine.optimizer import Optimizer

CLASSES = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}


def start() -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(shape, generator=generator) for shape in ((5,), (7, 3), (3, 5))]


@pytest.mark.parametrize("kind", CLASSES)
def test_steps_are_those_of_torchs_class(kind: str) -> None:
    ours, theirs = start(), [p.requires_grad_() for p in start()]
    optimizer = Optimizer(kind, ours, 0.1)
    oracle = CLASSES[kind](theirs, lr=0.1)
    generator = torch.Generator().manual_seed(2)
    for step in range(50):
        if step == 20:
            optimizer.learning_rate = 0.003
            oracle.param_groups[0]["lr"] = 0.003
        gradients = [torch.randn(p.shape, generator=generator) for p in ours]
        for p, gradient in zip(theirs, gradients, strict=True):
            p.grad = gradient.clone()
        optimizer.step(gradients)
        oracle.step()
    for mine, other, before in zip(ours, theirs, start(), strict=True):
        assert torch.equal(mine, other)
        assert not torch.equal(mine, before)
