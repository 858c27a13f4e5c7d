"""Floors on the loss plot: what their names say, where they stand, and when there are none."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.history import LossHistory
from lora_gui.domain.outlook import Outlook
from lora_gui.domain.spectrum import spectrum
from lora_gui.ui.plots import floor_lines
from lora_gui.ui.plots.floor_lines import FloorLabel, FloorLine, FloorLines
from lora_gui.ui.plots.frame import Extent, Frame
from lora_gui.ui.plots.loss_view import LossView
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.overlay import Overlay

CONFIG = RunConfig()
LOSSES = np.array([1.3597, 1.2867, 1.2331, 1.1833, 1.1356, 1.0945, 1.0584, 1.0282, 0.9999, 0.9763, 0.9582])


def outlook(config: RunConfig = CONFIG, factor: float = 1.0) -> Outlook:
    return Outlook(
        config, Floors(factor * LOSSES, factor * 0.9582, None), spectrum(np.ones((64, 1)), np.ones((1, 10)))
    )


@pytest.fixture
def view(qtbot: QtBot) -> LossView:
    made = LossView()
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show_config(CONFIG)
    made.show_outlook(outlook())
    made.show()
    qtbot.waitExposed(made)
    return made


def labels(view: LossView) -> list[FloorLabel]:
    found = view.plot.findChild(Overlay)
    assert isinstance(found, Overlay)
    return found.scene.floors


def texts(view: LossView) -> list[str]:
    return [label.text for label in labels(view)]


def hint(view: LossView) -> str:
    found = view.plot.findChild(QLabel, "plot_hint")
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def train(view: LossView, losses: object) -> None:
    history = LossHistory()
    history.append(np.asarray(losses, np.float64))
    view.plot.show_history(history)
    view.show_run(history.last, outlook(), CONFIG)
    view.refresh()


def test_both_floors_have_their_names_before_any_run(view: LossView) -> None:
    assert texts(view) == ["best possible at rank 4: 1.1356", "full fine-tuning: 0.9582"]
    rank, full = labels(view)
    assert rank.y is not None
    assert full.y is not None
    assert rank.y < full.y
    assert rank.rect is not None
    assert full.rect is not None
    assert not rank.rect.intersects(full.rect)
    assert view.chart.isVisible()
    assert hint(view) == ""


def test_the_floor_moves_with_the_rank_at_once(view: LossView) -> None:
    before = labels(view)[0].y
    view.show_config(replace(CONFIG, rank=9))
    assert texts(view)[0] == "best possible at rank 9: 0.9763"
    after = labels(view)[0].y
    assert before is not None
    assert after is not None
    assert after > before + 50


def test_a_muted_adapter_has_the_floor_of_rank_zero(view: LossView) -> None:
    view.show_config(replace(CONFIG, scaling=0.0))
    assert texts(view)[0] == "best possible with the adapter muted (s = 0): 1.3597"


@pytest.mark.parametrize(
    ("method", "names"),
    [
        ("full", ["best possible with full fine-tuning: 0.9582"]),
        ("bias", ["best possible with the bias alone: 1.3597", "full fine-tuning: 0.9582"]),
        ("none", ["the base layer: 1.3597", "full fine-tuning: 0.9582"]),
    ],
)
def test_without_an_adapter_there_is_no_rank_to_choose(view: LossView, method: str, names: list[str]) -> None:
    view.show_config(replace(CONFIG, method=method))
    assert texts(view) == names
    assert not view.chart.isVisible()


def test_mini_batches_have_none_and_the_reason_is_said(view: LossView) -> None:
    view.show_config(replace(CONFIG, batch_size=10))
    assert texts(view) == []
    assert not view.chart.isVisible()
    assert "mini-batch" in hint(view)
    view.show_config(replace(CONFIG, batch_size=1000))
    assert len(texts(view)) == 2


def test_a_run_too_large_has_none_and_the_reason_is_said(view: LossView) -> None:
    view.show_config(replace(CONFIG, in_features=4000, out_features=4000))
    view.show_outlook(None)
    assert texts(view) == []
    assert "too long" in hint(view)


def test_floors_of_another_layer_are_not_drawn(view: LossView) -> None:
    view.show_config(replace(CONFIG, in_features=20))
    assert texts(view) == []


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (173.2909, "(run: 153 ×)"),
        (2.4984, "(run: 2.20 ×)"),
        (1.1583, "(run: +2.00 %)"),
        (1.13561, "(reached)"),
        (1.1355, "(reached)"),
    ],
)
def test_the_run_is_so_far_above_its_floor(view: LossView, loss: float, said: str) -> None:
    train(view, [240.0, loss])
    assert said in texts(view)[0]
    canvas = view.plot.focusProxy()
    assert canvas is not None
    assert said in canvas.accessibleDescription()


def test_the_read_out_is_for_the_run_and_its_rank(view: LossView) -> None:
    train(view, [240.0, 2.0])
    assert "run" in texts(view)[0]
    view.show_config(replace(CONFIG, rank=5))
    assert texts(view)[0] == "best possible at rank 5: 1.0945"
    view.show_config(CONFIG)
    assert "run" in texts(view)[0]
    view.show_run(None, None, CONFIG)
    view.refresh()
    assert "run" not in texts(view)[0]


def test_a_floor_of_zero_has_no_multiples(view: LossView) -> None:
    perfect = Outlook(CONFIG, Floors(0 * LOSSES, 0.0, None), outlook().target)
    view.show_outlook(perfect)
    train(view, [2.0, 1.0])
    view.show_run(1.0, perfect, CONFIG)
    view.refresh()
    assert texts(view) == ["best possible at rank 4: 0 ↓", "full fine-tuning: 0 ↓"]


def test_a_finished_run_keeps_its_floors_while_another_task_is_prepared(view: LossView) -> None:
    train(view, [240.0, 2.0])
    other = replace(CONFIG, seed=7)
    view.show_config(other)
    view.show_outlook(outlook(other, 3.0))
    assert "1.1356" in texts(view)[0]
    view.show_run(None, None, other)
    view.refresh()
    assert "3.4068" in texts(view)[0]


def test_a_floor_far_below_is_named_at_the_edge_and_one_nearby_comes_into_view(view: LossView) -> None:
    train(view, [243.7, 173.3])
    assert texts(view)[0].endswith("↓")
    assert labels(view)[0].y is None
    low = view.plot._canvas.shown_y[0]
    assert low > np.log10(100)
    train(view, [243.7, 1.5])
    assert labels(view)[0].y is not None
    assert view.plot._canvas.shown_y[0] < np.log10(1.1356)


def test_a_hidden_view_is_not_drawn(view: LossView, monkeypatch: pytest.MonkeyPatch) -> None:
    train(view, [2.0, 1.5])
    drawn: list[object] = []
    view.hide()
    monkeypatch.setattr(view.plot, "show_floors", drawn.append)
    view.show_run(1.4, outlook(), CONFIG)
    view.refresh()
    view.show_run(1.3, outlook(), CONFIG)
    view.refresh()
    assert drawn == []
    view.show()
    QApplication.processEvents()
    assert drawn


# Placing

AREA = QRectF(50, 10, 400, 200)
LOG = Frame(1, 10, 400, PlotOptions())


def metrics() -> QFontMetricsF:
    return QFontMetricsF(QApplication.font())


@pytest.mark.parametrize("gap", [0.0, 1.0, 4.0, 12.0, 60.0])
@pytest.mark.parametrize("y", [12.0, 60.0, 120.0, 190.0, 207.0])
def test_names_lie_in_the_area_and_off_each_other(qtbot: QtBot, y: float, gap: float) -> None:
    heights = {1.0: y, 2.0: y + gap}
    floors = FloorLines((FloorLine("rank", 1.0, "the first floor"), FloorLine("full", 2.0, "the second")))
    rects = [
        label.rect for label in floor_lines.place(floors, heights.__getitem__, AREA, metrics(), QRectF())
    ]
    first, second = rects
    assert first is not None
    assert second is not None
    assert AREA.contains(first)
    assert AREA.contains(second)
    assert not first.intersects(second)


def test_a_name_wider_than_the_plot_still_has_its_place(qtbot: QtBot) -> None:
    floors = FloorLines((FloorLine("rank", 1.0, "long " * 60),))
    (label,) = floor_lines.place(floors, lambda _: 100.0, AREA, metrics(), QRectF())
    assert label.rect is not None
    assert AREA.contains(label.rect)


def test_without_losses_the_floors_are_what_is_shown(qtbot: QtBot) -> None:
    floors = FloorLines((FloorLine("rank", 0.1, ""), FloorLine("full", 0.01, "")), bounds=(0.01, 1.0))
    shown = floors.widen(Extent(), LOG, 200, metrics())
    assert shown.low < -2
    assert shown.high > 0
    assert not FloorLines().widen(Extent(), LOG, 200, metrics())
    assert FloorLines().widen(Extent(1, 2), LOG, 200, metrics()) == Extent(1, 2)


def test_a_run_beyond_measure_leaves_the_floor_its_name(view: LossView) -> None:
    train(view, [1e3, 1e5])
    assert "(run:" in texts(view)[0]
    train(view, [1e3, 1e20])
    assert "(run:" not in texts(view)[0]


def test_a_name_stays_off_the_legend(qtbot: QtBot) -> None:
    legend = QRectF(AREA.right() - 110, AREA.top(), 110, 60)
    floors = FloorLines((FloorLine("rank", 1.0, "best possible at rank 1: 0.7848 (reached)"),))
    (label,) = floor_lines.place(floors, lambda _: legend.center().y(), AREA, metrics(), legend)
    assert label.rect is not None
    assert not label.rect.intersects(legend)


def test_a_run_of_another_layer_does_not_stay_behind(view: LossView) -> None:
    def begin(losses: list[float], config: RunConfig) -> list[str]:
        history = LossHistory()
        view.plot.keep_as_previous()
        view.plot.show_history(history)
        view.show_run(None, outlook(), config)
        view.refresh()
        history.append(np.asarray(losses))
        view.plot.refresh()
        view.show_run(history.last, outlook(), config)
        view.refresh()
        found = view.plot.findChild(Overlay)
        assert isinstance(found, Overlay)
        return [row.name for row in found.scene.legend]

    begin([3.0, 2.0], CONFIG)
    assert "Previous run" in begin([3.0, 1.0], replace(CONFIG, rank=2))
    assert "Previous run" not in begin([3e4, 2e4], replace(CONFIG, in_features=4096))
    assert "Previous run" in begin([3e4, 1e4], replace(CONFIG, in_features=4096, seed=1))
