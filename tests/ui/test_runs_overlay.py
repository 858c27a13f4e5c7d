import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.history import LossHistory, View
from lora_gui.ui.plots.canvas import Canvas
from lora_gui.ui.plots.clock import Clock
from lora_gui.ui.plots.loss_plot import LossPlot
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.overlaid import OverlayRun
from lora_gui.ui.plots.overlay import Overlay
from lora_gui.ui.plots.palette import COLOURS, overlay_pen
from lora_gui.ui.theme import DARK, LIGHT, Theme, theme_switch

Floats = NDArray[np.float64]

LINEAR = PlotOptions(log_y=False)

# Machado, Oliveira and Fernandes (2009), table 1 at severity 1, for linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def overlay(run_id: str, losses: object, slot: int, seconds: float = 1.0, name: str = "") -> OverlayRun:
    values = np.asarray(losses, np.float32)
    return OverlayRun(run_id, name or run_id, values, ((len(values), seconds),), slot)


def history(losses: object, clock: tuple[tuple[int, float], ...] = ()) -> LossHistory:
    made = LossHistory()
    made.append(np.asarray(losses, np.float64))
    made.clock.extend(clock)
    return made


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[LossPlot]:
    theme_switch().choose("light")
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.apply_options(LINEAR)
    made.show()
    QApplication.processEvents()
    yield made
    theme_switch().choose("system")


def canvas(plot: LossPlot) -> Canvas:
    found = plot.findChild(Canvas)
    assert isinstance(found, Canvas)
    return found


def overlay_of(plot: LossPlot) -> Overlay:
    found = plot.findChild(Overlay)
    assert isinstance(found, Overlay)
    return found


def curves(plot: LossPlot) -> dict[str, tuple[Floats, Floats]]:
    """Points of every curve that draws something, by the colour of its pen."""
    items = [i for i in canvas(plot).scene().items() if isinstance(i, pg.PlotCurveItem) and i.zValue() > 0]
    found = {}
    for item in items:
        x, y = item.getData()
        if x is not None and len(x):
            found[item.opts["pen"].color().name()] = (x, y)
    return found


def colour(slot: int, theme: Theme = LIGHT) -> str:
    return overlay_pen(slot, theme).color().name()


def legend(plot: LossPlot) -> list[str]:
    return [row.name for row in overlay_of(plot).scene.legend]


def seconds_button(plot: LossPlot) -> QToolButton:
    found = plot.findChild(QToolButton, "by_seconds")
    assert isinstance(found, QToolButton)
    return found


def point_at(plot: LossPlot, value: float) -> str:
    frame = canvas(plot).frame(plot.options())
    place = canvas(plot).place(frame.position(value), 0).toPoint()
    place.setY(round(canvas(plot).area.center().y()))
    QTest.mouseMove(canvas(plot).viewport(), place)
    QApplication.processEvents()
    text = canvas(plot).accessibleDescription()
    assert isinstance(text, str)
    return text


def test_each_run_is_drawn_at_its_epochs_in_its_own_colour(plot: LossPlot) -> None:
    plot.show_history(history([5, 4, 3]))
    plot.show_overlays([overlay("a", [9, 8, 7, 6], 0), overlay("b", [2, 1], 3)])
    drawn = curves(plot)
    np.testing.assert_array_equal(drawn[colour(0)], ([1, 2, 3, 4], [9, 8, 7, 6]))
    np.testing.assert_array_equal(drawn[colour(3)], ([1, 2], [2, 1]))
    np.testing.assert_array_equal(drawn[LIGHT.trainable], ([1, 2, 3], [5, 4, 3]))
    assert legend(plot) == ["Training", "a", "b"]
    frame = canvas(plot).frame(plot.options())
    assert frame.low < 1
    assert 4 < frame.high < 5
    low, high = canvas(plot).shown_y
    assert low < 1
    assert high > 9


def test_runs_alone_are_shown_without_a_run_in_the_plot(plot: LossPlot) -> None:
    plot.set_epochs(100_000)
    assert overlay_of(plot).scene.message
    plot.show_overlays([overlay("a", [3, 2, 1], 0)])
    assert overlay_of(plot).scene.message == ""
    assert canvas(plot).frame(LINEAR).high < 4
    plot.show_overlays([])
    assert curves(plot) == {}
    assert overlay_of(plot).scene.message


def test_runs_that_stay_are_not_folded_again(plot: LossPlot) -> None:
    first, second = overlay("a", [3, 2, 1], 0), overlay("b", [4, 2], 1)
    plot.show_overlays([first, second])
    items = {id(i) for i in canvas(plot).scene().items() if isinstance(i, pg.PlotCurveItem)}
    plot.show_overlays([second])
    left = {id(i) for i in canvas(plot).scene().items() if isinstance(i, pg.PlotCurveItem)}
    assert left < items
    assert set(curves(plot)) == {colour(1)}


def test_the_crosshair_says_what_every_run_had_at_that_epoch(plot: LossPlot) -> None:
    plot.show_history(history([5, 4, 3]))
    plot.show_overlays([overlay("a", [9, 8, 7, 6], 0), overlay("b", [2, 1], 3)])
    assert point_at(plot, 2) == "Epoch 2, Training 4, a 8, b 1"
    assert point_at(plot, 4) == "Epoch 4, a 6"


def test_by_seconds_each_run_stands_where_its_own_clock_says(plot: LossPlot) -> None:
    plot.show_history(history([5, 4, 3, 2], clock=((2, 1.0), (4, 4.0))))
    slow = OverlayRun("a", "slow", np.array([9, 8, 7, 6], np.float32), ((2, 10.0), (4, 30.0)), 0)
    plot.show_overlays([slow])
    assert seconds_button(plot).isVisible()
    QTest.mouseClick(seconds_button(plot), Qt.MouseButton.LeftButton)
    assert plot.options().by_seconds
    drawn = curves(plot)
    np.testing.assert_allclose(drawn[colour(0)], ([5, 10, 20, 30], [9, 8, 7, 6]))
    np.testing.assert_allclose(drawn[LIGHT.trainable], ([0.5, 1, 2.5, 4], [5, 4, 3, 2]))
    assert canvas(plot).frame(plot.options()).high >= 30
    said = point_at(plot, 20.0)
    assert "slow, epoch 3 7" in said
    assert "Training" not in said
    assert "Training, epoch 2 4" in point_at(plot, 1.0)


def test_a_run_without_a_clock_is_left_out_by_seconds_with_a_reason(plot: LossPlot) -> None:
    plot.show_history(history([5, 4, 3]))
    plot.show_overlays([overlay("a", [9, 8], 0)])
    plot.apply_options(replace(LINEAR, by_seconds=True))
    assert legend(plot) == ["a"]
    assert LIGHT.trainable not in curves(plot)
    hint = plot.findChild(type(plot._hint), "plot_hint")
    assert hint is not None
    assert "not known" in hint.text()
    plot.apply_options(LINEAR)
    assert legend(plot) == ["Training", "a"]


@pytest.mark.parametrize("log_x", [False, True])
def test_by_seconds_a_long_run_keeps_its_extremes(plot: LossPlot, log_x: bool) -> None:
    losses = np.full(300_000, 1.0)
    losses[123_456] = 7.0
    plot.show_overlays([overlay("a", losses, 2, seconds=60.0)])
    plot.apply_options(PlotOptions(log_x=log_x, log_y=False, by_seconds=True))
    x, y = curves(plot)[colour(2)]
    assert y.max() == 7
    at = x[y.argmax()]
    assert (10**at if log_x else at) == pytest.approx(123_457 * 60 / 300_000, rel=0.01)
    assert len(x) < 10_000


def test_arrows_walk_along_the_seconds(plot: LossPlot) -> None:
    plot.show_overlays([overlay("a", np.linspace(9, 1, 100), 0, seconds=10.0)])
    plot.apply_options(replace(LINEAR, by_seconds=True))
    plot.setFocus()
    QTest.keyClick(canvas(plot), Qt.Key.Key_End)
    assert canvas(plot).accessibleDescription().startswith("10 s")
    before = canvas(plot).accessibleDescription()
    QTest.keyClick(canvas(plot), Qt.Key.Key_Left)
    assert canvas(plot).accessibleDescription() != before
    QTest.keyClick(canvas(plot), Qt.Key.Key_Home)
    assert canvas(plot).accessibleDescription().startswith("0 s")


def test_zero_losses_of_a_run_are_explained_on_a_logarithmic_axis(plot: LossPlot) -> None:
    plot.apply_options(PlotOptions())
    plot.show_overlays([overlay("a", [0, 0], 0)])
    assert "zero" in overlay_of(plot).scene.message


def test_a_legend_without_room_says_how_many_it_leaves_out(plot: LossPlot) -> None:
    plot.resize(700, 230)
    QApplication.processEvents()
    plot.show_overlays([overlay(f"run {i}", [3, 2, 1], i) for i in range(16)])
    names = legend(plot)
    assert len(names) < 16
    assert names[-1].startswith(str(16 - (len(names) - 1)))


def test_curves_change_with_the_theme(plot: LossPlot) -> None:
    plot.show_overlays([overlay("a", [3, 2, 1], 1)])
    theme_switch().choose("dark")
    assert set(curves(plot)) == {colour(1, DARK)}
    assert colour(1, DARK) != colour(1, LIGHT)


def test_a_refresh_leaves_the_runs_alone(plot: LossPlot, monkeypatch: pytest.MonkeyPatch) -> None:
    live = history(np.linspace(9, 1, 5000))
    plot.set_epochs(300_000)
    plot.show_history(live)
    plot.show_overlays([overlay(f"r{i}", np.linspace(9, 1, 200_000), i) for i in range(8)])
    folded: list[LossHistory] = []
    view = LossHistory.view

    def watched(self: LossHistory, first: int, last: int, buckets: int) -> View:
        folded.append(self)
        return view(self, first, last, buckets)

    monkeypatch.setattr(LossHistory, "view", watched)
    live.append(np.full(10, 0.5))
    plot.refresh()
    assert folded
    assert all(each is live for each in folded)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_can_be_seen_on_the_card_and_told_apart_by_everybody(theme: Theme) -> None:
    card = luminance(theme.card)
    for name in COLOURS[theme.name]:
        light, dark = sorted((luminance(name), card), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, name
    for matrix in VISIONS.values():
        seen = [oklab(np.clip(linear(name) @ matrix.T, 0, 1)) for name in COLOURS[theme.name]]
        assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) > 0.08


def test_as_many_runs_as_can_be_ticked_differ_by_colour_or_dashes() -> None:
    pens = [overlay_pen(slot, LIGHT) for slot in range(16)]
    assert len({(pen.color().name(), tuple(pen.dashPattern())) for pen in pens}) == 16
    assert len({tuple(pen.dashPattern()) for pen in pens[:4]}) == 4


def test_a_clock_goes_there_and_back() -> None:
    clock = Clock(((10, 1.0), (20, 3.0)))
    np.testing.assert_allclose(clock.seconds(np.array([1.0, 10, 15, 20, 40])), [0.1, 1, 2, 3, 6])
    assert clock.epoch(2.0) == pytest.approx(15)
    assert clock.second(15) == pytest.approx(2.0)
    assert clock.end == 3.0
    assert math.isfinite(Clock(()).second(5))


def linear(name: str) -> Floats:
    colour = QColor(name)
    rgb = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    found: Floats = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return found


def luminance(name: str) -> float:
    return float(linear(name) @ [0.2126, 0.7152, 0.0722])


def oklab(rgb: Floats) -> Floats:
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    mix = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    found: Floats = mix @ np.cbrt(np.clip(cones @ rgb, 0, None))
    return found
