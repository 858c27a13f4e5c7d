"""The tabs of the real window, at work: floors, a rank from their chart, spectrum and gradients of a run."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.run import RunState
from lora_gui.runtime.insight import Insight
from lora_gui.ui.plot_tabs import PlotTabs
from lora_gui.ui.plots.overlay import Overlay
from tests.test_app import Driver, driver  # noqa: F401 - the fixture


@pytest.fixture
def known(driver: Driver) -> Driver:  # noqa: F811
    """A window that has looked ahead at its config."""
    wait_for_outlook(driver)
    return driver


def insight(driver: Driver) -> Insight:  # noqa: F811
    found = driver.window.findChild(Insight)
    assert found is not None
    return found


def wait_for_outlook(driver: Driver) -> None:  # noqa: F811
    found = insight(driver)
    driver.wait(lambda: found.outlook is not None and found.outlook.suits(driver.window.config))


def tabs(driver: Driver) -> PlotTabs:  # noqa: F811
    return driver.window.tabs


def floor_texts(driver: Driver) -> list[str]:  # noqa: F811
    overlay = driver.window.plot.findChild(Overlay)
    assert isinstance(overlay, Overlay)
    return [label.text for label in overlay.scene.floors]


def test_the_tutorials_floor_is_there_before_the_run_and_above_it_the_run(known: Driver) -> None:
    assert floor_texts(known)[0] == "best possible at rank 4: 1.1356"
    known.trigger("start")
    known.wait_for(RunState.FINISHED)
    assert floor_texts(known)[0] == "best possible at rank 4: 1.1356 (run: 153 ×) ↓"


def test_a_click_on_the_chart_sets_the_rank_and_can_be_undone(known: Driver) -> None:
    chart = tabs(known).loss.chart
    place = chart.point(7.0, chart.up.low).toPoint() - QPoint(0, 20)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    assert known.window.config.rank == 7
    assert known.widget(QSpinBox, "rank").value() == 7
    assert floor_texts(known)[0] == "best possible at rank 7: 1.0282"
    wait_for_outlook(known)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert known.window.config.rank == 8
    while known.window.config.rank > 4:  # edits that follow at once are one edit
        known.trigger("undo")
    assert known.window.config == RunConfig()


def test_during_a_run_the_chart_keeps_the_rank(known: Driver) -> None:
    known.widget(QSpinBox, "epochs").setValue(1_000_000)
    known.trigger("start")
    known.wait(lambda: known.session.epoch > 5)
    chart = tabs(known).loss.chart
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert known.window.config.rank == 4
    assert "during a run" in chart.toolTip()
    known.trigger("stop")
    known.wait_for(RunState.STOPPED)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert known.window.config.rank == 5


def test_a_live_change_to_no_scaling_mutes_the_floor(known: Driver) -> None:
    known.widget(QSpinBox, "epochs").setValue(1_000_000)
    known.trigger("start")
    known.wait(lambda: known.session.epoch > 5)
    known.window.settings_panel.set_config(known.window.config.with_("scaling", 0.0), undoable=True)
    known.wait(lambda: known.session.config.scaling == 0)
    assert "muted" in floor_texts(known)[0]
    assert "1.3597" in floor_texts(known)[0]
    known.trigger("stop")
    known.wait_for(RunState.STOPPED)


def test_the_spectrum_comes_near_to_what_was_planted(known: Driver) -> None:
    known.choose("preset", "planted")
    wait_for_outlook(known)
    tabs(known).setCurrentWidget(tabs(known).spectrum)
    known.trigger("start")
    known.wait_for(RunState.FINISHED)
    view = tabs(known).spectrum
    known.wait(lambda: view._likeness is not None and view._likeness.snapshot.epoch == known.session.epoch)
    likeness = view._likeness
    assert likeness is not None
    assert likeness.target is not None
    np.testing.assert_allclose(likeness.learned.values, likeness.target.values, rtol=0.05)
    assert float(known.text("spectrum_overlap")) > 0.99
    assert known.text("spectrum_effective_rank").endswith("of 3")
    known.trigger("rewind")
    assert known.text("spectrum_overlap") == "–"


def test_a_spectrum_opened_after_the_run_is_that_of_its_end(known: Driver) -> None:
    known.trigger("start")
    known.wait_for(RunState.FINISHED)
    view = tabs(known).spectrum
    tabs(known).setCurrentWidget(view)
    known.wait(lambda: view._likeness is not None)
    assert view._likeness is not None
    assert view._likeness.snapshot.epoch == 10


@pytest.mark.parametrize(("preset", "explained"), [("tutorial", False), ("planted", True)])
def test_gradients_of_a_run_and_the_zero_of_the_papers_start(
    known: Driver, preset: str, explained: bool
) -> None:
    known.choose("preset", preset)
    tabs(known).setCurrentWidget(tabs(known).gradients)
    known.trigger("start")
    known.wait_for(RunState.FINISHED)
    chart = tabs(known).gradients.chart
    assert chart.places()[0] == 1
    assert chart.places()[-1] == known.session.epoch
    assert ("gradient_A" in chart.zeros) == explained
    assert known.widget(QLabel, "gradient_note").isVisible() == explained


def test_mini_batches_say_why_there_is_no_floor(known: Driver) -> None:
    known.window.settings_panel.set_config(RunConfig(batch_size=100), undoable=True)
    assert floor_texts(known) == []
    assert "mini-batch" in known.text("plot_hint")


def test_every_tab_has_a_name_and_a_key(known: Driver) -> None:
    bar = tabs(known)
    texts = [bar.tabText(index) for index in range(bar.count())]
    assert texts[:3] == ["Loss", "Spectrum", "Gradients"]
    assert all(bar.tabToolTip(index) for index in range(bar.count()))
    for index in (*range(1, bar.count()), 0):
        QTest.keyClick(known.window, Qt.Key(Qt.Key.Key_1 + index), Qt.KeyboardModifier.ControlModifier)
        assert bar.currentIndex() == index
        assert f"Ctrl+{index + 1}" in bar.tabToolTip(index)
    bar.tabBar().setFocus()
    QTest.keyClick(bar.tabBar(), Qt.Key.Key_Right)
    assert bar.currentWidget() is bar.spectrum


def test_closing_while_something_is_looked_at_ends_cleanly(qtbot: QtBot) -> None:
    driver = Driver(qtbot)  # noqa: F811
    tabs(driver).setCurrentWidget(tabs(driver).spectrum)
    driver.window.settings_panel.set_config(RunConfig(samples=3000, epochs=1_000_000, seed=3))
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch > 3)
    driver.close()  # the leak check looks for threads
