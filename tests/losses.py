"""What a run must give, bit for bit: trained by as many threads as the program takes for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.device import choose_threads
from lora_gui.engine.trainers import make_trainer


def losses_of(config: RunConfig, epochs: int, changes: Sequence[Change] = ()) -> list[float]:
    """Return the losses of the first `epochs`, as records keep them."""
    return next_losses(config, epochs, lambda: make_trainer(config, changes))


def next_losses(config: RunConfig, epochs: int, make: Callable[[], BaseTrainer]) -> list[float]:
    """Return the next losses of the trainer that `make` makes, as records keep them."""

    def train() -> list[float]:
        # The last bits of large sums depend on it. It holds for this thread alone, so the tests keep theirs.
        torch.set_num_threads(choose_threads(config))
        losses: list[float] = make().advance(epochs).losses.astype(np.float32).tolist()
        return losses

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(train).result()
