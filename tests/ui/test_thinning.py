"""A line with fewer points is the same line, as far as anybody can see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.ui.plots.frame import Floats
from lora_gui.ui.plots.thinning import BLOCK, thin


def off(x: Floats, y: Floats, shown: tuple[Floats, Floats]) -> float:
    """Return the largest distance of a point from the line through those that are shown."""
    return float(np.abs(np.interp(x, *shown) - y).max())


@given(
    steps=st.lists(st.floats(0.01, 10), min_size=1, max_size=200),
    seed=st.integers(0, 1000),
    noise=st.sampled_from([0.0, 1e-4, 1e-2, 1.0]),
    tolerance=st.floats(0, 0.1),
)
def test_no_point_is_farther_from_the_line_than_allowed(
    steps: list[float], seed: int, noise: float, tolerance: float
) -> None:
    x = np.cumsum(steps)
    y = np.exp(-x / x[-1] * 3) + noise * np.random.default_rng(seed).standard_normal(len(x))
    shown = thin(x, y, tolerance)
    assert off(x, y, shown) <= tolerance + 1e-12
    assert (shown[0][0], shown[0][-1]) == (x[0], x[-1])


def test_a_smooth_descent_needs_few_points_and_noise_all_of_them() -> None:
    x = np.arange(1600.0)
    smooth, noise = np.exp(-x / 400), np.random.default_rng(0).random(1600)
    assert len(thin(x, smooth, 1e-3)[0]) < 1600 / BLOCK * 2
    assert len(thin(x, noise, 1e-3)[0]) == 1600


def test_a_gap_stays_a_gap() -> None:
    x, y = np.arange(200.0), np.zeros(200)
    y[100] = np.nan
    _, shown = thin(x, y, 0.1)
    assert np.isnan(shown).sum() == 1


@pytest.mark.parametrize("size", [0, 1, 2, BLOCK, BLOCK + 1])
def test_what_is_short_keeps_its_ends(size: int) -> None:
    x = np.arange(float(size))
    shown, _ = thin(x, 2 * x, 0.0)
    assert shown[[0, -1]].tolist() == x[[0, -1]].tolist() if size else len(shown) == 0


def test_strokes_up_and_down_at_one_place_stay() -> None:
    x = np.repeat(np.arange(50.0), 2)
    y = np.tile([1.0, 0.0], 50)
    assert len(thin(x, y, 0.25)[0]) == 100
