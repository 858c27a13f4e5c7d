"""What the runs of a sweep say together."""

import pytest

from lora_gui.domain.config import RunConfig
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepRun, elbow, summarise

SWEEP = Sweep(RunConfig(), (Axis("rank", (1, 2)),), seeds=3)


def finished(index: int, final: float, floor: float | None = 0.5, bend: int | None = 2) -> SweepRun:
    return SweepRun(
        index=index,
        config=SWEEP.configs[index],
        outcome=RunState.FINISHED,
        final=final,
        best=final,
        test=final + 1,
        floor=floor,
        elbow=bend,
    )


def diverged(index: int) -> SweepRun:
    return SweepRun(index=index, config=SWEEP.configs[index], outcome=RunState.DIVERGED, final=1e30)


def test_mean_and_spread_over_the_seeds_in_the_order_of_the_sweep() -> None:
    first, second = summarise(SWEEP, [finished(4, 7.0), finished(2, 3.0), finished(0, 1.0), finished(1, 2.0)])
    assert (first.values, first.finished, first.mean, first.best) == ((1,), 3, 2.0, 1.0)
    assert first.spread == pytest.approx(1.0)
    assert first.test == pytest.approx(3.0)
    assert first.floor == 0.5
    assert (second.values, second.finished, second.mean, second.spread) == ((2,), 1, 7.0, None)


def test_diverged_runs_are_counted_and_not_averaged() -> None:
    (line,) = summarise(SWEEP, [finished(0, 1.0), diverged(1), diverged(2)])
    assert (line.finished, line.diverged, line.mean) == (1, 2, 1.0)
    (line,) = summarise(SWEEP, [diverged(1)])
    assert (line.mean, line.spread, line.best, line.test) == (None, None, None, None)


def test_a_floor_that_one_run_lacks_is_none() -> None:
    (line,) = summarise(SWEEP, [finished(0, 1.0), finished(1, 1.0, floor=None)])
    assert line.floor is None


def test_the_elbow_is_what_most_runs_say() -> None:
    assert elbow([]) is None
    assert elbow([finished(0, 1.0), finished(1, 1.0, bend=3), finished(2, 1.0)]) == 2
    assert elbow([finished(0, 1.0), finished(1, 1.0, bend=3)]) is None
    assert elbow([finished(0, 1.0, bend=None), finished(1, 1.0, bend=None), finished(2, 1.0)]) is None
