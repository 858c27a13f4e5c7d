import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from lora_gui.ui.number_entry import (
    is_unfinished,
    read_number,
    show_number,
    step_125,
    step_125_whole,
    step_by_tenth,
    step_doubling,
)

LOCALES = ["C", "en_US", "de_DE", "de_CH", "fr_FR", "ar_EG", "hi_IN", "ja_JP"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("text", "value"), [("0.01", 0.01), ("1e-3", 0.001), ("3e-05", 3e-5), (" 2 ", 2.0)])
def test_plain_decimals_are_read_in_every_locale(locale: str, text: str, value: float) -> None:
    assert read_number(text, QLocale(locale), whole=False) == value


@pytest.mark.parametrize(
    ("locale", "text", "whole", "value"),
    [
        ("de_DE", "0,01", False, 0.01),
        ("de_DE", "1.000", False, 1.0),
        ("de_DE", "1.000", True, 1000),
        ("de_DE", "1.000.000", False, 1e6),
        ("en_US", "1,000", False, 1000.0),
        ("en_US", "1,000", True, 1000),
        ("fr_FR", "10 000", True, 10_000),
        ("en_US", "1e3", True, 1000),
        ("en_US", "4.0", True, 4),
    ],
)
def test_groups_and_commas_are_read_where_they_have_one_meaning(
    locale: str, text: str, whole: bool, value: float
) -> None:
    read = read_number(text, QLocale(locale), whole=whole)
    assert read == value
    assert isinstance(read, int) is whole


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e400", "0,01", "1_0", "0x10", "1e", "--1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        read_number(text, QLocale("en_US"), whole=False)


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(ValueError, match=r"2\.5"):
        read_number("2.5", QLocale.c(), whole=True)


@given(st.sampled_from(LOCALES), st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_shown_reads_back_exactly(locale: str, value: float) -> None:
    assert read_number(show_number(value, QLocale(locale)), QLocale(locale), whole=False) == value


@given(st.sampled_from(LOCALES), st.integers(0, 2**31 - 1), st.booleans())
def test_whole_numbers_read_back(locale: str, value: int, grouped: bool) -> None:
    text = show_number(value, QLocale(locale), grouped=grouped)
    assert read_number(text, QLocale(locale), whole=True) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.01, "0.01"),
        (1e-4, "0.0001"),
        (3e-5, "3e-05"),
        (1e6, "1000000"),
        (0.0, "0"),
        (0.1, "0.1"),
    ],
)
def test_no_digit_too_many_is_shown(value: float, text: str) -> None:
    assert show_number(value, QLocale.c()) == text


def test_unfinished_numbers_are_told_from_wrong_ones() -> None:
    assert all(is_unfinished(text) for text in ("", "1e", "1e-", "0.", ".", "-"))
    assert not any(is_unfinished(text) for text in ("abc", "1e-x", "1 2", "1.2.3"))


def test_the_ladder_climbs_by_1_2_5() -> None:
    values = [0.001]
    while values[-1] < 1:
        values.append(step_125(values[-1], 1))
    assert values == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    assert step_125(0.03, 1) == 0.05
    assert step_125(0.03, -1) == 0.02
    assert step_125(0.01, -3) == 0.001
    assert step_125(1e-8, -1) == 0
    assert step_125(0.0, 1) == 1e-8


def test_whole_ladders_reach_zero_and_leave_it() -> None:
    assert [step_125_whole(v, 1) for v in (0, 1, 2, 7, 1000)] == [1, 2, 5, 10, 2000]
    assert [step_125_whole(v, -1) for v in (1, 2, 7, 1000)] == [0, 1, 5, 500]
    assert [step_doubling(v, 1) for v in (0, 1, 2, 3, 64)] == [1, 2, 4, 4, 128]
    assert [step_doubling(v, -1) for v in (0, 1, 2, 3, 5, 64)] == [0, 0, 1, 2, 4, 32]


def test_tenths_stay_exact() -> None:
    value = 1.0
    for _ in range(20):
        value = step_by_tenth(value, 1)
    assert value == 3.0
    assert step_by_tenth(0.25, 1) == 0.3
    assert step_by_tenth(0.25, -1) == 0.2
    assert step_by_tenth(0.3, -1) == 0.2
    assert step_by_tenth(0.0, -1) == 0.0


@given(st.floats(0, 1e6), st.sampled_from([step_125, step_125_whole, step_by_tenth, step_doubling]))
def test_steps_go_where_they_point(value: float, step: object) -> None:
    assert callable(step)
    whole = step in (step_125_whole, step_doubling)
    start = math.floor(value) if whole else value
    assert step(start, 1) > start
    assert step(start, -1) < start or step(start, -1) == 0
