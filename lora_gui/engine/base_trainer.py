"""What every trainer shares: chunks of epochs, changes, held-out data, divergence, snapshots."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts, TensorCount
from lora_gui.domain.progress import Advance, Change, Evaluation, Norms, Snapshot
from lora_gui.engine.device import check_device, check_memory
from lora_gui.engine.tasks import prepare

CHUNK_EPOCHS = 1000
"""Epochs whose losses are fetched from the device, and looked at for divergence, together."""


class BaseTrainer(ABC):
    """One run of `config`: the same config and changes on the same device give the same losses, bit for bit.

    Attributes:
        config: the settings in force, changes included.
        epoch: completed epochs.
        diverged: whether a loss was not finite; the run ends before it, and the parameters are past use.
        task: what is learned.
        layer: what learns it.

    """

    def __init__(self, config: RunConfig, changes: Sequence[Change] = ()) -> None:
        """Draw and place everything; `changes` are made when their epoch comes.

        Raises ConfigError for a device that is not here or a change that is not allowed, and NotEnoughMemory
        before anything large is allocated.
        """
        check_device(config)
        check_memory(config)
        self.config = config
        self.epoch = 0
        self.diverged = False
        self._pending = _checked(config, changes)
        task, layer = prepare(config)
        self.task, self.layer = task.to(config.device), layer.to(config.device)
        with torch.no_grad():
            # What the frozen path makes of the held-out data never changes.
            self._frozen_test = functional.linear(self.task.x_test, self.layer.weight)
            self._weight_norm = float(torch.linalg.vector_norm(self.layer.weight))
        # Read-only, so that every snapshot can share the one tensor that training leaves alone.
        self._weight = _copy(self.layer.weight)
        self._weight.flags.writeable = False
        self._apply_due()

    @property
    def finished(self) -> bool:
        """Whether no epoch is left, be it by completion or by divergence."""
        return self.diverged or self.epoch >= self.config.epochs

    @property
    def parameters(self) -> ParameterCounts:
        """Return the counts of the real tensors."""
        tensors = tuple(
            TensorCount(name, tuple(p.shape), p.requires_grad)
            for name, p in self.layer.named_parameters()
            if p.numel()
        )
        in_features, rank = self.layer.lora_A.shape
        return ParameterCounts(
            tensors, in_features, self.layer.lora_B.shape[1], rank, optimizer=self.config.optimizer
        )

    def advance(self, epochs: int) -> Advance:
        """Train `epochs` more epochs, fewer where the run ends or diverges before."""
        target = self.epoch + epochs
        losses: list[NDArray[np.float64]] = []
        evaluations: list[Evaluation] = []
        norms: list[Norms] = []
        while self.epoch < target and not self.finished:
            stop = min(target, self.config.epochs, self.epoch + CHUNK_EPOCHS)
            if self._pending:
                stop = min(stop, self._pending[0].epoch)
            chunk = self._chunk(stop - self.epoch)
            losses.append(chunk.losses)
            evaluations.extend(chunk.evaluations)
            norms.extend(chunk.norms)
            self.epoch += len(chunk.losses)
            self.diverged = chunk.diverged
            self._apply_due()
        return Advance(
            np.concatenate([np.empty(0), *losses]), tuple(evaluations), self.diverged, tuple(norms)
        )

    def apply(self, change: Change) -> None:
        """Make a change once its epoch is complete: at once if that is the present one.

        Raises ConfigError if it is not allowed, ValueError if its epoch has passed.
        """
        if change.epoch < self.epoch:
            raise ValueError(f"a change after epoch {change.epoch} comes too late: {self.epoch} are complete")
        self._pending = _checked(self.config, [*self._pending, change])
        self._apply_due()

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        """Measure the loss, and the accuracy where there is one, on the held-out data now."""
        return _evaluation(self.epoch + 1, self._test())

    def snapshot(self) -> Snapshot:
        """Return copies of the parameters as they are now; `weight` is read-only and shared."""
        return Snapshot(
            epoch=self.epoch,
            scaling=self.layer.scaling,
            weight=_copy(self.layer.weight) if self.layer.weight.requires_grad else self._weight,
            bias=_copy(self.layer.bias),
            lora_A=_copy(self.layer.lora_A),
            lora_B=_copy(self.layer.lora_B),
        )

    def state(self) -> dict[str, Tensor]:
        """Return all that `load_state` needs to go on from here, by name; copy it before training goes on."""
        return self._tensors() | {"epoch": torch.tensor(self.epoch)}

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Go on from the `state` of a trainer of the same config and changes: the same bits follow.

        Raises ValueError, and leaves the trainer as it was, for the state of another kind of run.
        """
        here = self.state()
        if {n: t.shape for n, t in state.items()} != {n: t.shape for n, t in here.items()}:
            raise ValueError(f"a state of {sorted(state)} does not fit a trainer of {sorted(here)}")
        with torch.no_grad():
            for name, tensor in self._tensors().items():
                tensor.copy_(state[name])
        self.epoch = int(state["epoch"])
        self._apply_due()

    def _tensors(self) -> dict[str, Tensor]:
        trained = {name: p.detach() for name, p in self.layer.named_parameters() if p.requires_grad}
        return trained | self._memory()

    @abstractmethod
    def _memory(self) -> dict[str, Tensor]:
        """Return the tensors, by name, that the optimizer remembers from step to step."""

    @abstractmethod
    def _train(self, losses: Tensor) -> None:
        """Train an epoch for each place in `losses` (epochs,) and write its loss there.

        The settings do not change meanwhile. Nothing may wait for the device.
        """

    @abstractmethod
    def _gradients(self) -> tuple[Tensor, Tensor]:
        """Return the gradients (of lora_A and lora_B, in any shape) of the last step."""

    @property
    def _precise(self) -> torch.dtype:
        # Apple's GPU knows no float64.
        return torch.float32 if self.config.device == "mps" else torch.float64

    def _chunk(self, epochs: int) -> Advance:
        losses = torch.empty(epochs, dtype=self._precise, device=self.config.device)
        tests: list[tuple[int, Tensor]] = []
        norms: list[tuple[int, Tensor]] = []
        done = 0
        while done < epochs:
            first = self.epoch + done + 1
            if is_evaluated(first) or first == self.config.epochs:
                tests.append((first, self._test()))
                square = self._update_square()
                # One epoch by itself, so that its gradients are there to be measured.
                self._train(losses[done : done + 1])
                if self.config.has_adapter:
                    pulls = [torch.linalg.vector_norm(gradient) for gradient in self._gradients()]
                    norms.append((first, torch.stack([*pulls, square])))
                done += 1
            stop = min(self._next_evaluated(first) - self.epoch - 1, epochs)
            if stop > done:
                self._train(losses[done:stop])
                done = stop
        # The only wait for the device: everything above was merely queued.
        fetched = losses.cpu().numpy()
        finite = np.isfinite(fetched)
        count = epochs if finite.all() else int(finite.argmin())
        evaluations = (_evaluation(epoch, test) for epoch, test in tests if epoch <= self.epoch + count)
        measured = (self._norms(epoch, figures) for epoch, figures in norms if epoch <= self.epoch + count)
        return Advance(
            fetched[:count],
            tuple(e for e in evaluations if e.is_finite),
            diverged=count < epochs,
            norms=tuple(n for n in measured if math.isfinite(n.gradient_A + n.gradient_B + n.update)),
        )

    def _next_evaluated(self, epoch: int) -> int:
        step = evaluation_step(epoch + 1)
        following = epoch // step * step + step
        return self.config.epochs if epoch < self.config.epochs < following else following

    @torch.no_grad()
    def _test(self) -> Tensor:
        """Return test loss and, where the task has one, accuracy, still on the device."""
        layer, y = self.layer, self.task.y_test
        trains_weight = layer.weight.requires_grad
        frozen = functional.linear(self.task.x_test, layer.weight) if trains_weight else self._frozen_test
        inner = self.task.x_test @ layer.lora_A
        out = torch.addmm(frozen, inner, layer.lora_B, alpha=layer.scaling)
        out += layer.bias
        figures = [functional.mse_loss(out, y)]
        if self.task.has_accuracy:
            figures.append((out.argmax(1) == y.argmax(1)).float().mean())
        return torch.stack(figures)

    @torch.no_grad()
    def _update_square(self) -> Tensor:
        """Return ‖A B‖², still on the device, as Σ (AᵀA) ∘ (B Bᵀ), which needs no product of full size."""
        A, B = self.layer.lora_A, self.layer.lora_B
        return torch.dot(torch.mm(A.T, A).view(-1), torch.mm(B, B.T).view(-1))

    def _norms(self, epoch: int, figures: Tensor) -> Norms:
        gradient_A, gradient_B, square = figures.tolist()
        update = self.config.scaling * math.sqrt(max(square, 0.0)) / self._weight_norm
        return Norms(epoch, gradient_A, gradient_B, update)

    def _apply_due(self) -> None:
        while self._pending and self._pending[0].epoch <= self.epoch:
            self.config = self._pending.pop(0).apply_to(self.config)
        self.layer.scaling = self.config.scaling


def is_evaluated(epoch: int) -> bool:
    """Whether the held-out data is measured before `epoch`."""
    return epoch % evaluation_step(epoch) == 0


def evaluation_step(epoch: int) -> int:
    """Return the distance of evaluations about `epoch`: each to 100, every tenth to 1000, and so on."""
    step: int = 10 ** max(0, len(str(epoch - 1)) - 2)
    return step


def _checked(config: RunConfig, changes: Sequence[Change]) -> list[Change]:
    """Return the changes in the order of their epochs; raises ConfigError if one is not allowed."""
    ordered = sorted(changes, key=lambda change: change.epoch)
    for change in ordered:
        config = change.apply_to(config)
    return ordered


def _evaluation(epoch: int, figures: Tensor) -> Evaluation:
    loss, *accuracy = figures.tolist()
    return Evaluation(epoch, loss, accuracy[0] if accuracy else None)


def _copy(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().cpu().numpy().copy()
