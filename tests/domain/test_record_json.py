"""A record comes back from its JSON form with every bit; what is wrong with one is named."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RecordError, RunRecord, Versions
from lora_gui.domain.record_json import record_from_dict, record_from_json, record_to_dict, record_to_json

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FIGURES = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Change, ...]:
    fields = {
        "learning_rate": st.floats(0, 1_000_000),
        "scaling": st.floats(0, 1000),
        "epochs": st.integers(1, 10_000_000),
    }
    epochs = sorted(draw(st.lists(st.integers(0, 10_000), max_size=5)))
    names = [draw(st.sampled_from(list(fields))) for _ in epochs]
    return tuple(Change(epoch, name, draw(fields[name])) for epoch, name in zip(epochs, names, strict=True))


@st.composite
def records(draw: st.DrawFn) -> RunRecord:
    losses = draw(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=20))
    marks = sorted(draw(st.sets(st.integers(1, len(losses)))) | {len(losses)}) if losses else []
    seconds = sorted(draw(st.lists(st.floats(0, 1e9), min_size=len(marks), max_size=len(marks))))
    evaluation = st.builds(Evaluation, st.integers(0, 1000), FIGURES, st.none() | st.floats(0, 1))
    return RunRecord(
        config=RunConfig(
            rank=draw(st.integers(1, 10)),
            scaling=draw(st.floats(0, 1000)),
            task=draw(st.sampled_from(["random", "low_rank", "digits"])),
            train_bias=draw(st.booleans()),
        ),
        started=draw(st.datetimes(timezones=st.just(UTC))),
        outcome=draw(st.sampled_from(Outcome)),
        device=draw(WORDS),
        versions=Versions(*draw(st.tuples(WORDS, WORDS, WORDS))),
        floor=draw(st.none() | FIGURES),
        name=draw(WORDS),
        pinned=draw(st.booleans()),
        notes=draw(WORDS),
        changes=draw(changes()),
        losses=np.array(losses, np.float32),
        evaluations=tuple(draw(st.lists(evaluation, max_size=3))),
        clock=tuple(zip(marks, seconds, strict=True)),
    )


@given(records())
def test_every_part_comes_back(record: RunRecord) -> None:
    back = record_from_json(record_to_json(record))
    assert back.losses.tobytes() == record.losses.tobytes()
    for name in RunRecord.__dataclass_fields__:
        if name != "losses":
            assert getattr(back, name) == getattr(record, name)
    # A whole-numbered setting stays whole, or no trainer would take it.
    assert [type(change.value) for change in back.changes] == [type(c.value) for c in record.changes]


def whole_record() -> dict[str, Any]:
    return record_to_dict(
        RunRecord(
            config=RunConfig(),
            started=datetime(2026, 1, 31, tzinfo=UTC),
            outcome=Outcome.FINISHED,
            device="CPU",
            versions=Versions("3.11", "2.13", "0.1"),
            losses=np.array([2.0, 1.0], np.float32),
            changes=(Change(1, "scaling", 2.0),),
            evaluations=(Evaluation(1, 2.0, 0.5),),
            clock=((2, 1.0),),
        )
    )


def test_it_says_what_a_terminal_run_says() -> None:
    values = whole_record()
    assert values["parameters"] == {"frozen": 640, "trainable": 306, "total": 946}
    assert values["losses"] == [2.0, 1.0]
    assert values["seconds"] == 1.0
    assert RunConfig.from_dict(values["config"]) == RunConfig()


def test_a_setting_that_did_not_exist_yet_has_its_default() -> None:
    values = whole_record()
    del values["config"]["optimizer"]
    assert record_from_dict(values).config == RunConfig()


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["format"], 2, "format"),
        (["config", "rank"], 0, "rank"),
        (["config", "colour"], "red", "colour"),
        (["config"], [], "config"),
        (["parameters", "total"], 947, "parameters"),
        (["seconds"], 2.0, "seconds"),
        (["outcome"], "won", "outcome"),
        (["started"], "yesterday", "started"),
        (["started"], "2026-01-31T12:00:00", "started"),
        (["started"], "0001-01-01T00:00:00+23:00", "started"),
        (["versions", "torch"], 2.13, "versions.torch"),
        (["pinned"], 1, "pinned"),
        (["name"], "\ud800", "name"),
        (["floor"], "low", "floor"),
        (["losses"], "many", "losses"),
        (["losses", 1], "1.0", "losses[1]"),
        (["losses", 1], None, "losses[1]"),
        (["losses", 1], True, "losses[1]"),
        (["losses", 1], 1e39, "losses[1]"),
        (["losses", 1], 10**400, "losses"),
        (["changes", 0, "epoch"], 1.0, "changes[0].epoch"),
        (["changes", 0, "epoch"], 10**30, "changes[0].epoch"),
        (["changes", 0, "value"], float("inf"), "changes[0].value"),
        (["changes", 0, "field"], "rank", "rank"),
        (["evaluations", 0, "accuracy"], "high", "evaluations[0].accuracy"),
        (["clock", 0], [2], "clock[0]"),
        (["clock", 0, 0], 1, "clock"),
        (["colour"], "red", "colour"),
        (["changes", 0, "colour"], "red", "changes[0].colour"),
    ],
)
def test_what_is_wrong_is_named(path: list[Any], value: object, field: str) -> None:
    values = whole_record()
    part: Any = values
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(ConfigError) as caught:
        record_from_dict(values)
    assert caught.value.field == field
    assert len(str(caught.value)) < 300


def test_what_is_missing_is_named() -> None:
    for part in whole_record():
        values = whole_record()
        del values[part]
        with pytest.raises(RecordError, match=f"{part}: .* must be given"):
            record_from_dict(values)


JUNK: list[Any] = [None, True, -1, 2**70, float("nan"), "x" * 1000, [], [[]], {"a": 1}]


def test_junk_is_refused_or_kept_as_it_is() -> None:
    refused = 0
    for part in whole_record():
        for junk in JUNK:
            values = {**whole_record(), part: junk}
            try:
                record = record_from_dict(values)
            except ConfigError:
                refused += 1
            else:
                assert json.loads(record_to_json(record))[part] == junk
    assert refused > 100


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match=r"record: .* must be a JSON object"):
        record_from_json(text)


@pytest.mark.parametrize("epochs", [0, 1, 10_000, 10_001, 25_000])
def test_long_runs_are_written_piece_by_piece_all_the_same(epochs: int) -> None:
    losses = np.random.default_rng(0).random(epochs).astype(np.float32)
    record = RunRecord(
        config=RunConfig(epochs=max(1, epochs)),
        started=datetime(2026, 1, 31, tzinfo=UTC),
        outcome=Outcome.FINISHED,
        device="CPU",
        versions=Versions("3", "2", "1"),
        losses=losses,
        clock=((epochs, 1.0),) if epochs else (),
    )
    assert json.loads(record_to_json(record)) == record_to_dict(record)
    assert record_from_json(record_to_json(record)).losses.tobytes() == losses.tobytes()
