"""How it works in the real window: it points at real parts, and its checks are those of the real run."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lora_gui.domain.run import RunState
from lora_gui.domain.snippets import STEPS, snippet
from lora_gui.engine.checks import checksum
from lora_gui.engine.trainers import make_trainer
from lora_gui.ui.lessons import TARGETS
from lora_gui.ui.side_column import LEAST_ABOVE
from tests.test_app import Driver


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.close()


def choose(driver: Driver, step: int) -> None:
    QTest.mouseClick(driver.widget(QToolButton, f"lesson_{step}"), Qt.MouseButton.LeftButton)


def place(driver: Driver, name: str) -> QRect:
    widget = driver.widget(QWidget, name)
    return QRect(widget.mapTo(driver.window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
@pytest.mark.parametrize("step", STEPS)
def test_each_step_points_at_parts_that_are_there_to_be_seen(
    driver: Driver, step: int, size: tuple[int, int]
) -> None:
    driver.window.resize(*size)
    driver.qtbot.wait(50)
    choose(driver, step)
    driver.qtbot.wait(50)
    frames = driver.window.spotlight.frames
    assert len(frames) == len(TARGETS[step])
    for frame, group in zip(frames, TARGETS[step], strict=True):
        for name in group:
            assert frame.contains(place(driver, name)), name
    QTest.keyClick(driver.window, Qt.Key.Key_Escape)
    assert driver.window.spotlight.frames == ()


def test_the_proof_that_the_base_is_frozen(driver: Driver) -> None:
    assert driver.text("weight_checksum_start") == "–"
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    expected = checksum(make_trainer(driver.window.config).layer.weight)
    assert driver.text("weight_checksum_start") == driver.text("weight_checksum_now") == expected
    assert "same after 10" in driver.text("weight_checksum_verdict")
    driver.widget(QSpinBox, "seed").setValue(43)
    driver.trigger("start")
    driver.wait(lambda: driver.session.state is RunState.FINISHED)
    assert driver.text("weight_checksum_start") != expected
    driver.trigger("rewind")
    assert driver.text("weight_checksum_start") == "–"


def test_the_merge_check_in_a_pause_and_after_the_end(driver: Driver) -> None:
    driver.window.resize(1280, 720)
    choose(driver, 2)
    button = driver.widget(QPushButton, "merge_check")
    result = driver.widget(QLabel, "merge_result")
    assert not button.isEnabled()
    driver.trigger("step")
    driver.wait_for(RunState.PAUSED)
    button.click()
    driver.wait(lambda: "Largest difference" in result.text())
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    assert f"{driver.session.history.losses()[-1]:.4f}" == "173.2909"
    button.click()
    assert "Merging" in result.text()
    driver.wait(lambda: "Largest difference" in result.text())
    assert "float32 rounds" in result.text()
    # It came in below what could be seen, and was scrolled to.
    driver.wait(lambda: result.visibleRegion().boundingRect() == result.rect())
    assert driver.text("weight_checksum_now") in result.text()
    driver.trigger("rewind")
    assert result.text() == ""
    assert not button.isEnabled()


def test_a_run_of_the_whole_layer_trains_w0_and_says_so(driver: Driver) -> None:
    driver.choose("method", "full")
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    assert driver.text("weight_checksum_start") != driver.text("weight_checksum_now")
    assert "trained" in driver.text("weight_checksum_verdict")
    driver.session.check_merge()  # its button is gone
    driver.wait(lambda: "no adapter" in driver.text("merge_result"))


def test_a_merge_check_under_way_does_not_hold_up_closing(qtbot: QtBot) -> None:
    driver = Driver(qtbot)
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    choose(driver, 2)
    driver.widget(QPushButton, "merge_check").click()
    driver.close()  # the leak check looks for the thread


def test_the_steps_follow_the_settings_and_the_run(driver: Driver) -> None:
    driver.widget(QSpinBox, "rank").setValue(3)
    choose(driver, 2)
    assert "(64,&nbsp;3)" in driver.text("lesson_formula")
    view = driver.widget(QPlainTextEdit, "code")
    assert view.toPlainText() == snippet(2, driver.window.config)
    driver.widget(QDoubleSpinBox, "learning_rate").setValue(0.02)
    choose(driver, 3)
    assert "lr=0.02" in view.toPlainText()
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    first, last = driver.session.history.losses()[[0, -1]]
    assert f"{first:.4f} in epoch 1, {last:.4f} in epoch 10" in driver.text("lesson_losses")


def test_keys_reach_every_step_and_the_card(driver: Driver) -> None:
    keys = {f"step_{step}": f"Alt+{step}" for step in STEPS} | {"how_it_works_open": "F1"}
    for name, key in keys.items():
        action = driver.window.findChild(QAction, name)
        assert action is not None
        assert action.shortcut() == QKeySequence(key)
    driver.window.activateWindow()
    driver.qtbot.waitUntil(driver.window.isActiveWindow)
    QTest.keyClick(driver.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert driver.window.how_it_works.step == 3
    QTest.keyClick(driver.window, Qt.Key.Key_F1)
    assert not driver.window.how_it_works.is_open
    assert driver.window.spotlight.frames == ()


def test_both_cards_are_of_use_in_a_low_window(driver: Driver) -> None:
    driver.window.resize(1280, 720)
    driver.qtbot.wait(50)
    panel, lessons = driver.window.parameter_panel, driver.window.how_it_works
    assert panel.height() >= LEAST_ABOVE
    assert lessons.height() >= 300
    for name in ("frozen_count", "trainable_count", "total_count", "trainable_share"):
        label = driver.widget(QLabel, name)
        assert not label.visibleRegion().isEmpty(), name
    whole = panel.height() + lessons.height()
    lessons.set_open(False)
    driver.wait(lambda: panel.height() > 500)
    assert panel.height() + lessons.height() == whole
    lessons.set_open(True)
    driver.wait(lambda: lessons.height() >= 300)


def test_a_folded_card_stays_folded_at_the_next_start(qtbot: QtBot) -> None:
    first = Driver(qtbot)
    first.window.how_it_works.set_open(False)
    first.close()
    second = Driver(qtbot)
    assert not second.window.how_it_works.is_open
    second.window.how_it_works.set_open(True)
    second.wait(lambda: second.window.how_it_works.height() > 200)
    second.close()
    third = Driver(qtbot)
    assert third.window.how_it_works.is_open
    third.close()


def test_nothing_is_lit_at_the_start(driver: Driver) -> None:
    assert driver.window.spotlight.frames == ()
    assert not driver.window.spotlight.isVisible()
