"""What is learned: the frozen base layer, the data, and what was planted in it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock

import torch
from torch import Tensor, nn

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import held_out_samples
from lora_gui.engine.digits import load_digits, upright_classifier
from lora_gui.engine.layer import LoRALinear

OWN_SEEDS = 2**32
"""Beyond every seed of the recipe: where the seeds begin of what the tutorial does not draw."""


@dataclass(frozen=True, slots=True)
class Task:
    """Data for one run, on one device, float32.

    Attributes:
        base: the layer to be adapted, as it is before any training; never changed.
        x, y: training inputs (samples, in_features) and targets (samples, out_features).
        x_test, y_test: held-out data of the same kind.
        has_accuracy: whether the targets are one-hot classes.
        planted: ΔW* (in_features, out_features), the update that the targets were made with, if there is one.

    """

    base: nn.Linear
    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor
    has_accuracy: bool = False
    planted: Tensor | None = None

    def to(self, device: str) -> "Task":
        """Return the task on another device."""
        return replace(
            self,
            base=self.base.to(device),
            x=self.x.to(device),
            y=self.y.to(device),
            x_test=self.x_test.to(device),
            y_test=self.y_test.to(device),
            planted=None if self.planted is None else self.planted.to(device),
        )


def prepare(config: RunConfig) -> tuple[Task, LoRALinear]:
    """Draw everything that `config` starts from, on the CPU; the global generator is left as it was.

    The order is the tutorial's: inputs, targets (or their noise), nn.Linear's own start, A, B. What the
    tutorial does not have, ΔW* and held-out data, has a generator of its own. Digits are not drawn, only A
    and B are.
    """
    with _seeded(config.seed):
        if config.task == "digits":
            task = _digits(config)
            return task, _adapt(task.base, config)
        return _drawn(config)


def _drawn(config: RunConfig) -> tuple[Task, LoRALinear]:
    x = torch.randn(config.samples, config.in_features)
    y = torch.randn(config.samples, config.out_features)
    base = nn.Linear(config.in_features, config.out_features)
    layer = _adapt(base, config)
    # Of their own generator, so that the task stays the same when the adapter's rank or start changes.
    own = torch.Generator().manual_seed(config.seed + OWN_SEEDS)
    planted = _plant(config, own) if config.task == "low_rank" else None
    held_out = held_out_samples(config)
    x_test = torch.randn(held_out, config.in_features, generator=own)
    y_test = torch.randn(held_out, config.out_features, generator=own)
    if planted is not None:
        _noise_to_targets(y, x, base, planted, config.noise)
        _noise_to_targets(y_test, x_test, base, planted, config.noise)
    return Task(base, x, y, x_test, y_test, planted=planted), layer


def _adapt(base: nn.Linear, config: RunConfig) -> LoRALinear:
    layer = LoRALinear(base, config.rank, config.scaling, config.init, config.bias_is_trained)
    if not config.has_adapter:
        # Only now that it is drawn, so that what is drawn after it is the same with and without one.
        layer.remove_adapter(train_weight=config.method == "full")
    return layer


def _plant(config: RunConfig, generator: torch.Generator) -> Tensor:
    """Return ΔW* = A* B* of rank `true_rank`, scaled so that x ΔW* has a variance of about 1 per output."""
    lora_A = torch.randn(config.in_features, config.true_rank, generator=generator)
    lora_B = torch.randn(config.true_rank, config.out_features, generator=generator)
    return lora_A @ lora_B.mul_(1 / math.sqrt(config.in_features * config.true_rank))


@torch.no_grad()
def _noise_to_targets(noise: Tensor, x: Tensor, base: nn.Linear, planted: Tensor, deviation: float) -> None:
    """Turn unit noise (rows, out) into base(x) + x ΔW* + deviation · noise, in place."""
    noise.mul_(deviation).add_(base(x)).addmm_(x, planted)


def _digits(config: RunConfig) -> Task:
    upright = load_digits()
    turned = upright.rotated()
    return Task(
        base=upright_classifier(upright),
        x=turned.x[: config.samples],
        y=turned.y[: config.samples],
        x_test=turned.x_test,
        y_test=turned.y_test,
        has_accuracy=True,
    )


_drawing = Lock()
"""Held by the thread that draws: there is one global generator, and a run and a sweep may start at once."""


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global CPU generator for a while."""
    with _drawing, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
