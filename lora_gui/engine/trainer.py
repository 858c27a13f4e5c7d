"""Training by autograd, as the tutorial does it, bit for bit; full batch or mini-batches."""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.optimizer import Optimizer
from lora_gui.engine.recorded import RecordedEpoch


class Trainer(BaseTrainer):
    """The reference: every epoch passes all data forward and backward through the layer."""

    def __init__(self, config: RunConfig, changes: Sequence[Change] = ()) -> None:
        """Draw and place everything; raises what BaseTrainer raises."""
        super().__init__(config, changes)
        self._parameters = self.layer.trainable()
        self._optimizer = Optimizer(config.optimizer, self._parameters, config.learning_rate)
        # Its own generator: what else is drawn in this process cannot disturb the order of the batches.
        self._shuffle = torch.Generator().manual_seed(config.seed)
        self._recorded: RecordedEpoch | None = None
        if self.task.x.is_cuda and not config.batch_size:
            self._recorded = RecordedEpoch(self.task.x.device)

    def _train(self, losses: Tensor) -> None:
        self._optimizer.learning_rate = self.config.learning_rate
        key = self.config.scaling, self.config.learning_rate
        for i in range(len(losses)):
            losses[i] = self._recorded.play(self._epoch, key) if self._recorded else self._epoch()

    def _epoch(self) -> Tensor:
        """Step through the data once; returns the mean loss, each batch measured before its step."""
        task = self.task
        if not self.config.batch_size:
            return self._step(task.x, task.y)
        total = torch.zeros((), device=self.config.device)
        for rows in self._batches():
            total += self._step(task.x[rows], task.y[rows]) * len(rows)
        return total / len(task.x)

    def _batches(self) -> Iterator[Tensor]:
        order = torch.randperm(len(self.task.x), generator=self._shuffle).to(self.config.device)
        for start in range(0, len(order), self.config.batch_size):
            yield order[start : start + self.config.batch_size]

    def _step(self, x: Tensor, y: Tensor) -> Tensor:
        loss = functional.mse_loss(self.layer(x), y)
        if self._parameters:  # else nothing is trained
            self._last_gradients = torch.autograd.grad(loss, self._parameters)
            self._optimizer.step(self._last_gradients)
        return loss.detach()

    def _memory(self) -> dict[str, Tensor]:
        return self._optimizer.state()

    def state(self) -> dict[str, Tensor]:
        """Return the state of any trainer and how far the batches have been drawn."""
        return super().state() | {"shuffle": self._shuffle.get_state()}

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Go on from `state`, as any trainer does."""
        super().load_state(state)
        self._shuffle.set_state(state["shuffle"])

    def _gradients(self) -> tuple[Tensor, Tensor]:
        lora_A, lora_B = self._last_gradients[-2:]
        return lora_A, lora_B
