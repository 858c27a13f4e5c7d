"""The drawings of a sweep: what they point at, open, mark and say, in either theme."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lora_gui.domain.spots import Spot, Spread, spots
from lora_gui.ui.plots.sequential import Shades
from lora_gui.ui.plots.sweep_map import SweepMap
from lora_gui.ui.plots.sweep_plot import SweepPlot
from lora_gui.ui.plots.sweep_scale import Scale, loss_axis
from lora_gui.ui.theme import theme, theme_switch
from tests.ui.sweeps import PAIRS, RANKS, results

RANK = Scale("Rank r", ("1", "2", "3", "4"), (1, 2, 3, 4))
THREE = Scale("Rank r", ("1", "2", "3"), (1, 2, 3))
RATE = Scale("Learning rate", ("0.01", "0.1"), (0.01, 0.1), log=True)


@pytest.fixture
def plot(qtbot: QtBot) -> SweepPlot:
    plot = SweepPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show_spots(RANK, spots(RANKS, results(RANKS)), elbow=2)
    plot.show()
    return plot


def pairs(diverges: bool = False) -> list[Spot]:
    """Return the spots of PAIRS with the learning rate rising; if asked, rank 3 diverges at 0.1."""
    found = spots(PAIRS, results(PAIRS, lambda c: diverges and c.learning_rate == 0.1 and c.rank == 3))
    return [found[2 * rank + rate] for rank in range(3) for rate in (1, 0)]


@pytest.fixture
def heat_map(qtbot: QtBot) -> SweepMap:
    heat_map = SweepMap()
    qtbot.addWidget(heat_map)
    heat_map.resize(500, 300)
    heat_map.show_spots(THREE, RATE, pairs(), elbow="3")
    heat_map.show()
    return heat_map


def keys(widget: QWidget, *names: str) -> None:
    for name in names:
        QTest.keyClick(widget, getattr(Qt.Key, f"Key_{name}"))


def caught(widget: SweepPlot | SweepMap) -> list[int]:
    found: list[int] = []
    widget.opened.connect(found.append)
    return found


def has_colour(image: QImage, name: str) -> bool:
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    values = np.frombuffer(pixels.constBits(), np.uint32)
    return bool((values == QColor(name).rgb()).any())


def test_arrows_go_from_value_to_value_and_from_seed_to_seed(plot: SweepPlot) -> None:
    opened = caught(plot)
    keys(plot, "Right", "Right")
    assert plot.pointed == 1
    assert "Rank r 2" in plot.accessibleDescription()
    assert "seed 42" in plot.accessibleDescription()
    keys(plot, "Up", "Return")
    assert "seed 43" in plot.accessibleDescription()
    # The second seed at the second of four values with three seeds each.
    assert opened == [4]
    keys(plot, "Up", "Up", "Up", "Enter", "Home", "Space")
    assert opened == [4, 5, 2]


def test_a_click_opens_the_run_that_is_nearest(plot: SweepPlot) -> None:
    opened = caught(plot)
    spot = plot.spots[2]
    run = spot.runs[1]
    assert run is not None
    height = float(plot.up.place(np.array([run.final]))[0])
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.point(3, height).toPoint())
    assert opened == [spot.first + 1]


def test_the_reading_has_mean_band_and_floor(plot: SweepPlot) -> None:
    title, rows = plot.reading(3)
    assert title == "Rank r 4"
    said = {row.name: row.value for row in rows}
    assert said == {
        "seed 42": "0.0110", "mean": "0.0120", "min – max": "0.0110 – 0.0130", "best possible": "0.0100",
    }  # fmt: skip
    plot.show_spots(RANK, plot.spots, spread=Spread.DEVIATION)
    assert {r.name: r.value for r in plot.reading(3)[1]}["mean ± std"] == "0.0110 – 0.0130"


def test_the_elbow_is_pointed_out_to_eyes_and_ears(plot: SweepPlot) -> None:
    assert "elbow: rank 3" in plot.accessibleDescription()
    with_elbow = plot.grab().toImage()
    assert has_colour(with_elbow, theme().good)
    plot.show_spots(RANK, plot.spots)
    assert not has_colour(plot.grab().toImage(), theme().good)
    assert "elbow" not in plot.accessibleDescription()


def test_a_run_that_diverged_is_marked_and_can_be_opened(plot: SweepPlot) -> None:
    assert not has_colour(plot.grab().toImage(), theme().error)
    plot.show_spots(RANK, spots(RANKS, results(RANKS, lambda c: c.rank == 4 and c.seed != 42)))
    assert has_colour(plot.grab().toImage(), theme().error)
    opened = caught(plot)
    keys(plot, "End", "Up", "Return")
    assert "diverged 2 of 3" in plot.accessibleDescription()
    assert opened == [10]
    assert plot.spots[3].mean == pytest.approx(0.011)


def test_where_all_diverged_nothing_else_breaks(plot: SweepPlot) -> None:
    plot.show_spots(RANK, spots(RANKS, results(RANKS, lambda c: True)))
    keys(plot, "Right")
    assert "diverged 3 of 3" in plot.accessibleDescription()
    assert has_colour(plot.grab().toImage(), theme().error)


def test_runs_to_come_leave_the_place_that_is_pointed_at(plot: SweepPlot) -> None:
    some = {index: run for index, run in results(RANKS).items() if index < 2}
    plot.show_spots(RANK, spots(RANKS, some))
    keys(plot, "Right", "Up")
    before = plot.accessibleDescription()
    assert "seed 43" in before
    plot.show_spots(RANK, spots(RANKS, results(RANKS)))
    assert plot.pointed == 0
    assert "seed 43" in plot.accessibleDescription()
    keys(plot, "End")
    assert "not trained yet" not in plot.accessibleDescription()
    plot.show_spots(THREE, spots(RANKS, results(RANKS))[:3])
    assert plot.pointed is None


def test_words_stand_side_by_side_and_numbers_by_their_size() -> None:
    words = Scale("Initialise", ("Gaussian", "Paper"))
    assert words.places.tolist() == [0, 1]
    assert not words.is_log
    assert RATE.places.tolist() == pytest.approx([-2, -1])
    assert RANK.places.tolist() == [1, 2, 3, 4]
    with_zero = Scale("Learning rate", ("0", "0.1"), (0.0, 0.1), log=True)
    assert with_zero.places.tolist() == [0.0, 0.1]


def test_numbers_along_the_axis_never_touch(plot: SweepPlot) -> None:
    many = Scale("Rank r", tuple(map(str, range(1, 201))), tuple(range(1, 201)))
    ticks = many.ticks(300, plot.metrics)
    low, high, *_ = many.axis
    pixels = [(tick.position - low) / (high - low) * 300 for tick in ticks]
    halves = [plot.metrics.horizontalAdvance(tick.text) / 2 for tick in ticks]
    assert 3 < len(ticks) < 30
    for left, right, a, b in zip(pixels[:-1], pixels[1:], halves[:-1], halves[1:], strict=True):
        assert left + a < right - b


@pytest.mark.parametrize(
    ("losses", "log"),
    [([1.0, 2.0], False), ([0.01, 1.0], True), ([0.0, 5.0], True), ([3.0], False), ([np.nan], False)],
)
def test_losses_far_apart_get_a_logarithmic_axis(losses: list[float], log: bool) -> None:
    axis = loss_axis(np.array(losses))
    assert axis.log is log
    assert axis.low < axis.high
    assert np.isfinite([axis.low, axis.high]).all()


def test_a_cell_is_read_by_keys_and_opened_by_enter_and_click(heat_map: SweepMap) -> None:
    opened = caught(heat_map)
    keys(heat_map, "Right", "Right", "Up")
    assert heat_map.pointed == (1, 1)
    assert heat_map.accessibleDescription().startswith("Rank r 2, Learning rate 0.1")
    keys(heat_map, "Return")
    QTest.mouseClick(heat_map, Qt.MouseButton.LeftButton, pos=heat_map.cell_rect((2, 0)).center().toPoint())
    # Rank 2 with 0.1, which was typed first; rank 3 with 0.01; two seeds each.
    assert [(PAIRS.configs[i].rank, PAIRS.configs[i].learning_rate) for i in opened] == [(2, 0.1), (3, 0.01)]
    keys(heat_map, "Escape")
    assert heat_map.pointed is None


def test_the_mouse_reads_cells_and_nothing_beside_them(heat_map: SweepMap) -> None:
    QTest.mouseMove(heat_map, heat_map.cell_rect((0, 1)).center().toPoint())
    assert heat_map.pointed == (0, 1)
    assert heat_map.cell_at(QPointF(1, 1)) is None
    opened = caught(heat_map)
    QTest.mouseClick(heat_map, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert opened == []


def test_cells_tile_the_map(heat_map: SweepMap) -> None:
    for column in range(3):
        for row in range(2):
            assert heat_map.cell_at(heat_map.cell_rect((column, row)).center()) == (column, row)


def test_a_cell_that_diverged_is_hatched_and_said(heat_map: SweepMap) -> None:
    assert not has_colour(heat_map.grab().toImage(), theme().error)
    heat_map.show_spots(THREE, RATE, pairs(diverges=True))
    assert has_colour(heat_map.grab().toImage(), theme().error)
    heat_map.point_at((2, 1))
    assert "diverged 2 of 2" in heat_map.accessibleDescription()


def test_colours_rise_in_lightness_and_carry_readable_ink() -> None:
    shades = Shades(np.array([0.001, 1.0, np.nan]))
    assert shades.log
    colours = [shades.colour(float(value)) for value in np.geomspace(0.001, 1.0, 20)]
    grey = [
        0.2126 * c.redF() ** 2.2 + 0.7152 * c.greenF() ** 2.2 + 0.0722 * c.blueF() ** 2.2 for c in colours
    ]
    assert grey == sorted(grey)
    assert len(set(grey)) == 20
    assert shades.ink(shades.colour(1.0)) == QColor("#000000")
    assert shades.ink(shades.colour(0.001)) == QColor("#ffffff")


def test_one_value_alone_has_a_colour() -> None:
    assert Shades(np.array([2.0])).colour(2.0).isValid()
    assert Shades(np.array([2.0])).texts == ("2.0000",)


@pytest.mark.parametrize("make", ["plot", "heat_map"])
def test_both_wear_the_theme_at_once(make: str, request: pytest.FixtureRequest) -> None:
    widget: QWidget = request.getfixturevalue(make)
    look: Callable[[], QImage] = lambda: widget.grab().toImage()  # noqa: E731
    theme_switch().choose("light")
    light = look()
    theme_switch().choose("dark")
    try:
        assert look() != light
        assert has_colour(look(), theme().line)
    finally:
        theme_switch().choose("system")
