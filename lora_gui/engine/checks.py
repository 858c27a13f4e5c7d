"""Proofs that can be shown: the merged layer says the same, and the base weight is untouched."""

import hashlib

import torch
from torch import Tensor

from lora_gui.engine.layer import LoRALinear

CHECKSUM_BYTES = 4
"""Enough that two weights agree by chance once in four billion times, and short enough to compare by eye."""


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
