"""Chunks stay short, and a chosen speed is kept, on a clock that the test turns."""

import pytest

from lora_gui.domain.pace import CHUNK_SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def trained(pace: Pace, clock: Clock, seconds: float, epoch_seconds: float) -> int:
    """Train as a loop does for some seconds; returns the epochs done."""
    end, epochs = clock.now + seconds, 0
    while clock.now < end:
        due = pace.due
        if due:
            clock.now += due * epoch_seconds
            pace.done(due, due * epoch_seconds)
            epochs += due
        else:
            clock.now += max(pace.wait, 1e-4)
    return epochs


@pytest.mark.parametrize("speed", [1, 10, 100, 1000])
def test_a_speed_is_kept(speed: int) -> None:
    clock = Clock()
    assert trained(Pace(speed, clock), clock, 10, 1e-5) == pytest.approx(10 * speed, abs=2)


def test_the_first_epoch_is_due_at_once() -> None:
    pace = Pace(1, Clock())
    assert pace.due == 1
    assert pace.wait == 0


def test_unlimited_chunks_grow_to_their_time_and_no_further() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    assert pace.due == 1
    trained(pace, clock, 1, 1e-4)
    assert pace.due == pytest.approx(CHUNK_SECONDS / 1e-4, abs=1)
    pace.done(pace.due, 10.0)
    assert pace.due < CHUNK_SECONDS / 1e-4


def test_a_machine_too_slow_does_not_sprint_afterwards() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    clock.now += 60
    assert trained(pace, clock, 1, 1e-4) <= 101


def test_a_new_speed_counts_from_now() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    trained(pace, clock, 5, 1e-4)
    pace.set_speed(10)
    assert trained(pace, clock, 2, 1e-4) == pytest.approx(20, abs=1)
