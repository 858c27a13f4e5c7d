"""Five ways to train the same adapter on the same data: three that people use, and ours."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import loralib
import peft
import torch
from torch import Tensor, nn

from lora_gui.domain.config import RunConfig
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.device import choose_threads
from lora_gui.engine.layer import LoRALinear
from lora_gui.engine.tasks import Task, prepare
from lora_gui.engine.trainers import make_trainer

Epochs = Callable[[int], list[float]]
"""Trains that many epochs more and returns the loss of each."""

PUBLIC = ("plain", "peft", "loralib")
NAMES = (*PUBLIC, "reference", "closed_form")


def contestant(name: str, config: RunConfig) -> Epochs:
    """Return one of NAMES, ready for its first epoch of `config`."""
    if name in PUBLIC:
        task, layer = prepare(config)
        model = {"plain": _Plain, "peft": _peft, "loralib": _loralib}[name](task, layer)
        return _tutorial_loop(model, task, config.learning_rate)
    config = replace(config, engine=name)
    return _ours(make_trainer(config), choose_threads(config))


def _tutorial_loop(model: nn.Module, task: Task, learning_rate: float) -> Epochs:
    """Return the loop that a tutorial has; the number of epochs is all that was added."""
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=learning_rate)

    def train(epochs: int) -> list[float]:
        losses = []
        for _ in range(epochs):
            optimizer.zero_grad()
            outputs = model(task.x)
            loss = criterion(outputs, task.y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return train


class _Plain(nn.Module):
    """What a learner writes after reading about LoRA for the first time."""

    def __init__(self, task: Task, start: LoRALinear) -> None:
        super().__init__()
        self.linear = deepcopy(task.base)
        self.linear.weight.requires_grad = False
        self.lora_A = nn.Parameter(start.lora_A.detach().clone())
        self.lora_B = nn.Parameter(start.lora_B.detach().clone())
        self.scaling = start.scaling

    def forward(self, x: Tensor) -> Tensor:
        adapted: Tensor = self.linear(x) + (x @ self.lora_A @ self.lora_B) * self.scaling
        return adapted


def _peft(task: Task, start: LoRALinear) -> nn.Module:
    rank = start.lora_A.shape[1]
    settings = peft.LoraConfig(r=rank, lora_alpha=rank * start.scaling, target_modules=["0"], bias="all")
    model: nn.Module = peft.get_peft_model(nn.Sequential(deepcopy(task.base)), settings)
    adapted: Any = model.get_submodule("base_model.model.0")
    with torch.no_grad():
        adapted.lora_A["default"].weight.copy_(start.lora_A.T)
        adapted.lora_B["default"].weight.copy_(start.lora_B.T)
    return model


def _loralib(task: Task, start: LoRALinear) -> nn.Module:
    in_features, rank = start.lora_A.shape
    layer: Any = loralib.Linear(
        in_features, start.lora_B.shape[1], r=rank, lora_alpha=rank * start.scaling, merge_weights=False
    )
    with torch.no_grad():
        layer.weight.copy_(task.base.weight)
        layer.bias.copy_(task.base.bias)
        layer.lora_A.copy_(start.lora_A.T)
        layer.lora_B.copy_(start.lora_B.T)
    loralib.mark_only_lora_as_trainable(layer, bias="all")
    model: nn.Module = layer
    return model


def _ours(trainer: BaseTrainer, threads: int) -> Epochs:
    # Held-out data, which the other loops ignore, is measured most often in the first epochs: begin late.
    trainer.config = replace(trainer.config, epochs=10_000_000)
    trainer.epoch = 5_000_001

    def train(epochs: int) -> list[float]:
        given = torch.get_num_threads()
        torch.set_num_threads(min(threads, given))
        losses: list[float] = trainer.advance(epochs).losses.tolist()
        torch.set_num_threads(given)
        return losses

    return train
