"""A record holds together, and tells where a replay differs from it."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.progress import Change
from lora_gui.domain.record import Outcome, RecordError, RunRecord, Versions, verify
from lora_gui.domain.run import RunState

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LOSSES = np.array([3.0, 2.5, 2.25], np.float32)


def record(**parts: object) -> RunRecord:
    values = {
        "config": RunConfig(),
        "started": NOON,
        "outcome": Outcome.STOPPED,
        "device": "CPU",
        "versions": Versions("3.11.0", "2.13.0", "0.1.0"),
        "losses": LOSSES,
        "clock": ((3, 1.5),),
    }
    return RunRecord(**{**values, **parts})  # type: ignore[arg-type]


def test_every_end_of_a_run_is_an_outcome() -> None:
    ends = (RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED, RunState.FAILED)
    assert [Outcome(end) for end in ends] == list(ends)  # type: ignore[comparison-overlap]


def test_a_record_does_not_change_with_the_array_it_was_made_from() -> None:
    losses = LOSSES.copy()
    kept = record(losses=losses)
    losses[0] = 7
    assert kept.losses[0] == 3
    with pytest.raises(ValueError, match="read-only"):
        kept.losses[0] = 7


def test_it_counts_what_its_config_trains() -> None:
    assert record().counts == ParameterCounts.of(RunConfig())


def test_times_are_kept_in_utc() -> None:
    local = datetime(2026, 1, 31, 14, tzinfo=timezone(timedelta(hours=2)))
    assert record(started=local).started.isoformat() == "2026-01-31T12:00:00+00:00"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"losses": [1.0, np.nan, 2.0]}, "losses[1]"),
        ({"losses": [1.0, 2.0, 1e39]}, "losses[2]"),
        ({"started": datetime(2026, 1, 31)}, "started"),
        ({"clock": ()}, "clock"),
        ({"clock": ((2, 1.0),)}, "clock"),
        ({"clock": ((2, 1.0), (2, 1.0), (3, 1.0))}, "clock"),
        ({"clock": ((2, 1.0), (3, 0.5))}, "clock"),
        ({"clock": ((3, np.nan),)}, "clock"),
        ({"changes": (Change(2, "scaling", 2.0), Change(1, "scaling", 3.0))}, "changes"),
        ({"changes": (Change(-1, "scaling", 2.0),)}, "changes"),
    ],
)
def test_a_record_that_makes_no_sense_cannot_be_made(parts: dict[str, object], field: str) -> None:
    with pytest.raises(RecordError) as caught:
        record(**parts)
    assert caught.value.field == field


@pytest.mark.parametrize("change", [Change(1, "rank", 2), Change(1, "learning_rate", -1.0)])
def test_a_change_that_no_run_could_make_is_refused(change: Change) -> None:
    with pytest.raises(ConfigError) as caught:
        record(changes=(change,))
    assert caught.value.field == change.field


def test_a_run_took_the_seconds_of_its_last_mark() -> None:
    assert record(clock=((1, 1.0), (3, 2.0))).seconds == 2.0
    assert record(losses=[], clock=()).seconds == 0.0


def test_the_same_losses_verify_also_in_double_precision() -> None:
    assert verify(record(), LOSSES) is None
    assert verify(record(), LOSSES.astype(np.float64)) is None
    assert verify(record(losses=[], clock=()), []) is None


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_one_bit_is_a_difference_at_its_epoch(epoch: int) -> None:
    other = LOSSES.copy()
    other.view(np.uint32)[epoch - 1 :] ^= 1
    assert verify(record(), other) == epoch


def test_losses_that_end_sooner_or_later_differ_there() -> None:
    assert verify(record(), LOSSES[:2]) == 3
    assert verify(record(), [*LOSSES, 2.0]) == 4
    assert verify(record(), []) == 1
