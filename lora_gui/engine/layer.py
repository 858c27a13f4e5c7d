"""The adapted layer: a frozen linear layer with a trainable low-rank update beside it."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class LoRALinear(nn.Module):
    """y = x W0ᵀ + b + scaling · (x A) B, equation 3 of Hu et al., "LoRA" (2021, arXiv:2106.09685).

    The paper writes column vectors, h = W0 x + B A x; rows, as here, swap the letters: lora_A comes first.

    Attributes:
        weight: W0 (out_features, in_features), frozen; shares its memory with the given layer until merged.
            Without an adapter it may be trained, and then it is a copy.
        bias: b (out_features,), a copy, trained if asked for.
        lora_A: (in_features, rank), trained; of rank 0 where the adapter was removed, as is lora_B.
        lora_B: (rank, out_features), trained.
        scaling: s, the paper's alpha / r; a plain number that may change between steps.

    """

    unmerged_weight: Tensor | None

    def __init__(self, base: nn.Linear, rank: int, scaling: float, init: str, train_bias: bool) -> None:
        """Wrap `base`, which stays as it is; draws A, then B, from torch's global CPU generator.

        Raises ValueError for a rank outside 1..min(in, out) and for an unknown `init`.
        """
        super().__init__()
        if not 1 <= rank <= min(base.in_features, base.out_features):
            limit = min(base.in_features, base.out_features)
            raise ValueError(f"rank: {rank} is not allowed; it must be from 1 to {limit}")
        self.weight = nn.Parameter(base.weight.detach(), requires_grad=False)
        self.bias = nn.Parameter(base.bias.detach().clone(), requires_grad=train_bias)
        lora_A, lora_B = _draw(init, base.in_features, rank, base.out_features)
        self.lora_A = nn.Parameter(lora_A)
        self.lora_B = nn.Parameter(lora_B)
        self.scaling = scaling
        self.register_buffer("unmerged_weight", None, persistent=False)

    @property
    def merged(self) -> bool:
        """Whether the update stands in the weight at the moment."""
        return self.unmerged_weight is not None

    @property
    def has_adapter(self) -> bool:
        """Whether there is anything beside the layer itself."""
        return self.lora_A.numel() > 0

    def remove_adapter(self, *, train_weight: bool) -> None:
        """Leave an adapter of rank 0, which adds nothing; the weight itself may be trained instead."""
        self.lora_A = nn.Parameter(self.lora_A.detach()[:, :0].clone(), requires_grad=False)
        self.lora_B = nn.Parameter(self.lora_B.detach()[:0].clone(), requires_grad=False)
        if train_weight:
            self.weight = nn.Parameter(self.weight.detach().clone())

    def trainable(self) -> list[nn.Parameter]:
        """Return what training changes, in the order the tutorial hands it to the optimizer: bias, A, B."""
        return [p for p in (self.weight, self.bias, self.lora_A, self.lora_B) if p.requires_grad]

    def update(self) -> Tensor:
        """Return ΔW = scaling · A B (in_features, out_features), without a gradient."""
        return (self.lora_A.detach() @ self.lora_B.detach()) * self.scaling

    def forward(self, x: Tensor) -> Tensor:
        """Map x (rows, in_features) to (rows, out_features)."""
        frozen = functional.linear(x, self.weight, self.bias)
        if self.merged:
            return frozen
        # This order of operations is the tutorial's, and the last bits of the losses depend on it.
        return (x @ self.lora_A @ self.lora_B) * self.scaling + frozen

    def merge(self) -> None:
        """Write the update into the weight, so that the layer costs what a plain one does.

        Raises RuntimeError if it stands there already.
        """
        if self.merged:
            raise RuntimeError("the adapter is merged already; call unmerge() first")
        # First, so that want of memory leaves the layer as it is.
        merged = self.weight + self.update().T
        # W0 itself is kept: subtracting the update again would leave rounding errors behind.
        self.unmerged_weight = self.weight.detach()
        self.weight = nn.Parameter(merged, requires_grad=False)

    def unmerge(self) -> None:
        """Put W0 back, bit for bit; raises RuntimeError if the update is not in the weight."""
        if self.unmerged_weight is None:
            raise RuntimeError("the adapter is not merged; there is nothing to take back")
        self.weight = nn.Parameter(self.unmerged_weight, requires_grad=False)
        self.unmerged_weight = None


def _draw(init: str, in_features: int, rank: int, out_features: int) -> tuple[Tensor, Tensor]:
    """Return the first A (in, rank) and B (rank, out)."""
    if init == "gaussian":
        return torch.randn(in_features, rank), torch.randn(rank, out_features)
    if init == "paper":
        # The authors' code draws A by kaiming_uniform_(a=√5), which comes to 1/√fan_in. Written out, because
        # torch would take the rank for the fan-in of an A that is stored (in, rank).
        bound = 1 / math.sqrt(in_features)
        return torch.empty(in_features, rank).uniform_(-bound, bound), torch.zeros(rank, out_features)
    raise ValueError(f"init: {init!r} is not allowed; it must be one of gaussian, paper")
