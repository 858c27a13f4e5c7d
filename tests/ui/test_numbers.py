"""Numbers in the person's locale: by hand in English and German, by search for what must always hold."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from lora_gui.ui import numbers


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("share", "text"),
    [(306 / 946, "32.35 %"), (0, "0.00 %"), (1, "100.00 %"), (0.0001831, "0.0183 %"), (2 / 3, "66.67 %")],
)
def test_percent(share: float, text: str) -> None:
    assert numbers.percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(243.70670318603516, "243.7067"), (0, "0.0000"), (1.2e-7, "1.200e-07"), (3.4e38, "3.400e+38")],
)
def test_loss(value: float, text: str) -> None:
    assert numbers.loss(value) == text


def test_what_is_not_finite_has_a_sign() -> None:
    assert [numbers.loss(v) for v in (float("nan"), float("inf"), -float("inf"))] == ["NaN", "∞", "−∞"]
    assert numbers.duration(float("inf")) == "∞"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (2.4, "0:02"),
        (59.6, "1:00"),
        (3599.5, "1:00:00"),
        (3723, "1:02:03"),
        (86_400 * 3 + 3600 * 4, "3 d 4 h"),
    ],
)
def test_duration(qtbot: QtBot, seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (650 / 306, "2.12"),
        (61_234.5, "61,200"),
        (0, "0"),
        (0.5, "0.500"),
        (99.99, "100"),
        (3.55e22, "3.55e+22"),
    ],
)
def test_figures(value: float, text: str) -> None:
    assert numbers.figures(value) == text


def test_size() -> None:
    assert [numbers.size(n) for n in (946, 3784, 3 * 2**30)] == ["946 bytes", "3.7 KiB", "3.0 GiB"]


def test_a_german_reads_german_numbers() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    assert numbers.count(268_435_456) == "268.435.456"
    assert numbers.percent(306 / 946) == "32,35 %"
    assert numbers.loss(243.7067) == "243,7067"
    assert numbers.plain(0.01) == "0,01"


@given(st.integers(0, 2**62))
def test_counts_are_never_rounded(value: int) -> None:
    assert int(numbers.count(value).replace(",", "")) == value


@given(st.floats(1e-9, 1, exclude_min=True))
def test_a_share_that_is_not_zero_never_reads_as_zero(share: float) -> None:
    shown = float(numbers.percent(share).removesuffix(" %"))
    assert shown == pytest.approx(100 * share, rel=0.006)


@given(st.floats(1e-6, 1e15))
def test_three_figures_are_within_half_a_percent(value: float) -> None:
    assert float(numbers.figures(value).replace(",", "")) == pytest.approx(value, rel=0.0051)
