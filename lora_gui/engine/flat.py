"""The trainable numbers of a layer side by side in one buffer, so that one kernel call takes a step."""

from collections.abc import Iterator
from itertools import count

import torch
from torch import Tensor

from lora_gui.engine.layer import LoRALinear
from lora_gui.engine.optimizer import ADAMW_WEIGHT_DECAY, BETA1, BETA2, EPS

BULK = 256
"""Step counts made at a time: adding one to a tensor takes as long as a small step of Adam."""


class FlatParameters:
    """lora_A, lora_B and a trained bias of one layer, which goes on using them where they now lie.

    Attributes:
        a, a_gradient: lora_A transposed, (rank, in_features), and its gradient.
        b, b_gradient: lora_B and under it a trained bias, (rank + 1, out_features) or (rank, out_features).

    """

    def __init__(self, layer: LoRALinear, optimizer: str) -> None:
        """Move the parameters of `layer` into new storage; `optimizer` is adam, adamw or sgd."""
        in_features, rank = layer.lora_A.shape
        out_features = layer.lora_B.shape[1]
        rows = rank + layer.bias.requires_grad
        self._optimizer = optimizer
        self._values = torch.empty(rank * in_features + rows * out_features, device=layer.lora_A.device)
        self._gradient = torch.zeros_like(self._values)
        self._first_moment, self._second_moment = (
            torch.zeros_like(self._values),
            torch.zeros_like(self._values),
        )
        self._steps = _counts(self._values.device)
        split = rank * in_features
        self.a, self.a_gradient = (t[:split].view(rank, in_features) for t in (self._values, self._gradient))
        self.b, self.b_gradient = (t[split:].view(rows, out_features) for t in (self._values, self._gradient))
        for parameter, place in ((layer.lora_A, self.a.T), (layer.lora_B, self.b[:rank])):
            parameter.data = place.copy_(parameter.data)
        if layer.bias.requires_grad:
            layer.bias.data = self.b[rank].copy_(layer.bias.data)

    def state(self) -> dict[str, Tensor]:
        """Return what is remembered from step to step, by name: the tensors themselves."""
        if self._optimizer == "sgd":
            return {}
        return {"first_moment": self._first_moment, "second_moment": self._second_moment}

    def count_from(self, steps: int) -> None:
        """Go on as after so many steps."""
        self._steps = _counts(self._values.device, steps + 1)

    def step(self, learning_rate: float) -> None:
        """Change all parameters in place by their gradient: `Optimizer`'s arithmetic in one kernel."""
        if self._optimizer == "sgd":
            self._values.sub_(self._gradient, alpha=learning_rate)
            return
        decoupled = self._optimizer == "adamw"
        fused = torch._fused_adamw_ if decoupled else torch._fused_adam_
        # What torch.optim calls in the end, less the bookkeeping that takes longer than a small step.
        fused(
            [self._values],
            [self._gradient],
            [self._first_moment],
            [self._second_moment],
            [],
            [next(self._steps)],
            lr=learning_rate,
            beta1=BETA1,
            beta2=BETA2,
            weight_decay=ADAMW_WEIGHT_DECAY if decoupled else 0.0,
            eps=EPS,
            amsgrad=False,
            maximize=False,
        )


def _counts(device: torch.device, start: int = 1) -> Iterator[Tensor]:
    """Yield `start`, `start` + 1, ... as the tensors that the fused kernels ask for.

    In float32, which is exact to 16 million.
    """
    for first in count(start, BULK):
        yield from torch.arange(first, first + BULK, dtype=torch.float32, device=device).unbind()
