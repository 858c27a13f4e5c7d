"""Settings: what is accepted, what is refused and how, and the way to JSON and back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import (
    Choice,
    ConfigError,
    DeviceName,
    Range,
    RunConfig,
    Switch,
    field_names,
    limits,
    parse,
    read_settings,
)


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """Draw any valid config."""
    task = draw(st.sampled_from(["random", "low_rank", "digits"]))
    digits = task == "digits"
    n_in = 64 if digits else draw(st.integers(1, 16_384))
    n_out = 10 if digits else draw(st.integers(1, 16_384))
    samples = draw(st.integers(1, 1297 if digits else 1_000_000))
    return RunConfig(
        task=task,
        in_features=n_in,
        out_features=n_out,
        rank=draw(st.integers(1, min(n_in, n_out))),
        true_rank=draw(st.integers(1, min(n_in, n_out) if task == "low_rank" else 16_384)),
        samples=samples,
        batch_size=draw(st.integers(0, samples)),
        scaling=draw(st.floats(0, 1000)),
        noise=draw(st.floats(0, 1000)),
        learning_rate=draw(st.floats(0, 1e6)),
        epochs=draw(st.integers(1, 10_000_000)),
        seed=draw(st.integers(0, 2_147_483_647)),
        train_bias=draw(st.booleans()),
        init=draw(st.sampled_from(["gaussian", "paper"])),
        optimizer=draw(st.sampled_from(["adam", "adamw", "sgd"])),
        device=draw(st.sampled_from(["cpu", "cuda", "cuda:3", "mps"])),
    )


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
)


@given(configs())
def test_json_and_back_is_the_same_config(config: RunConfig) -> None:
    assert RunConfig.from_json(json.dumps(config.to_dict())) == config


@given(configs(), st.sampled_from(field_names()), ANYTHING)
def test_with_gives_a_valid_config_or_names_the_setting(config: RunConfig, name: str, value: object) -> None:
    if value in config.allowed(name):
        changed = config.with_(name, value)
        assert getattr(changed, name) == value
        assert RunConfig.from_dict(changed.to_dict()) == changed
    else:
        with pytest.raises(ConfigError) as error:
            config.with_(name, value)
        assert error.value.field == name
        assert error.value.value is value


@given(configs(), st.sampled_from([n for n in field_names() if isinstance(limits(n), Range)]))
def test_every_limit_is_itself_allowed_and_one_step_beyond_is_not(config: RunConfig, name: str) -> None:
    allowed = config.allowed(name)
    assert isinstance(allowed, Range)
    for edge, beyond in ((allowed.low, allowed.low - 1), (allowed.high, allowed.high + 1)):
        assert getattr(config.with_(name, edge), name) == edge
        with pytest.raises(ConfigError, match=f"^{name}: "):
            config.with_(name, beyond)


@given(st.sampled_from([n for n in field_names() if isinstance(limits(n), Range)]), st.data())
def test_a_number_written_and_read_is_the_same(name: str, data: st.DataObject) -> None:
    allowed = limits(name)
    assert isinstance(allowed, Range)
    low, high = int(allowed.low), int(allowed.high)
    value: float = data.draw(st.integers(low, high) if allowed.whole else st.floats(low, high))
    assert parse(name, f" {value!r} ") == value


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rank": 11}, "rank: 11 is not allowed; it must be a whole number from 1 to 10"),
        ({"rank": 0}, "rank: 0 is not allowed; it must be a whole number from 1 to 10"),
        ({"rank": 2.0}, "rank: 2.0 is not allowed; it must be a whole number from 1 to 10"),
        ({"rank": True}, "rank: True is not allowed; it must be a whole number from 1 to 10"),
        ({"rank": "4"}, "rank: '4' is not allowed; it must be a whole number from 1 to 10"),
        (
            {"learning_rate": float("nan")},
            "learning_rate: nan is not allowed; it must be a number from 0 to 1,000,000",
        ),
        (
            {"learning_rate": -0.1},
            "learning_rate: -0.1 is not allowed; it must be a number from 0 to 1,000,000",
        ),
        ({"scaling": float("inf")}, "scaling: inf is not allowed; it must be a number from 0 to 1,000"),
        ({"scaling": None}, "scaling: None is not allowed; it must be a number from 0 to 1,000"),
        ({"init": "zero"}, "init: 'zero' is not allowed; it must be one of gaussian, paper"),
        ({"init": ["paper"]}, "init: ['paper'] is not allowed; it must be one of gaussian, paper"),
        ({"train_bias": 1}, "train_bias: 1 is not allowed; it must be true or false"),
        ({"device": "tpu"}, "device: 'tpu' is not allowed; it must be cpu, cuda, cuda:N or mps"),
        ({"batch_size": 1001}, "batch_size: 1001 is not allowed; it must be a whole number from 0 to 1,000"),
        ({"task": "digits", "in_features": 65}, "in_features: 65 is not allowed; it must be exactly 64"),
        (
            {"task": "digits", "samples": 1298},
            "samples: 1298 is not allowed; it must be a whole number from 1 to 1,297",
        ),
        (
            {"task": "low_rank", "true_rank": 11},
            "true_rank: 11 is not allowed; it must be a whole number from 1 to 10",
        ),
        ({"alpha": 8}, "alpha: 8 is not allowed; it must be left out: there is no such setting"),
    ],
)
def test_errors_name_setting_value_and_limits(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        RunConfig.from_dict(values)
    assert str(error.value) == message


def test_an_integer_too_large_for_a_float_is_refused_like_any_other() -> None:
    for name in ("scaling", "rank"):
        with pytest.raises(ConfigError, match=f"^{name}: 1000"):
            RunConfig.from_dict({name: 10**400})


def test_whole_numbers_become_floats_where_the_setting_is_one() -> None:
    config = RunConfig(scaling=2, learning_rate=1)
    assert isinstance(config.scaling, float)
    assert config == RunConfig(scaling=2.0, learning_rate=1.0)


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", "null", '"rank"', "[" * 100_000])
def test_text_that_is_no_object_of_settings_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="JSON object of settings") as error:
        RunConfig.from_json(text)
    assert len(str(error.value)) < 300
    assert "\n" not in str(error.value)


def test_settings_can_be_read_without_filling_in_the_rest() -> None:
    assert read_settings('{"rank": 2}') == {"rank": 2}
    assert RunConfig.from_json('{"rank": 2}') == RunConfig(rank=2)


def test_shrinking_the_layer_brings_the_ranks_with_it() -> None:
    config = RunConfig(in_features=100, out_features=100, rank=50, true_rank=60, task="low_rank")
    smaller = config.with_("out_features", 20)
    assert (smaller.rank, smaller.true_rank) == (20, 20)
    assert smaller.with_("out_features", 100).rank == 20


def test_fewer_samples_bring_the_batch_size_with_them() -> None:
    assert RunConfig(batch_size=500).with_("samples", 100).batch_size == 100


def test_digits_fix_the_sizes() -> None:
    config = RunConfig(in_features=100, out_features=100, rank=50, samples=5000, batch_size=2000)
    digits = config.with_("task", "digits")
    assert (digits.in_features, digits.out_features, digits.rank) == (64, 10, 10)
    assert (digits.samples, digits.batch_size) == (1297, 1297)
    with pytest.raises(ConfigError, match="exactly 64"):
        digits.with_("in_features", 32)


def test_the_planted_rank_is_bounded_only_where_it_is_used() -> None:
    assert RunConfig(true_rank=500).true_rank == 500
    assert RunConfig(true_rank=500).with_("task", "low_rank").true_rank == 10


def test_defaults_are_the_tutorials() -> None:
    config = RunConfig()
    assert (config.in_features, config.out_features, config.rank, config.samples) == (64, 10, 4, 1000)
    assert (config.seed, config.learning_rate, config.epochs, config.init) == (42, 0.01, 10, "gaussian")


def test_configs_are_values() -> None:
    assert replace(RunConfig(), rank=3) == RunConfig(rank=3)
    assert len({RunConfig(), RunConfig(), RunConfig(rank=3)}) == 2


@pytest.mark.parametrize("text", ["yes", "TRUE", "on", "1"])
def test_switches_are_read(text: str) -> None:
    assert parse("train_bias", text) is True


@pytest.mark.parametrize(
    ("name", "text"),
    [("rank", "four"), ("rank", "4.5"), ("scaling", "0,5"), ("train_bias", "maybe"), ("rank", "")],
)
def test_text_that_cannot_be_read_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(name, text)
    assert (error.value.field, error.value.value) == (name, text)


def test_every_setting_has_limits_of_a_known_kind() -> None:
    for name in field_names():
        assert isinstance(limits(name), Range | Choice | Switch | DeviceName)


@pytest.mark.parametrize("name", ["cuda:", "cuda:-1", "cuda:x", "CPU", "", "mps:0", "cpu:0", 0])
def test_names_that_are_no_device(name: object) -> None:
    assert name not in DeviceName()
