"""The best loss that any adapter of a rank could reach, by reduced-rank regression."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lora_gui.domain.analysis import QUICK_OPERATIONS, Floors, floors_operations, has_floors
from lora_gui.domain.config import RunConfig
from lora_gui.engine.tasks import Task

BLOCK_ROWS = 4096
"""Samples factorised at a time, so that the float64 copies stay small."""
DEPENDENT = 1e-10
"""Share of an input's norm below which what the other inputs leave of it is rounding."""
TRACY_WIDOM_99 = 2.0234
"""99th percentile of the Tracy-Widom law of order 1."""
CLEAR_DROP = 4.0
"""Factor by which the last gain that counts must exceed the next for the floors to bend visibly."""
ROUNDING = 1e-6
"""Share of the targets' spread below which float32 data and training tell nothing from rounding."""


class ReducedRankRegression:
    """The best ΔW of every rank for squared error on a linear layer.

    With R = Y − base(X), the loss is the mean square of R − X ΔW. The best ΔW of a rank fits the best
    approximation of that rank (Eckart and Young, 1936) to P R, the projection of R on the columns of X:
    Izenman (1975, Journal of Multivariate Analysis 5, 248-264); Velu and Reinsel, "Multivariate Reduced-Rank
    Regression" (1998), chapter 2. A trained bias takes the means out of X and R first. The scaling does not
    matter unless it is 0: A and B make up for it.

    One QR of [1, X, R] in float64 leaves Qᵀ of everything in a small triangle: row 0 holds the means, then
    come the projection and, below it, what no ΔW can fit. X is never squared, so that even nearly dependent
    inputs keep their digits.

    Attributes:
        floors: the lowest loss at each rank.

    """

    def __init__(self, task: Task, train_bias: bool) -> None:
        """Solve for `task`, in float64 on the CPU."""
        samples, in_features = task.x.shape
        out_features = task.y.shape[1]
        triangle = _triangle(task)
        norms = torch.linalg.vector_norm(triangle[:, 1 : in_features + 1], dim=0)
        full = fit = _project(triangle[1:, 1:], norms)
        if not train_bias:
            fit = _project(_r_factor(triangle[:, 1:]), norms)
        self._fit = fit
        gains, self._left, self._right = _eckart_young(fit.projected)
        ranks = min(in_features, out_features)
        gains = np.pad(gains, (0, max(0, ranks - len(gains))))[:ranks]
        # Summed from the small end, so that floors near zero keep their digits.
        tails = np.append(np.cumsum(gains[::-1])[::-1], 0.0)
        elements = samples * out_features
        self.floors = Floors(
            losses=(fit.residual + tails) / elements,
            full_fine_tuning=full.residual / elements,
            elbow=_elbow(gains, fit, samples - train_bias),
        )

    def update(self, rank: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return A (in_features, k) and B (k, out_features), k <= rank, with A B the best ΔW of `rank`.

        The shortest one, where X leaves a choice. Raises ValueError for a rank outside 0..min(in, out).
        """
        limit = len(self.floors.losses) - 1
        if not 0 <= rank <= limit:
            raise ValueError(f"rank: {rank} is not allowed; it must be from 0 to {limit}")
        # Shortest solutions lie in the span of the design's rows: with designᵀ = Q U, A = Q U⁻ᵀ left.
        basis, upper = torch.linalg.qr(self._fit.design.T)
        lora_A = basis @ torch.linalg.solve_triangular(upper.T, self._left[:, :rank], upper=False)
        return lora_A.numpy(), self._right[:rank].numpy()


def floors(task: Task, train_bias: bool) -> Floors:
    """Return the lowest loss that can be reached on `task` at each rank."""
    return ReducedRankRegression(task, train_bias).floors


def quick_floor(task: Task, config: RunConfig) -> float | None:
    """Return the lowest loss within reach of a run of `config`, None where that is not found in a moment."""
    if not has_floors(config) or floors_operations(config) > QUICK_OPERATIONS:
        return None
    return floors(task, config.bias_is_trained).of(config)


@dataclass(frozen=True, slots=True)
class _Projection:
    """R split by the columns of X, in the coordinates of an orthonormal basis of these, k of them.

    design (k, in): X itself, its rows independent. projected (k, out): what X explains of R. residual: the
    sum of squares of the rest.
    """

    design: Tensor
    projected: Tensor
    residual: float


def _triangle(task: Task) -> Tensor:
    """Return the R factor (at most 1 + in + out rows) of [1, X, Y − base(X)]."""
    weight, bias = (p.detach().cpu().double() for p in (task.base.weight, task.base.bias))
    columns = 1 + sum(weight.shape)
    triangle = torch.empty(0, columns, dtype=torch.float64)
    rows = max(BLOCK_ROWS, columns)
    for start in range(0, len(task.x), rows):
        x, y = (t[start : start + rows].cpu().double() for t in (task.x, task.y))
        block = torch.cat([torch.ones_like(x[:, :1]), x, y - bias - x @ weight.T], dim=1)
        triangle = _r_factor(torch.cat([triangle, block]))
    return triangle


def _r_factor(matrix: Tensor) -> Tensor:
    triangle: Tensor = torch.linalg.qr(matrix, mode="r").R
    return triangle


def _project(triangle: Tensor, norms: Tensor) -> _Projection:
    """Split the triangle of [X, R], where `norms` (in,) are those of X's columns, means included."""
    inputs = len(norms)
    k = min(inputs, len(triangle))
    top = triangle[:k]
    if (top.diagonal().abs() <= DEPENDENT * norms[:k]).any():
        # The row of an input that others make up is no direction of X; an SVD tells which directions are.
        scaled = top[:, :inputs] / torch.where(norms > 0, norms, 1.0)
        basis, sizes, _ = torch.linalg.svd(scaled, full_matrices=False)
        top = basis.T @ top
        k = int((sizes > DEPENDENT).sum())
    rest = torch.cat([top[k:, inputs:], triangle[len(top) :, inputs:]])
    return _Projection(top[:k, :inputs], top[:k, inputs:], float(rest.square().sum()))


def _eckart_young(matrix: Tensor) -> tuple[NDArray[np.float64], Tensor, Tensor]:
    """Return the squared singular values of `matrix`, falling, and two factors of it.

    The first r columns of one and rows of the other make its best approximation of rank r. Eigenvalues of the
    smaller Gram matrix do: squares are what is summed, and a large SVD takes many times longer.
    """
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    values, vectors = torch.linalg.eigh(tall.T @ tall)
    vectors = vectors.flip(1)
    left, right = tall @ vectors, vectors.T
    squares = values.flip(0).clamp(min=0).numpy()
    return (squares, left, right) if tall is matrix else (squares, right.T, left.T)


def _elbow(gains: NDArray[np.float64], fit: _Projection, rows: int) -> int | None:
    """Return the rank after which the floors only follow the noise, None if it does not stand out.

    A rank counts if its gain is larger than the best direction of pure noise would give in 99 of 100 runs.
    The noise is estimated from what full rank leaves over, and counting gains above such a threshold finds
    the true rank (Bunea, She and Wegkamp, 2011, Annals of Statistics 39, 1282-1309). The threshold is the
    99th percentile of the largest squared singular value of white noise (Johnstone, 2001, Annals of
    Statistics 29, 295-327; centred and scaled as in Ma, 2012, Bernoulli 18, 322-359).

    Where gains fade slowly into the noise, the count depends on the number of samples rather than on the
    task, so a clear drop after it is asked for as well (the ratios of Ahn and Horenstein, 2013, Econometrica
    81, 1203-1227).
    """
    inputs, outputs = fit.projected.shape
    if not inputs or rows <= inputs:
        return None
    spread = (gains.sum() + fit.residual) / (rows * outputs)
    variance = max(fit.residual / ((rows - inputs) * outputs), ROUNDING**2 * spread)
    a, b = math.sqrt(inputs - 0.5), math.sqrt(outputs - 0.5)
    noise = (a + b) ** 2 + TRACY_WIDOM_99 * (a + b) * (1 / a + 1 / b) ** (1 / 3)
    rank = int(np.count_nonzero(gains > variance * noise))
    if not 0 < rank < len(gains) or gains[rank - 1] < CLEAR_DROP * gains[rank]:
        return None
    return rank
