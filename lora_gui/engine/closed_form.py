"""Training on a few rows of statistics, with gradients written by hand.

Shapes here are transposed, few rows and long: a (rank, in) is lora_A, b (rank + 1, out) is lora_B over the
trained bias, z (rank + 1, rows) is scaling · a xᵀ over the ones. With the residual eᵀ = rᵀ + bᵀ z, of which
`Statistics` makes loss = ½ ‖e‖² + floor, the gradients are

    ∂loss/∂b = z e        ∂loss/∂a = scaling · (b eᵀ) x, where the bias has no part in b.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.flat import FlatParameters
from lora_gui.engine.packed import PackedMatrix
from lora_gui.engine.statistics import Statistics, fold

BLOCK_EPOCHS = 64
"""Epochs whose residual norms are kept before they are added up to losses."""
WORTH_PACKING = 4_000_000
"""rows · rank · (in + out) from which fewer operations outweigh more calls."""
NEAR = 1 / 30
"""Share of the loss without any update below which a loss made of differences is not trusted."""


class ClosedFormTrainer(BaseTrainer):
    """Full-batch training at a cost that depends neither on the samples (beyond in_features) nor on W0."""

    def __init__(self, config: RunConfig, changes: Sequence[Change] = ()) -> None:
        """Draw and fold everything; raises what BaseTrainer raises."""
        super().__init__(config, changes)
        self._statistics = fold(self.task, config.train_bias).to(config.device)
        self._parameters = FlatParameters(self.layer, config.optimizer)
        rows, in_features = self._statistics.x.shape
        work = rows * config.rank * (in_features + config.out_features)
        self._products: Products | None = None
        if config.device == "cpu" and work >= WORTH_PACKING:
            self._products = Products(self._statistics, self._parameters)
        self._residual: Residual | None = None
        # Where the reference's float32 sum of squares overflows, so that both diverge at the same epoch.
        self._largest = torch.finfo(torch.float32).max / self.task.y.numel()

    @torch.inference_mode()
    def _train(self, losses: Tensor) -> None:
        done = self._by_products(losses)
        for block in torch.split(losses[done:], BLOCK_EPOCHS):
            self._by_residual(block)
        losses[losses > self._largest] = torch.inf

    def _memory(self) -> dict[str, Tensor]:
        return self._parameters.state()

    def state(self) -> dict[str, Tensor]:
        """Return the state of any trainer and whether losses are still made of differences."""
        return super().state() | {"by_products": torch.tensor(self._products is not None)}

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Go on from `state`, as any trainer does."""
        super().load_state(state)
        self._parameters.count_from(self.epoch)
        if not state["by_products"]:
            self._products = None

    def _gradients(self) -> tuple[Tensor, Tensor]:
        return self._parameters.a_gradient, self._parameters.b_gradient[: len(self._parameters.a)]

    def _by_products(self, losses: Tensor) -> int:
        """Train until the loss is too near zero for this; returns the epochs done."""
        scaling, learning_rate = self.config.scaling, self.config.learning_rate
        for i in range(len(losses)):
            loss = self._products.gradients(scaling) if self._products else None
            if loss is None:
                self._products = None
                return i
            losses[i] = loss
            self._parameters.step(learning_rate)
        return len(losses)

    def _by_residual(self, losses: Tensor) -> None:
        self._residual = self._residual or Residual(self._statistics, self._parameters)
        gradients, step = self._residual.gradients, self._parameters.step
        scaling, learning_rate = self.config.scaling, self.config.learning_rate
        norms = torch.empty(len(losses), self.config.out_features, device=losses.device)
        for norm in norms.unbind():
            gradients(scaling, norm)
            step(learning_rate)
        torch.sum(norms.to(losses.dtype).square_(), 1, out=losses).div_(2).add_(self._statistics.floor)


class Residual:
    """Gradients through the residual: the fewest calls, and as exact as autograd at any loss."""

    def __init__(self, statistics: Statistics, parameters: FlatParameters) -> None:
        self._x = _transposed(statistics.x)
        self._r = _transposed(statistics.residual)
        self._e = torch.empty_like(self._r)
        self._a, self._a_gradient = parameters.a, parameters.a_gradient
        self._b, self._b_gradient = parameters.b, parameters.b_gradient
        self._z = _with_ones(statistics, parameters, self._x.shape[1])
        # Views that the loop would otherwise make anew in every epoch.
        self._z_rank, self._b_rank = self._z[: len(self._a)], self._b[: len(self._a)]
        self._be = torch.empty_like(self._z_rank)
        self._xt, self._bt, self._et = self._x.T, self._b.T, self._e.T

    def gradients(self, scaling: float, norms: Tensor) -> None:
        """Fill the parameters' gradients, and `norms` (out,) with the norm of each output's residual."""
        self._z_rank.addmm_(self._a, self._x, beta=0, alpha=scaling)
        torch.addmm(self._r, self._bt, self._z, out=self._e)
        torch.linalg.vector_norm(self._e, dim=1, out=norms)
        torch.mm(self._b_rank, self._e, out=self._be)
        self._a_gradient.addmm_(self._be, self._xt, beta=0, alpha=scaling)
        torch.mm(self._z, self._et, out=self._b_gradient)


class Products:
    """Gradients with no (rows, out) matrix at all, for large layers.

    b eᵀ = b rᵀ + (b bᵀ) z and z e = z r + (z zᵀ) b, and ‖e‖² = ‖r‖² + ⟨z, b rᵀ⟩ + ⟨z, b eᵀ⟩.
    """

    def __init__(self, statistics: Statistics, parameters: FlatParameters) -> None:
        self._parameters = parameters
        self._z = _with_ones(statistics, parameters, len(statistics.x))
        self._x, self._xt = PackedMatrix(statistics.x), PackedMatrix(statistics.x.T)
        self._r, self._rt = PackedMatrix(statistics.residual), PackedMatrix(statistics.residual.T)
        self._start = float(statistics.residual.double().square().sum()) / 2
        self._floor = statistics.floor

    def gradients(self, scaling: float) -> float | None:
        """Return the loss and fill the parameters' gradients; None, and none filled, for too small a loss."""
        parameters, z, b = self._parameters, self._z, self._parameters.b
        rank = len(parameters.a)
        torch.mul(self._xt.left_times(parameters.a), scaling, out=z[:rank])
        br = self._rt.left_times(b)
        be = torch.addmm(br, b @ b.T, z)
        change = float(torch.dot(z.view(-1), br.add_(be).view(-1))) / 2
        loss = self._start + change + self._floor
        if loss < NEAR * self._start:
            return None
        torch.mul(self._x.left_times(be[:rank]), scaling, out=parameters.a_gradient)
        torch.addmm(self._r.left_times(z), z @ z.T, b, out=parameters.b_gradient)
        return loss


def _with_ones(statistics: Statistics, parameters: FlatParameters, width: int) -> Tensor:
    """Return room for z, (rank + 1, width) with the ones in the last row; no such row for a frozen bias."""
    z = torch.zeros(len(parameters.b), width, device=statistics.x.device)
    if statistics.ones is not None:
        z[-1, : len(statistics.x)] = statistics.ones[:, 0]
    return z


def _transposed(matrix: Tensor) -> Tensor:
    """Return the transpose, with columns of zeros (which change no product) up to a width the cache likes."""
    width = -(-len(matrix) // 16) * 16
    if width % 256 == 0:
        # Rows that start a power of two apart fall onto the same few places of the cache.
        width += 16
    padded = torch.zeros(matrix.shape[1], width, device=matrix.device)
    padded[:, : len(matrix)] = matrix.T
    return padded
