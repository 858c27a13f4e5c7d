"""The update learned beside its target: against NumPy's own decomposition of the full matrices."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lora_gui.domain.likeness import MOST_DIRECTIONS, compare
from lora_gui.domain.progress import Snapshot
from lora_gui.domain.spectrum import spectrum


def snapshot(lora_A: NDArray[np.floating], lora_B: NDArray[np.floating], scaling: float = 1.0) -> Snapshot:
    rows, columns = lora_A.shape[0], lora_B.shape[1]
    weight, bias = np.zeros((columns, rows), np.float32), np.zeros(columns, np.float32)
    return Snapshot(3, scaling, weight, bias, lora_A.astype(np.float32), lora_B.astype(np.float32))


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(1)


def test_a_run_at_its_target_is_no_distance_away(generator: np.random.Generator) -> None:
    A, B = (generator.standard_normal(s).astype(np.float32) for s in ((20, 3), (3, 12)))
    found = compare(snapshot(A, B, 2.0), spectrum(2 * A, B))
    assert found.distance == pytest.approx(0, abs=1e-6)
    assert found.inputs is not None
    assert found.outputs is not None
    np.testing.assert_allclose([found.inputs[2, 2], found.outputs[2, 2]], 1.0)
    values = np.linalg.svd(2.0 * A.astype(np.float64) @ B, compute_uv=False)[:3]
    np.testing.assert_allclose(found.learned.values, values)


def test_overlap_and_distance_are_those_of_the_full_matrices(generator: np.random.Generator) -> None:
    A, B, C, G = (
        generator.standard_normal(s).astype(np.float32) for s in ((20, 3), (3, 12), (20, 4), (4, 12))
    )
    found = compare(snapshot(A, B), spectrum(C, G))
    learned, target = A.astype(np.float64) @ B, C.astype(np.float64) @ G
    (U, _, V), (S, _, R) = np.linalg.svd(learned), np.linalg.svd(target)
    assert found.inputs is not None
    assert found.outputs is not None
    assert found.inputs.shape == found.outputs.shape == (3, 4)
    assert found.inputs[1, 3] == pytest.approx(np.linalg.norm(U[:, :2].T @ S[:, :4]) ** 2 / 2)
    assert found.outputs[2, 1] == pytest.approx(np.linalg.norm(V[:3] @ R[:2].T) ** 2 / 2)
    assert found.distance == pytest.approx(np.linalg.norm(learned - target) / np.linalg.norm(target))


def test_without_a_target_there_is_only_the_spectrum(generator: np.random.Generator) -> None:
    found = compare(snapshot(generator.standard_normal((5, 2)), generator.standard_normal((2, 4))), None)
    assert (found.target, found.inputs, found.outputs, found.distance) == (None, None, None, None)
    assert found.learned.rank == 2


def test_an_update_of_zero_overlaps_with_nothing(generator: np.random.Generator) -> None:
    A, B = generator.standard_normal((6, 2)), generator.standard_normal((2, 5))
    found = compare(snapshot(A, np.zeros((2, 5))), spectrum(A, B))
    assert found.inputs is not None
    assert found.inputs.size == 0
    assert found.distance == pytest.approx(1.0)
    assert compare(snapshot(A, B), spectrum(A, np.zeros((2, 5)))).distance is None


def test_no_more_directions_are_compared_than_can_be_seen(generator: np.random.Generator) -> None:
    A, B = generator.standard_normal((100, 80)), generator.standard_normal((80, 90))
    found = compare(snapshot(A, B), spectrum(A, B))
    assert found.inputs is not None
    assert found.inputs.shape == (MOST_DIRECTIONS, MOST_DIRECTIONS)
