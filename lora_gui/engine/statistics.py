"""The data of a run, folded once into the few rows that squared error can tell apart."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from lora_gui.domain.parameters import FOLDED_ROWS
from lora_gui.engine.tasks import Task


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that the loss of a frozen layer with an adapter depends on.

    With the frozen path's residual R = x W0ᵀ + b − y, whose bias is left out where it is trained,

        loss(ΔW, b) = ½ ‖x ΔW + ones bᵀ + residual‖² + floor

    for every ΔW and b: `x`, `ones` and `residual` already carry the factor √(2 / (samples · out_features)).

    Attributes:
        x: (rows, in_features), float32.
        ones: (rows, 1), what became of the column of ones that the bias multiplies; None for a frozen bias.
        residual: (rows, out_features), float32.
        floor: the part of the loss that no ΔW and no bias can change; never negative.

    """

    x: Tensor
    ones: Tensor | None
    residual: Tensor
    floor: float

    def to(self, device: str) -> "Statistics":
        """Return the statistics on another device."""
        ones = None if self.ones is None else self.ones.to(device)
        return Statistics(self.x.to(device), ones, self.residual.to(device), self.floor)


@torch.no_grad()
def fold(task: Task, train_bias: bool) -> Statistics:
    """Fold the training data of `task` into at most in_features + 1 rows; its samples stay if they are fewer.

    The rows are the triangular factor of [1 x] = Q T beside Qᵀ R (Golub and Van Loan, "Matrix Computations",
    section 5.3.3): orthogonal Q keeps every norm, so that no difference of large sums is ever taken, as it
    would be with xᵀx and xᵀR. Computed on the CPU, in float64, in blocks of samples; kept in float32.
    """
    samples, out_features = task.y.shape
    columns = task.x.shape[1] + train_bias
    if samples <= columns:
        inputs, residual, rest = *_rows(task, train_bias, slice(None), torch.float32), 0.0
    else:
        inputs, residual, rest = _triangular(task, train_bias, columns)
    factor = (2 / (samples * out_features)) ** 0.5
    inputs, residual = (inputs * factor).float(), (residual * factor).float()
    ones = inputs[:, :1] if train_bias else None
    return Statistics(inputs[:, int(train_bias) :], ones, residual, rest / (samples * out_features))


def _triangular(task: Task, train_bias: bool, columns: int) -> tuple[Tensor, Tensor, float]:
    """Return T (columns, columns), Qᵀ R (columns, out) and the squared norm of what Q does not reach."""
    inputs = torch.empty(0, columns, dtype=torch.float64)
    residual = torch.empty(0, task.y.shape[1], dtype=torch.float64)
    rest = 0.0
    step = max(FOLDED_ROWS, columns)
    for start in range(0, len(task.x), step):
        block = _rows(task, train_bias, slice(start, start + step), torch.float64)
        inputs, residual = torch.cat([inputs, block[0]]), torch.cat([residual, block[1]])
        if len(inputs) > columns:
            reflectors, factors = torch.geqrf(inputs)
            residual = torch.ormqr(reflectors, factors, residual, transpose=True)
            rest += float(residual[columns:].square().sum())
            inputs, residual = reflectors[:columns].triu(), residual[:columns]
    return inputs, residual, rest


def _rows(task: Task, train_bias: bool, rows: slice, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return the inputs of some samples, after a column of ones for a trained bias, and their residual."""
    x, y = task.x[rows].cpu().to(dtype), task.y[rows].cpu().to(dtype)
    weight, bias = task.base.weight.cpu().to(dtype), task.base.bias.cpu().to(dtype)
    residual = functional.linear(x, weight, None if train_bias else bias) - y
    return functional.pad(x, (int(train_bias), 0), value=1.0), residual
