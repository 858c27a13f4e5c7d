"""The floor at each rank: read by mouse and keys, and a rank chosen by both."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lora_gui.domain.analysis import Floors
from lora_gui.ui.plots.floor_chart import FloorChart
from lora_gui.ui.theme import theme

LOSSES = np.array([1.3597, 1.2867, 1.2331, 1.1833, 1.1356, 1.0945, 1.0584, 1.0282, 0.9999, 0.9763, 0.9582])
TUTORIAL = Floors(LOSSES, 0.9582, None)
PLANTED = Floors(np.array([1.0, 0.4, 0.1, 0.0025, 0.0024, 0.0023]), 0.0023, 3)


@pytest.fixture
def chart(qtbot: QtBot) -> FloorChart:
    made = FloorChart()
    qtbot.addWidget(made)
    made.resize(180, 260)
    made.show_floors(TUTORIAL, 4)
    made.show()
    qtbot.waitExposed(made)
    return made


def chosen(chart: FloorChart) -> list[int]:
    ranks: list[int] = []
    chart.rank_chosen.connect(ranks.append)
    return ranks


def place_of(chart: FloorChart, rank: int) -> QPoint:
    return chart.point(float(rank), chart.up.low).toPoint() - QPoint(0, 20)


def click(chart: FloorChart, rank: int) -> None:
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place_of(chart, rank))


@pytest.mark.parametrize("rank", [1, 3, 7, 10])
def test_a_click_chooses_the_rank_below_it(chart: FloorChart, rank: int) -> None:
    ranks = chosen(chart)
    click(chart, rank)
    assert ranks == [rank]


def test_rank_zero_cannot_be_chosen_and_the_present_one_need_not(chart: FloorChart) -> None:
    ranks = chosen(chart)
    click(chart, 0)
    assert ranks == [1]
    click(chart, 4)
    assert ranks == [1]
    QTest.mouseClick(chart, Qt.MouseButton.RightButton, pos=place_of(chart, 7))
    assert ranks == [1]


@pytest.mark.parametrize(
    ("key", "rank"),
    [
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Right, 5),
        (Qt.Key.Key_Up, 5),
        (Qt.Key.Key_Down, 3),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_End, 10),
    ],
)
def test_keys_choose_a_rank(chart: FloorChart, key: Qt.Key, rank: int) -> None:
    ranks = chosen(chart)
    QTest.keyClick(chart, key)
    assert ranks == [rank]


def test_keys_stop_at_the_ends(chart: FloorChart) -> None:
    ranks = chosen(chart)
    chart.show_floors(TUTORIAL, 10)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    chart.show_floors(TUTORIAL, 1)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert ranks == []


def test_during_a_run_the_rank_stays_and_the_chart_says_why(chart: FloorChart) -> None:
    ranks = chosen(chart)
    chart.set_running(True)
    click(chart, 7)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert ranks == []
    assert "during a run" in chart.toolTip()
    chart.set_running(False)
    click(chart, 7)
    assert ranks == [7]
    assert "during a run" not in chart.toolTip()


def test_the_mouse_reads_any_rank_and_a_screen_reader_the_present_one(chart: FloorChart) -> None:
    assert chart.accessibleName()
    assert chart.accessibleDescription() == "Rank 4: best loss 1.1356"
    QTest.mouseMove(chart, place_of(chart, 7))
    QApplication.processEvents()
    assert chart.accessibleDescription() == "Rank 7, best loss 1.0282"
    chart.show_floors(PLANTED, 2)
    assert chart.accessibleDescription() == "Rank 2: best loss 0.1, elbow: rank 3"


def test_floors_close_together_get_a_plain_axis(chart: FloorChart) -> None:
    assert not chart.up.log


def test_floors_far_apart_get_a_logarithmic_axis(chart: FloorChart) -> None:
    chart.show_floors(PLANTED, 3)
    assert chart.up.log
    # Without noise they fall to zero, or to the rounding of float32, which has a place as well.
    for last in (0.0, 1e-15):
        chart.show_floors(Floors(np.array([1.0, 0.3, last, 0.0]), 0.0, 2), 1)
        assert chart.up.log
        assert np.isfinite(chart._heights()).all()
        assert not chart.grab().isNull()


def test_the_elbow_is_marked_where_there_is_one(chart: FloorChart) -> None:
    green = QColor(theme().good).rgb()

    def greens() -> int:
        image = chart.grab().toImage()
        return sum(image.pixel(x, y) == green for x in range(image.width()) for y in range(image.height()))

    assert greens() == 0
    chart.show_floors(PLANTED, 1)
    assert greens() > 20


def test_nothing_known_is_nothing_to_choose(chart: FloorChart) -> None:
    ranks = chosen(chart)
    chart.show_floors(None, 4)
    click(chart, 3)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert ranks == []
    assert not chart.grab().isNull()


def test_thousands_of_ranks_are_drawn_too(chart: FloorChart) -> None:
    chart.show_floors(Floors(np.linspace(1, 0, 16_385), 0.0, None), 16_384)
    ranks = chosen(chart)
    click(chart, 8000)
    assert ranks
    assert abs(ranks[0] - 8000) < 200
    assert not chart.grab().isNull()
