"""What directions an update has: singular values, effective rank, and how far two updates share them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OVERSAMPLING = 8
"""Random directions beyond the rank in a sketch, so that none of the matrix's own is missed."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The singular value decomposition of an update ΔW (in_features, out_features).

    Attributes:
        values: (r,), float64, falling: one per column of the factors; NaN where these were not finite.
        left: (in_features, rank) orthonormal columns, the input directions of the values above rounding.
        right: (out_features, rank) their output directions.

    """

    values: Floats
    left: Floats
    right: Floats

    @property
    def rank(self) -> int:
        """Number of singular values above float64 rounding."""
        return int(self.left.shape[1])

    @property
    def frobenius(self) -> float:
        """‖ΔW‖, the root of the summed squares of all entries."""
        return float(np.linalg.norm(self.values))

    @property
    def energy(self) -> Floats:
        """Share (r,) of ‖ΔW‖² in the first 1, 2, ... singular values; zeros for a ΔW of zero."""
        if not self.values.any():
            return np.zeros_like(self.values)
        # Divided first: the squares of tiny values would vanish.
        sums: Floats = np.cumsum((self.values / self.values[0]) ** 2)
        shares: Floats = sums / sums[-1]
        return shares

    @property
    def effective_rank(self) -> float:
        """exp of the entropy of σ / Σσ (Roy and Vetterli, "The effective rank", EUSIPCO 2007, definition 1).

        Between 1 and the rank, 0 for a ΔW of zero; NaN where the values are.
        """
        if not self.values.any():
            return 0.0
        shares = self.values / self.values.sum()
        # 0 log 0 is 0; NaN passes the comparison so that it shows.
        shares = shares[~(shares <= 0)]
        return float(np.exp(-np.sum(shares * np.log(shares))))


def spectrum(lora_A: NDArray[np.floating], lora_B: NDArray[np.floating], scaling: float = 1.0) -> Spectrum:
    """Decompose ΔW = scaling · A B from A (in, r) and B (r, out), without ever forming it.

    A = Q_A R_A and Bᵀ = Q_B R_B leave an r x r matrix to decompose: ΔW = Q_A (s R_A R_Bᵀ) Q_Bᵀ. Takes
    O((in + out) r²) operations.
    """
    A, B = lora_A.astype(np.float64), lora_B.astype(np.float64)
    rows, columns = A.shape[0], B.shape[1]
    if not (np.isfinite(A).all() and np.isfinite(B).all()):
        unknown = np.full(A.shape[1], np.nan)
        return Spectrum(unknown, np.empty((rows, 0)), np.empty((columns, 0)))
    Q_A, R_A = np.linalg.qr(A)
    Q_B, R_B = np.linalg.qr(B.T)
    U, values, V = np.linalg.svd(scaling * (R_A @ R_B.T))
    rank = int(np.count_nonzero(values > max(rows, columns) * np.finfo(np.float64).eps * values[:1]))
    return Spectrum(values, Q_A @ U[:, :rank], Q_B @ V[:rank].T)


def spectrum_of_matrix(matrix: NDArray[np.floating], rank: int) -> Spectrum:
    """Decompose a matrix (in, out) known to have rank `rank`, such as a planted ΔW*; keeps that many values.

    A random sketch finds the span of its columns (Halko, Martinsson and Tropp, 2011, SIAM Review 53,
    algorithm 4.1) in O(in · out · rank) operations; a plain decomposition of a large matrix takes minutes.
    """
    exact = matrix.astype(np.float64)
    width = min(rank + OVERSAMPLING, *exact.shape)
    basis = np.linalg.qr(exact @ np.random.default_rng(0).standard_normal((exact.shape[1], width)))[0]
    found = spectrum(basis, basis.T @ exact)
    return Spectrum(found.values[:rank], found.left[:, :rank], found.right[:, :rank])


def overlap(first: Floats, second: Floats) -> Floats:
    """Return φ(i, j), from 0 to 1, for the first i and j columns of two orthonormal bases (n, k) and (n, m).

    φ = ‖U_iᵀ V_j‖² / min(i, j): LoRA, section 7.2, equation 4, with its appendix G (arXiv:2106.09685). 1
    means that the smaller subspace lies within the larger, 0 that they are orthogonal. Entry [i - 1, j - 1]
    of the result (k, m) is φ(i, j). Take the `left` of two spectra for inputs, their `right` for outputs.
    """
    squares = np.cumsum(np.cumsum((first.T @ second) ** 2, axis=0), axis=1)
    i, j = np.ogrid[1 : first.shape[1] + 1, 1 : second.shape[1] + 1]
    shares: Floats = np.minimum(squares / np.minimum(i, j), 1.0)
    return shares


def distance(first: Spectrum, second: Spectrum) -> float:
    """Return the Frobenius norm of the difference between two updates; NaN where one is not finite.

    From the decompositions alone, as ‖P‖² + ‖Q‖² − 2⟨P, Q⟩, exact to about 1e-8 of the norms.
    """
    p, q = first.values[: first.rank], second.values[: second.rank]
    product = p @ ((first.left.T @ second.left) * (first.right.T @ second.right)) @ q
    return float(np.sqrt(np.maximum(first.frobenius**2 + second.frobenius**2 - 2 * product, 0.0)))
