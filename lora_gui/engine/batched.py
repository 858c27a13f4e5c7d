"""Many runs trained as one: their matrices stacked, ranks and rows padded with zeros.

Zeros stay zeros and change nothing: a padded row of x or of the residual adds nothing to any product, a
padded row of lora_A has a gradient made of the padded row of lora_B and the other way round, and the row of a
frozen bias meets ones that are zeros. Nothing is summed over runs: one that diverges disturbs no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Evaluation
from lora_gui.domain.sweep_plan import floors_are_quick
from lora_gui.engine.floors import floors
from lora_gui.engine.layer import LoRALinear
from lora_gui.engine.optimizer import ADAMW_WEIGHT_DECAY, BETA1, BETA2, EPS
from lora_gui.engine.statistics import Statistics, fold
from lora_gui.engine.tasks import prepare

BLOCK_EPOCHS = 64
"""Epochs whose residual norms are kept before they become losses."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """What one run brings to the others: its start, its data in a few rows, and what to test it on."""

    config: RunConfig
    layer: LoRALinear
    statistics: Statistics
    x_test: Tensor
    y_test: Tensor
    has_accuracy: bool
    floors: Floors | None

    @classmethod
    def of(cls, config: RunConfig) -> Self:
        """Draw and fold the run, which must fit; see `check_device` and `check_memory`."""
        task, layer = prepare(config)
        return cls(
            config=config,
            layer=layer,
            statistics=fold(task, config.train_bias),
            x_test=task.x_test,
            y_test=task.y_test,
            has_accuracy=task.has_accuracy,
            floors=floors(task, config.train_bias) if floors_are_quick(config) else None,
        )

    @torch.no_grad()
    def evaluate(self, epoch: int) -> Evaluation:
        """Measure the layer as it is now on the held-out data."""
        out = self.layer(self.x_test)
        accuracy = None
        if self.has_accuracy:
            accuracy = (out.argmax(1) == self.y_test.argmax(1)).float().mean().item()
        return Evaluation(epoch, functional.mse_loss(out, self.y_test).item(), accuracy)


class BatchedTrainer:
    """Full-batch training of runs whose sizes, optimizer, epochs and device are the same, in closed form.

    Shapes are those of ClosedFormTrainer with the runs in front: a (runs, rank, in) is lora_A, b
    (runs, rank + 1, out) lora_B over the bias, where rank is the highest. The scaling is folded into x.

    Attributes:
        epoch: epochs trained.
        epochs: (runs,) completed epochs of each run: fewer where it diverged.
        final, best: (runs,) the last and the lowest finite loss, infinite before the first.

    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        config = members[0].config
        self._limit = config.epochs
        runs = len(members)
        self._x = _stacked([m.statistics.x.T * m.config.scaling for m in members]).to(config.device)
        self._r = _stacked([m.statistics.residual.T for m in members]).to(config.device)
        self._parameters = _Parameters(members)
        self._z = torch.zeros(runs, self._parameters.b.shape[1], self._x.shape[2], device=config.device)
        for z, member in zip(self._z, members, strict=True):
            if member.statistics.ones is not None:
                z[-1, : len(member.statistics.ones)] = member.statistics.ones[:, 0]
        self._floor = torch.tensor([m.statistics.floor for m in members], dtype=torch.float64)
        # Where the reference's float32 sum of squares overflows, as in ClosedFormTrainer.
        self._largest = torch.finfo(torch.float32).max / (config.samples * config.out_features)
        self.epoch = 0
        self.epochs = np.zeros(runs, np.int64)
        self.final = np.full(runs, np.inf)
        self.best = np.full(runs, np.inf)
        self._alive = np.ones(runs, np.bool_)

    @property
    def finished(self) -> bool:
        """Whether no epoch is left, or no run that has not diverged."""
        return self.epoch >= self._limit or not self._alive.any()

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which runs (runs,) have met a loss that is not finite; their parameters are past use."""
        return ~self._alive

    def advance(self, epochs: int) -> NDArray[np.float64]:
        """Train `epochs` more epochs, fewer at the end; returns their losses (epochs, runs).

        The losses of a run are infinite from its first one that is not finite.
        """
        epochs = min(epochs, self._limit - self.epoch)
        blocks = [self._train(min(BLOCK_EPOCHS, epochs - e)) for e in range(0, epochs, BLOCK_EPOCHS)]
        losses = torch.cat(blocks).cpu().numpy() if blocks else np.empty((0, len(self._members)))
        alive = np.logical_and.accumulate(np.isfinite(losses), axis=0) & self._alive
        losses[~alive] = np.inf
        self.epoch += epochs
        self._note(losses, alive)
        return losses

    def evaluate(self, run: int) -> Evaluation:
        """Measure one run on its held-out data, with the parameters as they are now."""
        layer = self._members[run].layer
        self._parameters.copy_to(layer, run)
        return self._members[run].evaluate(int(self.epochs[run]) + 1)

    def _note(self, losses: NDArray[np.float64], alive: NDArray[np.bool_]) -> None:
        if not len(losses):
            return
        counts = alive.sum(axis=0)
        last = losses[np.maximum(counts, 1) - 1, np.arange(len(counts))]
        self.final = np.where(counts > 0, last, self.final)
        self.best = np.minimum(self.best, losses.min(axis=0))
        self.epochs += counts
        self._alive = alive[-1]

    @torch.inference_mode()
    def _train(self, epochs: int) -> Tensor:
        """Train and return the losses (epochs, runs), float64."""
        parameters, x, r, z = self._parameters, self._x, self._r, self._z
        a, b, a_gradient, b_gradient = (
            parameters.a,
            parameters.b,
            parameters.a_gradient,
            parameters.b_gradient,
        )
        rank = a.shape[1]
        # Strided results are slow for bmm, so that z gets its upper rows by a copy.
        ax, e, be = torch.empty_like(z[:, :rank]), torch.empty_like(r), torch.empty_like(z[:, :rank])
        z_rank, b_rank, bt, xt, et, flat = z[:, :rank], b[:, :rank], b.mT, x.mT, e.mT, e.flatten(1)
        norms = torch.empty(epochs, len(x), device=x.device)
        for norm in norms.unbind():
            torch.bmm(a, x, out=ax)
            z_rank.copy_(ax)
            torch.baddbmm(r, bt, z, out=e)
            torch.linalg.vector_norm(flat, dim=1, out=norm)
            torch.bmm(b_rank, e, out=be)
            torch.bmm(be, xt, out=a_gradient)
            torch.bmm(z, et, out=b_gradient)
            self._parameters.step()
        losses = norms.double().square_().div_(2).cpu().add_(self._floor)
        losses[losses > self._largest] = torch.inf
        return losses


class _Parameters:
    """The trainable numbers of all runs side by side in one buffer, each with its run's learning rate."""

    def __init__(self, members: Sequence[Member]) -> None:
        device, self._optimizer = members[0].config.device, members[0].config.optimizer
        a = _stacked([m.layer.lora_A.detach().T for m in members])
        b = torch.zeros(len(members), a.shape[1] + 1, members[0].layer.lora_B.shape[1])
        for own, member in zip(b, members, strict=True):
            own[: member.config.rank] = member.layer.lora_B.detach()
            if member.config.train_bias:
                own[-1] = member.layer.bias.detach()
        rates = torch.tensor([m.config.learning_rate for m in members]).view(-1, 1, 1)
        self._values = torch.cat([a.flatten(), b.flatten()]).to(device)
        self._rates = torch.cat([rates.expand_as(a).flatten(), rates.expand_as(b).flatten()]).to(device)
        self._decay = 1 - ADAMW_WEIGHT_DECAY * self._rates
        self._gradient = torch.zeros_like(self._values)
        self._first_moment = torch.zeros_like(self._values)
        self._second_moment = torch.zeros_like(self._values)
        self._step = torch.zeros_like(self._values)
        self._steps = torch.zeros((), device=device)
        self.a, self.a_gradient = (t[: a.numel()].view_as(a) for t in (self._values, self._gradient))
        self.b, self.b_gradient = (t[a.numel() :].view_as(b) for t in (self._values, self._gradient))

    def step(self) -> None:
        """Change all parameters in place by their gradient: `Optimizer`'s arithmetic for every run."""
        if self._optimizer == "sgd":
            self._values.addcmul_(self._gradient, self._rates, value=-1)
            return
        if self._optimizer == "adamw":
            self._values.mul_(self._decay)
        # The kernel knows one learning rate: at 1, from zero, it leaves the step for each run's own to scale.
        self._step.zero_()
        torch._fused_adam_(
            [self._step],
            [self._gradient],
            [self._first_moment],
            [self._second_moment],
            [],
            [self._steps.add_(1)],
            lr=1.0,
            beta1=BETA1,
            beta2=BETA2,
            weight_decay=0.0,
            eps=EPS,
            amsgrad=False,
            maximize=False,
        )
        self._values.addcmul_(self._step, self._rates)

    @torch.no_grad()
    def copy_to(self, layer: LoRALinear, run: int) -> None:
        """Write the parameters of one run into its layer."""
        rank = layer.lora_A.shape[1]
        layer.lora_A.copy_(self.a[run, :rank].T)
        layer.lora_B.copy_(self.b[run, :rank])
        if layer.bias.requires_grad:
            layer.bias.copy_(self.b[run, -1])


def _stacked(matrices: Sequence[Tensor]) -> Tensor:
    """Return the matrices (m, n), each of its own size, as one (runs, largest m, largest n), zeros beyond."""
    sizes = torch.tensor([matrix.shape for matrix in matrices])
    stack = torch.zeros(len(matrices), *sizes.amax(0).tolist())
    for place, matrix in zip(stack, matrices, strict=True):
        place[: matrix.shape[0], : matrix.shape[1]] = matrix
    return stack
