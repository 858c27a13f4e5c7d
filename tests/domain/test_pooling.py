"""Pooling against a plain loop over cells."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lora_gui.domain import pooling
from lora_gui.domain.pooling import Floats, edges, pool, pool_blocks

sizes = st.integers(1, 40)


def naive(matrix: Floats, rows: int, columns: int) -> Floats:
    """Take each pixel's cells, and of them the one of largest magnitude; the positive one of a tie."""
    height, width = matrix.shape
    rows, columns = min(rows, height), min(columns, width)
    pooled = np.empty((rows, columns), np.float32)
    for i in range(rows):
        for j in range(columns):
            cells = matrix[
                i * height // rows : (i + 1) * height // rows,
                j * width // columns : (j + 1) * width // columns,
            ].ravel()
            pooled[i, j] = max(cells, key=lambda value: (abs(value), value))
    return pooled


def drawn(height: int, width: int, seed: int) -> Floats:
    # Few different values, so that ties occur.
    return np.random.default_rng(seed).integers(-5, 6, (height, width)).astype(np.float32)


@given(height=sizes, width=sizes, rows=sizes, columns=sizes, seed=st.integers(0, 2**32 - 1))
@example(height=40, width=40, rows=1, columns=1, seed=0)
@example(height=7, width=1, rows=3, columns=9, seed=1)
def test_every_pixel_keeps_its_extreme(height: int, width: int, rows: int, columns: int, seed: int) -> None:
    matrix = drawn(height, width, seed)
    expected = naive(matrix, rows, columns)
    assert np.array_equal(pool(matrix, rows, columns), expected)
    assert np.array_equal(pool(np.asfortranarray(matrix), rows, columns), expected)


@given(
    height=sizes,
    width=sizes,
    rows=sizes,
    columns=sizes,
    block=st.integers(1, 200),
    seed=st.integers(0, 2**32 - 1),
)
def test_blocks_need_not_end_where_pixels_do(
    height: int, width: int, rows: int, columns: int, block: int, seed: int
) -> None:
    matrix = drawn(height, width, seed)
    asked: list[int] = []

    def rows_of(start: int, stop: int) -> Floats:
        assert stop - start <= max(1, block // width)
        asked.extend(range(start, stop))
        return matrix[start:stop]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "BLOCK_SIZE", block)
        pooled = pool_blocks(rows_of, (height, width), rows, columns)
    assert np.array_equal(pooled, naive(matrix, rows, columns))
    assert asked == list(range(height))


@given(size=st.integers(1, 20_000), pixels=st.integers(1, 3000))
def test_pixels_share_the_numbers_evenly_and_leave_none_out(size: int, pixels: int) -> None:
    bounds = edges(size, pixels)
    widths = np.diff(bounds)
    assert (bounds[0], bounds[-1], len(widths)) == (0, size, min(size, pixels))
    assert widths.min() >= 1
    assert widths.max() - widths.min() <= 1


def test_what_is_small_enough_comes_back_as_it_is() -> None:
    matrix = drawn(5, 6, 0)
    assert pool(matrix, 5, 6) is matrix


def test_what_is_no_number_is_not_hidden() -> None:
    matrix = drawn(50, 50, 0)
    matrix[17, 30] = np.nan
    assert np.isnan(pool(matrix, 4, 4)).sum() == 1
