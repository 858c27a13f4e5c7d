"""One step of Adam, AdamW or SGD, with torch's defaults and torch's own arithmetic."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.adamw import adamw
from torch.optim.sgd import sgd

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
ADAMW_WEIGHT_DECAY = 0.01


class Optimizer:
    """Turns gradients into steps; `learning_rate` may change between them.

    The functions behind torch's optimizer classes give the same bits as the classes, which import
    torch._dynamo, for most of a second, when the first of them is made. Adam: Kingma and Ba (2014,
    arXiv:1412.6980), algorithm 1; AdamW: Loshchilov and Hutter (2017, arXiv:1711.05101), algorithm 2.
    """

    def __init__(self, kind: str, parameters: Sequence[Tensor], learning_rate: float) -> None:
        """Prepare for `parameters`, all on one device; kind is adam, adamw or sgd."""
        self.learning_rate = learning_rate
        self._kind = kind
        self._parameters = list(parameters)
        # The fused kernel rounds differently from the loop that torch's Adam runs on the CPU by default.
        self._fused = any(p.device.type == "cuda" for p in self._parameters)
        if kind != "sgd":
            self._first_moments = [torch.zeros_like(p) for p in self._parameters]
            self._second_moments = [torch.zeros_like(p) for p in self._parameters]
            device = self._parameters[0].device if self._fused else "cpu"
            self._steps = [torch.zeros((), device=device) for _ in self._parameters]

    def state(self) -> dict[str, Tensor]:
        """Return what is remembered from step to step, by name: the tensors themselves."""
        if self._kind == "sgd":
            return {}
        lists = {
            "first_moment": self._first_moments,
            "second_moment": self._second_moments,
            "steps": self._steps,
        }
        return {f"{name}.{i}": tensor for name, tensors in lists.items() for i, tensor in enumerate(tensors)}

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Change the parameters in place; one gradient for each, in their order."""
        if self._kind == "sgd":
            self._sgd_step(gradients)
        else:
            self._adam_step(gradients)

    def _sgd_step(self, gradients: Sequence[Tensor]) -> None:
        sgd(
            self._parameters,
            list(gradients),
            [None] * len(self._parameters),
            foreach=False,
            weight_decay=0,
            momentum=0,
            lr=self.learning_rate,
            dampening=0,
            nesterov=False,
            maximize=False,
        )

    def _adam_step(self, gradients: Sequence[Tensor]) -> None:
        function, weight_decay = (adamw, ADAMW_WEIGHT_DECAY) if self._kind == "adamw" else (adam, 0.0)
        function(
            self._parameters,
            list(gradients),
            self._first_moments,
            self._second_moments,
            [],
            self._steps,
            foreach=False,
            fused=self._fused,
            amsgrad=False,
            beta1=BETA1,
            beta2=BETA2,
            lr=self.learning_rate,
            weight_decay=weight_decay,
            eps=EPS,
            maximize=False,
        )
