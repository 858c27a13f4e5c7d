"""Real data: handwritten digits, and a classifier that has only ever seen them upright."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lora_gui.domain.assets import asset
from lora_gui.domain.config import DIGITS_IN_FEATURES, DIGITS_OUT_FEATURES, DIGITS_TEST_SAMPLES

SIDE = 8
"""Pixels along one side of a digit."""
INK = 16
"""The darkest pixel in the file."""
RIDGE = 1.0
"""Penalty on the squared weights of the base classifier."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Pixels (rows, 64) from 0 to 1 and one-hot labels (rows, 10), float32, in training and test split."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor

    def rotated(self) -> "Digits":
        """Return the same digits turned by 90 degrees, anticlockwise."""
        return Digits(_rotate(self.x), self.y, _rotate(self.x_test), self.y_test)


def load_digits() -> Digits:
    """Read all 1797 upright digits; the split is the same in every run.

    The test digits are taken at even distances through the file, whatever the seed: a block from one end
    could differ from the rest in whose hands wrote it, and a drawn split would change with the seed.
    """
    table = np.loadtxt(asset("digits.csv.gz"), delimiter=",", dtype=np.float32)
    pixels = torch.from_numpy(table[:, :DIGITS_IN_FEATURES] / INK)
    labels = torch.from_numpy(np.eye(DIGITS_OUT_FEATURES, dtype=np.float32)[table[:, -1].astype(int)])
    held_out = _evenly_spaced(DIGITS_TEST_SAMPLES, len(table))
    return Digits(pixels[~held_out], labels[~held_out], pixels[held_out], labels[held_out])


def upright_classifier(digits: Digits) -> nn.Linear:
    """Fit a linear layer to the training digits: least squares with a small ridge, in closed form.

    W = (XᵀX + λI)⁻¹ XᵀY on centred data (Hastie et al., "The Elements of Statistical Learning", eq. 3.44);
    the bias is not penalised. Solved in float64, kept in float32.
    """
    x, y = digits.x.double(), digits.y.double()
    x_mean, y_mean = x.mean(0), y.mean(0)
    centred = x - x_mean
    gram = centred.T @ centred + RIDGE * torch.eye(x.shape[1], dtype=torch.float64)
    solution = torch.linalg.solve(gram, centred.T @ (y - y_mean))
    # A new nn.Linear would draw its weight at random, only for it to be overwritten.
    layer = nn.Linear(x.shape[1], y.shape[1], device="meta").to_empty(device="cpu")
    with torch.no_grad():
        layer.weight.copy_(solution.T)
        layer.bias.copy_(y_mean - x_mean @ solution)
    return layer


def _rotate(pixels: Tensor) -> Tensor:
    return pixels.reshape(-1, SIDE, SIDE).rot90(1, (1, 2)).reshape(len(pixels), -1)


def _evenly_spaced(count: int, total: int) -> NDArray[np.bool_]:
    """Return a mask (total,) with `count` true entries at even distances."""
    steps = np.arange(total + 1) * count // total
    return np.diff(steps).astype(bool)
