"""Means and bands over seeds, and what is missing from them."""

import pytest

from lora_gui.domain.config import RunConfig
from lora_gui.domain.run import RunState
from lora_gui.domain.spots import Spread, spots
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepRun

SWEEP = Sweep(RunConfig(), (Axis("rank", (2, 1)),), seeds=3)


def run(
    index: int, final: float, outcome: RunState = RunState.FINISHED, floor: float | None = None
) -> SweepRun:
    return SweepRun(index=index, config=SWEEP.configs[index], outcome=outcome, final=final, floor=floor)


def test_spots_stand_in_the_order_of_the_sweep_with_gaps_for_what_is_to_come() -> None:
    first, second = spots(SWEEP, {4: run(4, 1.0)})
    assert (first.first, second.first) == (0, 3)
    assert first.runs == (None, None, None)
    assert [r is not None for r in second.runs] == [False, True, False]
    assert first.mean is None
    assert first.band(Spread.EXTREMES) is None


def test_mean_and_bands_are_those_of_the_finished_runs() -> None:
    lost = run(2, 9.0, RunState.DIVERGED)
    spot, _ = spots(SWEEP, {0: run(0, 1.0), 1: run(1, 3.0), 2: lost})
    assert spot.mean == pytest.approx(2.0)
    assert spot.band(Spread.EXTREMES) == (1.0, 3.0)
    # Of 1 and 3 the sample standard deviation is the root of 2.
    assert spot.band(Spread.DEVIATION) == pytest.approx((2 - 2**0.5, 2 + 2**0.5))
    assert spot.lost == 1
    assert spot.count(RunState.FINISHED) == 2


def test_one_run_has_no_deviation() -> None:
    spot, _ = spots(SWEEP, {0: run(0, 1.0)})
    assert spot.band(Spread.DEVIATION) == (1.0, 1.0)


def test_the_floor_is_the_mean_of_the_known_ones() -> None:
    spot, other = spots(SWEEP, {0: run(0, 1.0, floor=0.5), 1: run(1, 1.0, floor=0.7), 2: run(2, 1.0)})
    assert spot.floor == pytest.approx(0.6)
    assert other.floor is None
