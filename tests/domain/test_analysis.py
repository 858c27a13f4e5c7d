"""Which floor is a run's own, how far above it a loss is, and when floors are drawn at all."""

import numpy as np
import pytest

from lora_gui.domain.analysis import QUICK_OPERATIONS, Floors, floors_operations, has_floors
from lora_gui.domain.config import RunConfig

FLOORS = Floors(np.array([4.0, 2.0, 1.0, 0.0]), full_fine_tuning=0.0, elbow=None)


def test_a_run_has_the_floor_of_its_rank() -> None:
    assert [FLOORS.of(RunConfig(out_features=3, rank=rank)) for rank in (1, 2, 3)] == [2, 1, 0]


def test_a_scaling_of_zero_leaves_only_the_base_layer() -> None:
    assert FLOORS.of(RunConfig(out_features=3, rank=2, scaling=0)) == 4


def test_excess_is_a_share_of_the_floor() -> None:
    assert FLOORS.excess(2.5, RunConfig(out_features=3, rank=1)) == pytest.approx(0.25)
    assert FLOORS.excess(2 - 1e-7, RunConfig(out_features=3, rank=1)) == 0
    assert FLOORS.excess(0.1, RunConfig(out_features=3, rank=3)) == float("inf")


def test_floors_are_for_full_batches() -> None:
    assert has_floors(RunConfig())
    assert has_floors(RunConfig(batch_size=1000))
    assert not has_floors(RunConfig(batch_size=999))


def test_floors_are_for_sizes_that_can_be_solved() -> None:
    large = RunConfig(in_features=4096, out_features=4096)
    assert has_floors(large)
    assert not has_floors(large.with_("samples", 10_000))
    assert floors_operations(RunConfig()) < QUICK_OPERATIONS < floors_operations(large)


@pytest.mark.parametrize(
    ("settings", "floor"),
    [
        ({"rank": 2}, 3.0),
        ({"rank": 2, "scaling": 0.0}, 5.0),
        ({"rank": 2, "method": "bias"}, 5.0),
        ({"rank": 2, "method": "none"}, 5.0),
        ({"rank": 2, "method": "full"}, 1.0),
    ],
)
def test_each_method_has_its_floor(settings: dict[str, object], floor: float) -> None:
    assert Floors(np.array([5.0, 4.0, 3.0, 2.0]), 1.0, None).of(RunConfig.from_dict(settings)) == floor
