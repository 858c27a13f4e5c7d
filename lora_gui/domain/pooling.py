"""Matrices made as small as the pixels that show them, with every extreme kept."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK_SIZE = 2**18
"""Numbers that are looked at together: a megabyte, which stays in a core's cache."""


def edges(size: int, pixels: int) -> NDArray[np.intp]:
    """Return where the pixels begin in a row of `size` numbers, and the end of the last one.

    There are as many pixels as numbers where `pixels` would be more.
    """
    count = min(size, pixels)
    return np.arange(count + 1) * size // count


def pool(matrix: Floats, rows: int, columns: int) -> Floats:
    """Return `matrix` with at most `rows` and `columns`: per pixel the value of largest magnitude.

    A matrix that is no larger comes back as it is.
    """
    if matrix.shape[0] <= rows and matrix.shape[1] <= columns:
        return matrix
    if matrix.flags.f_contiguous and not matrix.flags.c_contiguous:
        return pool(matrix.T, columns, rows).T
    return pool_blocks(
        lambda start, stop: matrix[start:stop], (matrix.shape[0], matrix.shape[1]), rows, columns
    )


def pool_blocks(
    block: Callable[[int, int], Floats], shape: tuple[int, int], rows: int, columns: int
) -> Floats:
    """Return the same of a matrix of `shape` that is never there as a whole.

    `block(start, stop)` computes its rows from `start` to before `stop`; each is asked for once, in order.
    """
    height, width = shape
    row_edges, column_edges = edges(height, rows), edges(width, columns)
    high = np.full((len(row_edges) - 1, len(column_edges) - 1), -np.inf, np.float32)
    low = -high
    step = max(1, BLOCK_SIZE // width)
    for start in range(0, height, step):
        stop = min(start + step, height)
        first, last = np.searchsorted(row_edges, (start, stop - 1), side="right") - 1
        starts = np.maximum(row_edges[first : last + 1] - start, 0)
        values = block(start, stop)
        pixels = slice(first, last + 1)
        high[pixels] = np.maximum(high[pixels], _fold(np.maximum, values, starts, column_edges))
        low[pixels] = np.minimum(low[pixels], _fold(np.minimum, values, starts, column_edges))
    return np.where(high >= -low, high, low)


def _fold(
    fold: np.ufunc, values: Floats, row_starts: NDArray[np.intp], column_edges: NDArray[np.intp]
) -> Floats:
    if len(row_starts) < len(values):
        # Faster than reduceat along the rows by a factor of three to ten.
        stops = [*row_starts[1:], len(values)]
        folded = np.empty((len(row_starts), values.shape[1]), np.float32)
        for line, start, stop in zip(folded, row_starts, stops, strict=True):
            fold.reduce(values[start:stop], axis=0, out=line)
        values = folded
    if len(column_edges) - 1 == values.shape[1]:
        return values
    pooled: Floats = fold.reduceat(values, column_edges[:-1], axis=1)
    return pooled
