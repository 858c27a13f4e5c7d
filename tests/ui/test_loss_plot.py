import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.domain.history import LossHistory
from lora_gui.domain.progress import Evaluation
from lora_gui.ui.plots import follow, markers
from lora_gui.ui.plots.canvas import Canvas
from lora_gui.ui.plots.frame import Frame
from lora_gui.ui.plots.loss_plot import LossPlot
from lora_gui.ui.plots.markers import Marker
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.overlay import Overlay
from lora_gui.ui.plots.smoothing import smooth
from lora_gui.ui.plots.ticks import loss_text, number, ticks
from lora_gui.ui.theme import DARK, LIGHT, theme_switch

TUTORIAL = [
    243.7067,
    234.6470,
    225.9160,
    217.5043,
    209.4038,
    201.6063,
    194.1039,
    186.8890,
    179.9540,
    173.2909,
]

LINEAR = PlotOptions(log_y=False)

Floats = NDArray[np.float64]


def history(losses: object, evaluations: tuple[tuple[int, float], ...] = ()) -> LossHistory:
    made = LossHistory()
    made.append(np.asarray(losses, np.float64))
    made.evaluations.extend(Evaluation(epoch, loss) for epoch, loss in evaluations)
    return made


def noisy(epochs: int, seed: int = 0) -> Floats:
    generator = np.random.default_rng(seed)
    fall: Floats = 3 * np.exp(-np.arange(epochs) / (0.1 * epochs)) + 2e-3
    return fall * np.exp(0.15 * generator.standard_normal(epochs))


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[LossPlot]:
    theme_switch().choose("light")
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    QApplication.processEvents()
    yield made
    theme_switch().choose("system")


def canvas_of(plot: LossPlot) -> Canvas:
    found = plot.findChild(Canvas)
    assert isinstance(found, Canvas)
    return found


def overlay_of(plot: LossPlot) -> Overlay:
    found = plot.findChild(Overlay)
    assert isinstance(found, Overlay)
    return found


def curves(plot: LossPlot) -> list[tuple[Floats, Floats]]:
    """Points of every curve that draws something, from back to front, without the grid."""
    items = [i for i in canvas_of(plot).scene().items() if isinstance(i, pg.PlotCurveItem) and i.zValue() > 0]
    found = [item.getData() for item in sorted(items, key=lambda item: item.zValue())]
    return [(x, y) for x, y in found if x is not None and len(x)]


def x_shown(plot: LossPlot) -> tuple[float, float]:
    frame = canvas_of(plot).frame(plot.options())
    return frame.low, frame.high


def press(plot: LossPlot, key: Qt.Key) -> None:
    plot.setFocus()
    QTest.keyClick(canvas_of(plot), key)


def place_of(plot: LossPlot, epoch: int) -> QPoint:
    frame = canvas_of(plot).frame(plot.options())
    place = canvas_of(plot).place(frame.position(epoch), 0)
    return QPoint(round(place.x()), round(canvas_of(plot).area.center().y()))


def point_at(plot: LossPlot, epoch: int) -> None:
    QTest.mouseMove(canvas_of(plot).viewport(), place_of(plot, epoch))
    QApplication.processEvents()


def said(plot: LossPlot) -> str:
    text = canvas_of(plot).accessibleDescription()
    assert isinstance(text, str)
    return text


def wheel(plot: LossPlot, notches: int) -> None:
    viewport = canvas_of(plot).viewport()
    place = QPointF(canvas_of(plot).area.center())
    event = QWheelEvent(
        place,
        viewport.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
    QApplication.processEvents()


def colours_in(image: QImage) -> set[str]:
    small = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(small.constBits(), np.uint32) & 0xFFFFFF
    return {f"#{value:06x}" for value in np.unique(pixels)}


def button(plot: LossPlot, name: str) -> QToolButton:
    found = plot.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


# What is drawn


def test_draws_every_loss_of_a_short_run(plot: LossPlot) -> None:
    plot.apply_options(LINEAR)
    plot.set_epochs(10)
    plot.show_history(history(TUTORIAL))
    ((x, y),) = curves(plot)
    assert x.tolist() == list(range(1, 11))
    np.testing.assert_allclose(y, TUTORIAL, rtol=1e-6)
    low, high = x_shown(plot)
    assert 0.5 < low < 1 < 10 < high < 11


def test_log_axes_show_powers_of_ten(plot: LossPlot) -> None:
    plot.apply_options(PlotOptions(log_x=True, log_y=True))
    plot.show_history(history([1.0, 0.1, 0.01]))
    ((x, y),) = curves(plot)
    np.testing.assert_allclose(x, np.log10([1, 2, 3]))
    np.testing.assert_allclose(y, [0, -1, -2], atol=1e-6)


def test_refresh_draws_what_came_and_nothing_else(plot: LossPlot, monkeypatch: pytest.MonkeyPatch) -> None:
    run = history([])
    plot.set_epochs(100)
    plot.show_history(run)
    assert curves(plot) == []
    run.append(np.array([2.0, 1.0]))
    plot.refresh()
    assert len(curves(plot)[0][0]) == 2
    drawn: list[object] = []
    monkeypatch.setattr(pg.PlotCurveItem, "setData", lambda *args, **kwargs: drawn.append(args))
    plot.refresh()
    assert drawn == []
    run.append(np.array([0.5]))
    plot.refresh()
    assert drawn


def test_hidden_plot_waits_until_it_is_seen(plot: LossPlot) -> None:
    run = history([2.0])
    plot.show_history(run)
    plot.hide()
    run.append(np.array([1.0, 0.5]))
    plot.refresh()
    assert len(curves(plot)[0][0]) == 1
    plot.show()
    assert len(curves(plot)[0][0]) == 3


def test_previous_run_stays_behind_the_next(plot: LossPlot) -> None:
    plot.apply_options(LINEAR)
    plot.show_history(history([3.0, 2.0, 1.0]))
    plot.keep_as_previous()
    assert [row.name for row in overlay_of(plot).scene.legend] == ["Previous run"]
    plot.show_history(history([4.0, 3.5]))
    behind, front = curves(plot)
    assert behind[1].tolist() == [3, 2, 1]
    assert front[1].tolist() == [4, 3.5]
    plot.show_history(history([]))
    plot.keep_as_previous()
    assert curves(plot)[0][1].tolist() == [3, 2, 1], "an empty run must not displace the previous one"


def test_a_previous_run_that_diverged_does_not_press_the_next_one_flat(plot: LossPlot) -> None:
    plot.show_history(history([1.0, 0.5, 1e9, 1e18]))
    plot.keep_as_previous()
    assert canvas_of(plot).shown_y[1] > 18, "alone it is there to be seen"
    plot.show_history(history([1.0, 0.1, 0.01]))
    low, high = canvas_of(plot).shown_y
    assert low < -2
    assert 0 <= high < 1


def test_evaluations_alone_make_a_plot(plot: LossPlot) -> None:
    plot.apply_options(LINEAR)
    plot.show_history(history([], ((1, 5.0), (10, 3.0), (20, math.inf), (30, 2.0))))
    ((x, y),) = curves(plot)
    assert x.tolist() == [1, 10, 30]
    assert y.tolist() == [5, 3, 2]
    assert [row.name for row in overlay_of(plot).scene.legend] == ["Test"]
    point_at(plot, 10)
    assert said(plot) == "Epoch 10, Test 3"


def test_many_evaluations_are_folded(plot: LossPlot) -> None:
    losses = np.random.default_rng(0).uniform(1, 10, 20_000)
    run = history([], tuple(enumerate(losses.tolist(), 1)))
    plot.show_history(run)
    ((x, y),) = curves(plot)
    assert 100 < len(x) <= canvas_of(plot).pixels
    assert (y >= 0).all()
    assert (y <= 1).all()


def test_legend_says_in_words_and_dashes_which_curve_is_which(plot: LossPlot) -> None:
    plot.show_history(history([2.0, 1.0]))
    plot.keep_as_previous()
    plot.show_history(history([3.0, 1.0], ((1, 3.0), (2, 2.0))))
    legend = overlay_of(plot).scene.legend
    assert [row.name for row in legend] == ["Training", "Test", "Previous run"]
    assert len({(row.pen.style(), row.pen.widthF()) for row in legend}) == 3


# Smoothing


def test_smoothing_keeps_the_losses_faint_behind(plot: LossPlot) -> None:
    plot.show_history(history(noisy(500)))
    assert len(curves(plot)) == 1
    slider = plot.findChild(QSlider, "smoothing")
    assert isinstance(slider, QSlider)
    slider.setValue(90)
    raw, line = curves(plot)
    assert np.abs(np.diff(line[1])).sum() < np.abs(np.diff(raw[1])).sum() / 5
    assert plot.options().smoothing == 0.9


def test_smoothing_does_not_lag_on_a_slope() -> None:
    slope = np.linspace(10, -10, 400)
    np.testing.assert_allclose(smooth(slope, 0.95), slope, atol=1e-9)


def test_smoothing_leaves_gaps_and_little_data_alone() -> None:
    with_gap = np.array([1.0, 1.0, np.nan, 1.0, 1.0] * 8)
    smoothed = smooth(with_gap, 0.9)
    assert np.array_equal(np.isnan(smoothed), np.isnan(with_gap))
    np.testing.assert_allclose(smoothed[~np.isnan(smoothed)], 1)
    assert smooth(np.array([3.0, 1.0]), 0.99).tolist() == [3, 1]
    assert smooth(np.full(50, np.nan), 0.9).shape == (50,)


def test_smoothing_halves_noise_at_least() -> None:
    noise = np.random.default_rng(1).standard_normal(2000)
    assert smooth(noise, 0.9).std() < noise.std() / 4


# Long and extreme runs


@pytest.fixture(scope="module")
def ten_million() -> LossHistory:
    run = LossHistory()
    for seed in range(10):
        run.append(noisy(1_000_000, seed))
    return run


@pytest.mark.parametrize("options", [PlotOptions(), PlotOptions(log_x=True), PlotOptions(smoothing=0.9)])
def test_ten_million_epochs_stay_fluid(
    plot: LossPlot, ten_million: LossHistory, options: PlotOptions
) -> None:
    plot.apply_options(options)
    plot.set_epochs(20_000_000)
    plot.show_history(ten_million)
    costs = []
    for _ in range(10):
        ten_million.append(np.full(100, 0.01))
        start = time.perf_counter()
        plot.refresh()
        costs.append(time.perf_counter() - start)
    # Some 3 ms; the bound leaves room for a busy machine and still fails if ten million points were drawn.
    assert min(costs) < 0.02
    for x, _ in curves(plot):
        assert 500 < len(x) < 8 * canvas_of(plot).pixels
        assert (np.diff(x) >= 0).all()


def test_extremes_survive_folding(plot: LossPlot) -> None:
    losses = np.full(1_000_000, 1.0)
    losses[123_456], losses[654_321] = 7.0, 0.125
    plot.apply_options(LINEAR)
    plot.show_history(history(losses))
    ((_, y),) = curves(plot)
    assert y.max() == 7
    assert y.min() == 0.125


def test_zooming_in_shows_single_epochs(plot: LossPlot, ten_million: LossHistory) -> None:
    plot.show_history(ten_million)
    for _ in range(60):
        wheel(plot, 5)
    low, high = x_shown(plot)
    assert high - low < 3000
    ((x, y),) = curves(plot)
    inside = [(a, b) for a, b in zip(x, y, strict=True) if low <= a <= high]
    assert inside, "the zoom must not lose the curve"
    for epoch, drawn in inside[:50]:
        loss = ten_million.at(round(epoch))
        assert loss is not None
        assert 10**drawn == pytest.approx(loss, rel=1e-6)
    assert curves(plot)[0][0][0] <= low, "the line must run on beyond the edge"


def test_log_toggle_after_a_short_diverged_run_returns_at_once(plot: LossPlot) -> None:
    plot.apply_options(LINEAR)
    plot.set_epochs(1000)
    plot.show_history(history([1.0, 1e9, 1e30, 3e38]))
    start = time.perf_counter()
    for name in ("log_y", "log_x", "log_y", "log_y", "log_x"):
        button(plot, name).click()
        QApplication.processEvents()
        plot.grab()
    assert time.perf_counter() - start < 5
    assert plot.options() == PlotOptions(log_x=False, log_y=True)
    low, high = canvas_of(plot).shown_y
    assert -5 < low < 0 < 38 < high < 45


def test_zooming_far_out_and_in_stays_finite(plot: LossPlot) -> None:
    for options in (LINEAR, PlotOptions(log_x=True, log_y=True)):
        plot.apply_options(options)
        plot.show_history(history(noisy(300), ((1, 2.0), (300, 1.0))))
        for notches in (30, -30):
            for _ in range(40):
                wheel(plot, notches)
            plot.grab()
        assert all(math.isfinite(end) for end in (*x_shown(plot), *canvas_of(plot).shown_y))
        plot.fit()
        assert x_shown(plot)[1] < 400


def test_zero_losses_on_a_log_axis_are_named(plot: LossPlot) -> None:
    plot.show_history(history(np.zeros(20)))
    assert curves(plot) == []
    assert "zero" in overlay_of(plot).scene.message
    button(plot, "log_y").click()
    assert overlay_of(plot).scene.message == ""
    epochs, losses = curves(plot)[0]
    assert (epochs[0], epochs[-1], set(losses)) == (1, 20, {0})


def test_some_zero_losses_leave_a_hint_and_the_rest(plot: LossPlot) -> None:
    plot.apply_options(PlotOptions(smoothing=0.5))
    plot.show_history(history([1.0, 0.5, 0.0, 0.25, 0.0, 0.0, 0.1]))
    assert curves(plot)
    assert overlay_of(plot).scene.message == ""
    assert "zero" in hint_below(plot)


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-30, 1e30])
@pytest.mark.parametrize("log_y", [False, True])
def test_constant_losses_lie_inside_the_plot(plot: LossPlot, value: float, log_y: bool) -> None:
    plot.apply_options(PlotOptions(log_y=log_y))
    plot.show_history(history([value] * 5))
    low, high = canvas_of(plot).shown_y
    assert low < high
    if value or not log_y:
        assert low < (math.log10(value) if log_y else value) < high
    plot.grab()


# Following, zooming, fitting


def test_axis_grows_ahead_of_the_run_and_not_past_the_plan(plot: LossPlot) -> None:
    run = history([1.0])
    plot.set_epochs(1000)
    plot.show_history(run)
    ends = []
    for _ in range(9):
        ends.append(x_shown(plot)[1])
        run.append(np.full(len(run), 0.5))
        plot.refresh()
    assert ends == sorted(ends)
    assert ends[0] < 20
    assert 256 < ends[-1] < 1000 < 1020
    for done in range(2, 1000):
        shown = follow.shown_end(done, 1000)
        assert done <= shown <= 1000
        assert done >= shown / 2 or shown <= 10
    assert follow.shown_end(0, 1000) == 1000
    assert follow.shown_end(2000, 1000) == 2000


def test_zoom_by_hand_holds_and_fit_follows_again(plot: LossPlot) -> None:
    run = history(noisy(100))
    plot.show_history(run)
    wheel(plot, 3)
    held = x_shown(plot)
    assert held[1] - held[0] < 90
    run.append(noisy(100, 1))
    plot.refresh()
    assert x_shown(plot) == held
    button(plot, "fit").click()
    assert x_shown(plot)[1] > 200
    wheel(plot, 3)
    press(plot, Qt.Key.Key_F)
    assert x_shown(plot)[1] > 200
    wheel(plot, 3)
    QTest.mouseDClick(canvas_of(plot).viewport(), Qt.MouseButton.LeftButton, pos=place_of(plot, 100))
    assert x_shown(plot)[1] > 200
    run.append(noisy(100, 2))
    plot.refresh()
    assert x_shown(plot)[1] > 300


def test_dragging_moves_the_view(plot: LossPlot) -> None:
    plot.show_history(history(noisy(100)))
    before = x_shown(plot)
    viewport, start = canvas_of(plot).viewport(), place_of(plot, 50)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + QPoint(20 * step, 0))
        QTest.qWait(15)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(100, 0))
    assert x_shown(plot)[0] < before[0] - 5


def test_keys_zoom(plot: LossPlot) -> None:
    plot.show_history(history(noisy(100)))
    whole = x_shown(plot)
    press(plot, Qt.Key.Key_Plus)
    closer = x_shown(plot)
    assert closer[1] - closer[0] == pytest.approx(0.7 * (whole[1] - whole[0]))
    press(plot, Qt.Key.Key_Minus)
    assert x_shown(plot) == pytest.approx(whole)


# The crosshair


def test_mouse_reads_the_losses_of_an_epoch(plot: LossPlot) -> None:
    plot.show_history(history([9.0, 8.0, 7.0]))
    plot.keep_as_previous()
    plot.show_history(history(TUTORIAL, ((1, 300.0), (5, 250.0), (9, 200.0))))
    point_at(plot, 3)
    assert said(plot) == "Epoch 3, Training 225.916, Test, epoch 1 300, Previous run 7"
    point_at(plot, 5)
    assert said(plot) == "Epoch 5, Training 209.4038, Test 250"
    point_at(plot, 10)
    assert said(plot).startswith("Epoch 10, Training 173.2909")
    crosshair = overlay_of(plot).scene.crosshair
    assert crosshair is not None
    assert len(crosshair.dots) == 2
    QApplication.sendEvent(canvas_of(plot), QEvent(QEvent.Type.Leave))
    assert said(plot) == ""
    assert overlay_of(plot).scene.crosshair is None


def test_arrows_move_the_crosshair_epoch_by_epoch(plot: LossPlot) -> None:
    plot.show_history(history(TUTORIAL))
    for key, epoch in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Right, 3),
        (Qt.Key.Key_Left, 2),
        (Qt.Key.Key_End, 10),
        (Qt.Key.Key_Right, 10),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_Left, 1),
    ):
        press(plot, key)
        assert said(plot).startswith(f"Epoch {epoch},"), key
    press(plot, Qt.Key.Key_Escape)
    assert said(plot) == ""


def test_pointing_beside_the_run_does_not_move_a_zoomed_view(plot: LossPlot) -> None:
    plot.set_epochs(100)
    plot.show_history(history(noisy(61)))
    canvas_of(plot).show_x((70.0, 100.0))
    held = x_shown(plot)
    viewport = canvas_of(plot).viewport()
    QTest.mouseMove(viewport, canvas_of(plot).area.center().toPoint())
    assert said(plot) == ""
    assert x_shown(plot) == held == (70, 100)


@pytest.mark.parametrize("log_x", [False, True])
def test_arrows_go_by_pixels_on_a_long_run_and_move_the_view(
    plot: LossPlot, ten_million: LossHistory, log_x: bool
) -> None:
    plot.apply_options(PlotOptions(log_x=log_x))
    plot.show_history(ten_million)
    press(plot, Qt.Key.Key_End)
    assert said(plot).startswith(f"Epoch {QLocale().toString(len(ten_million))},")
    press(plot, Qt.Key.Key_Left)
    frame, crosshair = canvas_of(plot).frame(plot.options()), overlay_of(plot).scene.crosshair
    assert crosshair is not None
    end = canvas_of(plot).place(frame.position(len(ten_million)), 0).x()
    assert crosshair.x == pytest.approx(end - 1, abs=0.2)
    for _ in range(8):
        press(plot, Qt.Key.Key_Plus)
    low, _ = x_shown(plot)
    press(plot, Qt.Key.Key_Home)
    assert said(plot).startswith("Epoch 1,")
    assert x_shown(plot)[0] < low
    assert overlay_of(plot).scene.crosshair is not None


def test_crosshair_without_a_run_says_nothing(plot: LossPlot) -> None:
    QTest.mouseMove(canvas_of(plot).viewport(), canvas_of(plot).area.center().toPoint())
    press(plot, Qt.Key.Key_Right)
    assert said(plot) == ""
    plot.grab()


# Markers and messages


def test_markers_close_together_do_not_collide(plot: LossPlot) -> None:
    plot.show_history(history(noisy(1000)))
    for epoch in (400, 402, 404, 700, 995, 998, 1000):
        plot.add_marker(epoch, f"learning rate {epoch}")
    scene = overlay_of(plot).scene
    assert len(scene.labels) == 7
    rects = [label.rect for label in scene.labels if label.rect is not None]
    assert len(rects) == 7
    legend = overlay_of(plot).legend_rect(scene.area, scene.legend)
    for index, rect in enumerate(rects):
        assert scene.area.contains(rect)
        assert not any(rect.intersects(other) for other in [*rects[:index], legend])
    assert QColor(LIGHT.warning).name() in colours_in(plot.grab().toImage())
    plot.clear_markers()
    assert overlay_of(plot).scene.labels == []
    assert QColor(LIGHT.warning).name() not in colours_in(plot.grab().toImage())


def test_a_marker_without_room_keeps_its_line() -> None:
    crowd = [Marker(epoch, "text") for epoch in range(100)]
    area = QRectF(0, 0, 300, 200)
    labels = markers.place(crowd, float, area, QFontMetricsF(QApplication.font()), QRectF())
    assert [label.x for label in labels] == list(range(100))
    assert 0 < sum(label.rect is not None for label in labels) < 100
    outside = markers.place(
        crowd, lambda epoch: 1000.0 + epoch, area, QFontMetricsF(QApplication.font()), area
    )
    assert outside == []


def test_a_message_stands_in_the_middle_until_there_is_a_curve(plot: LossPlot) -> None:
    assert overlay_of(plot).scene.message == "Press Start to train."
    plot.show_history(history([1.0, 0.5]))
    assert overlay_of(plot).scene.message == ""
    assert hint_below(plot) == ""


def test_a_frame_that_fails_does_not_stop_the_next(plot: LossPlot, monkeypatch: pytest.MonkeyPatch) -> None:
    plot.apply_options(LINEAR)
    run = history([2.0])
    plot.show_history(run)
    with monkeypatch.context() as broken:
        broken.setattr(plot._curves, "draw", lambda runs, frame: 1 / 0)
        run.append(np.array([1.0]))
        with pytest.raises(ZeroDivisionError):
            plot.refresh()
    run.append(np.array([0.5]))
    plot.refresh()
    assert [y.tolist() for _, y in curves(plot)] == [[2, 1, 0.5]]


# Options, theme, access


def test_options_go_round_and_tell_of_changes(plot: LossPlot, qtbot: QtBot) -> None:
    wanted = PlotOptions(log_x=True, log_y=False, smoothing=0.42)
    with qtbot.waitSignal(plot.options_changed):
        plot.apply_options(wanted)
    assert plot.options() == wanted
    assert button(plot, "log_x").isChecked()
    assert not button(plot, "log_y").isChecked()
    with qtbot.assertNotEmitted(plot.options_changed):
        plot.apply_options(wanted)
    with qtbot.waitSignal(plot.options_changed):
        press(plot, Qt.Key.Key_X)
    assert plot.options() == PlotOptions(log_x=False, log_y=False, smoothing=0.42)
    with qtbot.waitSignal(plot.options_changed):
        press(plot, Qt.Key.Key_Y)
    assert plot.options().log_y


@pytest.mark.parametrize(("given", "kept"), [(-1.0, 0.0), (math.nan, 0.0), (2.0, 0.99), (0.5, 0.5)])
def test_smoothing_out_of_its_limits_is_brought_back(given: float, kept: float) -> None:
    assert PlotOptions(smoothing=given).smoothing == kept


def test_theme_switch_repaints_everything(plot: LossPlot) -> None:
    plot.show_history(history(TUTORIAL, ((1, 260.0), (10, 200.0))))
    plot.add_marker(5, "lr")
    assert {LIGHT.card, LIGHT.trainable, LIGHT.good, LIGHT.warning} <= colours_in(plot.grab().toImage())
    theme_switch().choose("dark")
    after = colours_in(plot.grab().toImage())
    assert {DARK.card, DARK.trainable, DARK.good, DARK.warning} <= after
    assert not {LIGHT.trainable, LIGHT.good, LIGHT.warning} & after


def test_every_control_has_a_name_a_tip_and_a_mnemonic(plot: LossPlot) -> None:
    assert plot.objectName() == "loss_plot"
    for name in ("log_x", "log_y", "fit"):
        assert "&" in button(plot, name).text()
    for name in ("log_x", "log_y", "fit", "smoothing"):
        control = plot.findChild(QWidget, name)
        assert isinstance(control, QWidget)
        assert control.accessibleName()
        assert control.toolTip()
    buddies = [label for label in plot.findChildren(QLabel) if label.buddy() is not None]
    assert [label.text() for label in buddies] == ["S&moothing"]
    assert canvas_of(plot).accessibleName() == "Loss plot"


def hint_below(plot: LossPlot) -> str:
    label = plot.findChild(QLabel, "plot_hint")
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def close_menu_after(act: Callable[[QMenu], None]) -> None:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    act(menu)
    menu.close()
    QApplication.processEvents()


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen, a popup has no window to raise
def test_menu_is_ours_and_works_from_mouse_and_keyboard(plot: LossPlot) -> None:
    plot.show_history(history(TUTORIAL))
    QTest.mouseClick(canvas_of(plot).viewport(), Qt.MouseButton.RightButton, pos=place_of(plot, 5))

    def choose_log_x(menu: QMenu) -> None:
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert texts == ["&Fit and follow", "Logarithmic &epochs", "Logarithmic &loss"]
        menu.actions()[2].trigger()

    close_menu_after(choose_log_x)
    assert plot.options().log_x
    place = QPoint(5, 5)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, canvas_of(plot).mapToGlobal(place))
    QApplication.sendEvent(canvas_of(plot), asked)
    close_menu_after(lambda menu: menu.actions()[3].trigger())
    assert not plot.options().log_y


# Numbers on the axes


def test_ticks_are_round_and_few() -> None:
    assert [tick.text for tick in ticks(0, 10, 5, whole=True)] == ["0", "2", "4", "6", "8", "10"]
    assert [tick.text for tick in ticks(-3.2, 1.1, 5, log=True)] == ["0.001", "0.01", "0.1", "1", "10"]
    assert [tick.position for tick in ticks(0.9, 2.1, 8, whole=True)] == [1, 2]
    within_a_decade = ticks(math.log10(120), math.log10(250), 5, log=True)
    assert [tick.text for tick in within_a_decade] == ["120", "140", "160", "180", "200", "220", "240"]
    assert [tick.text for tick in ticks(0, 6.5, 4, log=True)] == ["1", "10²", "10⁴", "10⁶"]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("low", "high"), [(-320, 320), (0, 1e-9), (5, 5), (1, 1 + 1e-15), (0, 300), (-319.5, -319.2), (37, 39)]
)
def test_ticks_never_run_away(low: float, high: float, log: bool) -> None:
    found = ticks(low, high, 8, log=log)
    assert len(found) <= 24
    assert len({tick.text for tick in found}) == len(found)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (243.7067, "243.7067"), (1e30, "10³⁰"), (2.5e-7, "2.5·10⁻⁷"), (0.094965191, "0.094965")],
)
def test_losses_are_written_to_be_read(value: float, text: str) -> None:
    assert loss_text(value) == text


def test_numbers_beyond_reason_are_still_written() -> None:
    assert number(math.inf) == "inf"
    assert number(5e-324).endswith("10⁻³²⁴")


def test_folding_meets_at_the_seams_of_a_log_axis() -> None:
    run = history(np.arange(1, 300_001, dtype=np.float64))
    frame = Frame(0, math.log10(300_000), 800, PlotOptions(log_x=True))
    view = frame.fold(run)
    assert (np.diff(view.epochs) > 0).all()
    np.testing.assert_allclose(view.mean, view.epochs, rtol=1e-6)
    assert view.low[0] == 1
    assert view.high[-1] == 300_000
    assert (view.low[1:] - view.high[:-1] == 1).all(), "no epoch missing, none twice"
