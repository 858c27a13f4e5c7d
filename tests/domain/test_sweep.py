"""Sweeps as values: which runs they are, and what is refused before anything runs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.sweep import MOST_RUNS, Axis, Sweep, swept_fields
from lora_gui.domain.sweep_values import is_several, parse_values

BASE = RunConfig(in_features=12, out_features=8, samples=30, rank=2, seed=7)
RANKS = Axis("rank", (1, 2, 4))
NOISE = Axis("noise", (0.0, 0.5))


def test_every_combination_with_every_seed_seeds_fastest() -> None:
    sweep = Sweep(BASE, (RANKS, NOISE), seeds=2)
    assert sweep.count == len(sweep.configs) == 12
    settings = [(c.rank, c.noise, c.seed) for c in sweep.configs]
    assert settings == [(r, n, s) for r in (1, 2, 4) for n in (0.0, 0.5) for s in (7, 8)]
    assert {replace(c, rank=2, noise=BASE.noise, seed=7) for c in sweep.configs} == {BASE}
    assert sweep.point(sweep.configs[-1]) == (4, 0.5)


def test_seeds_alone_are_a_sweep() -> None:
    assert [c.seed for c in Sweep(BASE, seeds=3).configs] == [7, 8, 9]


def test_a_run_that_is_not_allowed_is_named_before_anything_runs() -> None:
    with pytest.raises(ConfigError, match=r"rank: 9 is not allowed; it must be a whole number from 1 to 8"):
        Sweep(BASE, (Axis("rank", (1, 9)),))


def test_an_axis_over_sizes_is_checked_against_the_rank() -> None:
    with pytest.raises(ConfigError, match=r"rank: 2 is not allowed.* exactly 1"):
        Sweep(BASE, (Axis("in_features", (12, 1)),))


@pytest.mark.parametrize(
    ("axes", "seeds", "named"),
    [
        ((RANKS, RANKS), 1, "axes"),
        ((RANKS, NOISE, Axis("scaling", (1.0, 2.0))), 1, "axes"),
        ((RANKS,), 0, "seeds"),
        ((RANKS,), True, "seeds"),
        ((Axis("epochs", tuple(range(1, 1000))),), 1000, "runs"),
    ],
)
def test_what_is_no_sweep(axes: tuple[Axis, ...], seeds: int, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Sweep(BASE, axes, seeds)
    assert caught.value.field == named


def test_seeds_stay_inside_their_limits() -> None:
    with pytest.raises(ConfigError, match="seed: 2147483648 is not allowed"):
        Sweep(replace(BASE, seed=2_147_483_647), seeds=2)


@pytest.mark.parametrize(
    ("field", "values", "named"),
    [
        ("seed", (1, 2), "axis"),
        ("device", ("cpu",), "axis"),
        ("nonsense", (1,), "axis"),
        ("rank", (), "rank"),
        ("rank", (1, 2, 1), "rank"),
        ("rank", (1.5,), "rank"),
        ("init", ("zeros",), "init"),
    ],
)
def test_what_is_no_axis(field: str, values: tuple[object, ...], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Axis(field, values)
    assert caught.value.field == named


def test_the_fields_people_ask_for_can_be_swept() -> None:
    assert {"rank", "scaling", "learning_rate", "init", "noise"} <= set(swept_fields())
    Sweep(PRESETS["planted"], (Axis("init", ("gaussian", "paper")), Axis("learning_rate", (0.1, 0.2))))
    assert MOST_RUNS >= 10_000


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("rank", "1:5", (1, 2, 3, 4, 5)),
        ("rank", " 1 , 2, 4", (1, 2, 4)),
        ("rank", "1:9:3", (1, 4, 7)),
        ("rank", "1:4,8,16", (1, 2, 3, 4, 8, 16)),
        ("rank", "1:3,2:4", (1, 2, 3, 4)),
        ("rank", "1:20:x2", (1, 2, 4, 8, 16)),
        ("rank", "7", (7,)),
        ("scaling", "0:1:0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("noise", "0:0.3:0.1", (0.0, 0.1, 0.2, 0.3)),
        ("learning_rate", "1e-4:1e-1:x10", (0.0001, 0.001, 0.01, 0.1)),
        ("learning_rate", "0.1,0.01", (0.1, 0.01)),
        ("init", "gaussian,paper", ("gaussian", "paper")),
        ("train_bias", "yes,no", (True, False)),
    ],
)
def test_values_from_text(field: str, text: str, values: tuple[object, ...]) -> None:
    assert parse_values(field, text) == values
    assert is_several(text) == (len(values) > 1)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("rank", text) for text in ("", "1,", ":", "1:", "a:b", "5:1", "1:5:0", "1:5:-1", "1:5:x1")),
        *(("rank", text) for text in ("0:3", "1:2:0.5", "1:1000000", "1:2:3:4", "1:nan", "nan:2", "1:inf")),
        ("scaling", "0:1"),  # by which step?
        ("scaling", "0:1:x2"),
        ("scaling", "-1,1"),
        ("init", "gaussian:paper"),
        ("init", "gaussian,zeros"),
    ],
)
def test_text_that_is_no_list_of_values_is_named(field: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_values(field, text)
    assert caught.value.field == field


@given(st.integers(1, 50), st.integers(0, 40), st.integers(1, 7))
def test_a_range_is_pythons_with_its_end(first: int, length: int, step: int) -> None:
    expected = tuple(range(first, first + length + 1, step))
    assert parse_values("rank", f"{first}:{first + length}:{step}") == expected
