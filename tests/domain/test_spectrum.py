"""The spectrum from the small factors against NumPy's SVD of the full product."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lora_gui.domain.spectrum import Spectrum, distance, overlap, spectrum, spectrum_of_matrix

Factors = tuple[NDArray[np.float32], NDArray[np.float32]]


def draw(n_in: int, n_out: int, rank: int, seed: int = 0) -> Factors:
    generator = np.random.default_rng(seed)
    lora_A = generator.standard_normal((n_in, rank)).astype(np.float32)
    return lora_A, generator.standard_normal((rank, n_out)).astype(np.float32)


def product(factors: Factors, scaling: float = 1.0) -> NDArray[np.float64]:
    return scaling * factors[0].astype(np.float64) @ factors[1].astype(np.float64)


@st.composite
def factors(draw_: st.DrawFn) -> Factors:
    n_in, n_out = draw_(st.integers(1, 20)), draw_(st.integers(1, 20))
    return draw(n_in, n_out, draw_(st.integers(1, min(n_in, n_out))), draw_(st.integers(0, 1000)))


@given(factors(), st.sampled_from([0.01, 1.0, 7.0]))
def test_equals_the_svd_of_the_product(given_: Factors, scaling: float) -> None:
    update = product(given_, scaling)
    found = spectrum(*given_, scaling)
    rank = given_[0].shape[1]
    expected = np.linalg.svd(update, compute_uv=False)[:rank]
    np.testing.assert_allclose(found.values, expected, rtol=1e-9, atol=1e-12 * expected[0])
    assert found.rank == rank
    assert found.frobenius == pytest.approx(np.linalg.norm(update))
    np.testing.assert_allclose((found.left * found.values) @ found.right.T, update, atol=1e-11 * expected[0])
    for basis in (found.left, found.right):
        np.testing.assert_allclose(basis.T @ basis, np.eye(rank), atol=1e-12)


@given(factors())
def test_effective_rank_and_energy_keep_their_bounds(given_: Factors) -> None:
    found = spectrum(*given_)
    assert 1 - 1e-9 <= found.effective_rank <= found.rank + 1e-9
    assert (np.diff(found.energy) >= 0).all()
    assert found.energy[-1] == 1


def test_effective_rank_of_known_spectra() -> None:
    flat = spectrum(np.eye(9, 5), np.eye(5, 7), 3.0)
    assert flat.effective_rank == pytest.approx(5)
    np.testing.assert_allclose(flat.energy, [0.2, 0.4, 0.6, 0.8, 1])
    # Two values 3 and 1: shares 3/4 and 1/4, entropy ln 4 − 3/4 ln 3.
    skew = spectrum(np.diag([3.0, 1.0]), np.eye(2))
    assert skew.effective_rank == pytest.approx(4 / 3**0.75)
    np.testing.assert_allclose(skew.energy, [0.9, 1])


@pytest.mark.parametrize("scaling", [0.0, 1.0])
def test_an_update_of_zero(scaling: float) -> None:
    lora_A, lora_B = draw(6, 5, 3)
    found = spectrum(lora_A, lora_B if not scaling else 0 * lora_B, scaling)
    assert found.values.tolist() == [0, 0, 0]
    assert (found.rank, found.effective_rank, found.frobenius) == (0, 0, 0)
    assert found.energy.tolist() == [0, 0, 0]
    assert overlap(found.left, spectrum(lora_A, lora_B).left).shape == (0, 3)
    assert distance(found, spectrum(lora_A, lora_B)) == pytest.approx(
        np.linalg.norm(product((lora_A, lora_B)))
    )


def test_columns_that_repeat_do_not_count() -> None:
    lora_A, lora_B = draw(30, 20, 4)
    lora_A[:, 3] = lora_A[:, 0]
    found = spectrum(lora_A, lora_B)
    assert (len(found.values), found.rank) == (4, 3)
    np.testing.assert_allclose(found.left.T @ found.left, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_stay_visible(bad: float) -> None:
    lora_A, lora_B = draw(6, 5, 3)
    lora_B[1, 1] = bad
    found = spectrum(lora_A, lora_B)
    assert np.isnan(found.values).all()
    assert found.rank == 0
    assert np.isnan([found.effective_rank, found.frobenius, *found.energy]).all()
    assert np.isnan(distance(found, spectrum(lora_A, 0 * lora_A[:5].T)))


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_extreme_sizes_neither_vanish_nor_overflow(size: float) -> None:
    lora_A, lora_B = draw(12, 8, 3)
    plain = spectrum(lora_A, lora_B)
    found = spectrum(lora_A * np.float32(size), lora_B * np.float32(size))
    np.testing.assert_allclose(found.values / size**2, plain.values, rtol=1e-5)
    assert found.effective_rank == pytest.approx(plain.effective_rank, rel=1e-5)
    np.testing.assert_allclose(found.energy, plain.energy, rtol=1e-5)


def test_matrix_of_known_rank_equals_its_factors() -> None:
    planted = draw(90, 70, 3)
    found = spectrum_of_matrix(product(planted).astype(np.float32), 3)
    exact = spectrum(*planted)
    np.testing.assert_allclose(found.values, exact.values, rtol=1e-5)
    assert found.rank == 3
    assert overlap(found.left, exact.left)[2, 2] == pytest.approx(1, abs=1e-6)
    assert overlap(found.right, exact.right)[2, 2] == pytest.approx(1, abs=1e-6)
    assert distance(found, exact) < 1e-5 * exact.frobenius


def test_small_matrix_is_decomposed_whole() -> None:
    matrix = np.random.default_rng(0).standard_normal((4, 6))
    np.testing.assert_allclose(spectrum_of_matrix(matrix, 4).values, np.linalg.svd(matrix, compute_uv=False))


@given(factors(), st.integers(0, 50))
def test_overlap_is_the_paper_formula(given_: Factors, seed: int) -> None:
    n_in, rank = given_[0].shape
    first, second = spectrum(*given_), spectrum(*draw(n_in, given_[1].shape[1], rank, 2000 + seed))
    found = overlap(first.left, second.left)
    assert found.shape == (first.rank, second.rank)
    for i in range(1, first.rank + 1):
        for j in range(1, second.rank + 1):
            phi = np.linalg.norm(first.left[:, :i].T @ second.left[:, :j]) ** 2 / min(i, j)
            assert found[i - 1, j - 1] == pytest.approx(phi, abs=1e-9)
    assert ((found >= 0) & (found <= 1)).all()


def test_overlap_of_a_space_with_itself_with_more_and_with_none() -> None:
    axes = np.eye(8)
    np.testing.assert_allclose(np.diag(overlap(axes[:, :4], axes[:, :4])), 1)
    assert overlap(axes[:, :2], axes[:, :5])[1, 4] == 1
    assert overlap(axes[:, :3], axes[:, 3:6]).max() == 0


@given(factors(), st.integers(0, 50))
def test_distance_is_the_norm_of_the_difference(given_: Factors, seed: int) -> None:
    other = draw(given_[0].shape[0], given_[1].shape[1], 2, seed)
    found = distance(spectrum(*given_), spectrum(*other))
    assert found == pytest.approx(np.linalg.norm(product(given_) - product(other)), rel=1e-6, abs=1e-6)
    assert distance(spectrum(*given_), spectrum(*given_)) < 1e-6 * spectrum(*given_).frobenius


def test_spectrum_does_not_touch_its_factors() -> None:
    lora_A, lora_B = draw(6, 5, 2)
    copies = lora_A.copy(), lora_B.copy()
    assert isinstance(spectrum(lora_A, lora_B), Spectrum)
    assert (lora_A == copies[0]).all()
    assert (lora_B == copies[1]).all()
