"""Proofs that can be shown: the merged layer says the same, and the base weight is untouched."""

import hashlib
import logging
from dataclasses import replace

import torch
from torch import Tensor

from lora_gui.domain.parameters import BYTES_PER_NUMBER, NotEnoughMemory
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.device import free_bytes
from lora_gui.engine.layer import LoRALinear

log = logging.getLogger(__name__)

CHECKSUM_BYTES = 4
"""Enough that two weights agree by chance once in four billion times, and short enough to compare by eye."""
MERGED_ROWS = 1000
"""Most inputs that a merge check looks at."""


class Prover:
    """Checks the base weight of one run, now and again; to be used in one thread at a time.

    Attributes:
        first: the check of the start.
        last: the newest check.

    """

    def __init__(self, trainer: BaseTrainer) -> None:
        self._trainer = trainer
        weight = trainer.layer.weight
        start = checksum(weight)
        self.first = self.last = WeightCheck(trainer.epoch, start, start, weight.requires_grad)

    def check_weight(self) -> WeightCheck:
        """Compare W0 as it is now with the start; a tenth of a second for 4096 x 4096."""
        now = checksum(self._trainer.layer.weight)
        self.last = replace(self.first, epoch=self._trainer.epoch, now=now)
        return self.last

    def check_merge(self) -> MergeCheck | MergeFailure:
        """Merge the adapter, compare the outputs, and unmerge it again."""
        layer, x = self._trainer.layer, self._trainer.task.x_test[:MERGED_ROWS]
        if not layer.has_adapter:
            return MergeFailure(ValueError("there is no adapter to merge"))
        try:
            _check_memory(layer)
            with torch.no_grad():
                largest = float(layer(x).abs().max())
            difference = merge_check(layer, x)
        except (NotEnoughMemory, RuntimeError) as error:  # torch's own name for want of memory
            log.warning("The merge check was not made: %s", error)
            return MergeFailure(error)
        return MergeCheck(difference, largest, len(x), self.check_weight())


@torch.no_grad()
def merge_check(layer: LoRALinear, x: Tensor) -> float:
    """Return max |difference| of the outputs for x (rows, in_features) with the adapter apart and merged.

    The adapter is unmerged again. In real arithmetic it is 0; float32 leaves about 1e-7 of the largest term.
    NaN where an output is not finite. Raises RuntimeError if `layer` is merged already.
    """
    apart = layer(x)
    layer.merge()
    try:
        merged = layer(x)
    finally:
        layer.unmerge()
    return float((merged - apart).abs().max())


def checksum(weight: Tensor) -> str:
    """Return the BLAKE2b digest (RFC 7693) of a tensor's bytes, row by row, as eight hexadecimal digits."""
    raw = weight.detach().cpu().contiguous().view(torch.uint8).numpy()
    return hashlib.blake2b(raw.data, digest_size=CHECKSUM_BYTES).hexdigest()


def _check_memory(layer: LoRALinear) -> None:
    """Raise NotEnoughMemory if the update and the merged weight would not fit beside the layer."""
    needed = 2 * BYTES_PER_NUMBER * layer.weight.numel()
    free = free_bytes(layer.weight.device)
    if needed > free:
        raise NotEnoughMemory(needed, free, str(layer.weight.device))
