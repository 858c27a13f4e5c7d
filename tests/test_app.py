"""The real window, driven by its buttons, keys and editors, from start to end."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QProgressBar,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lora_gui.app import create_app
from lora_gui.domain.config import RunConfig, field_names
from lora_gui.domain.run import RunState
from lora_gui.runtime.session import Session
from lora_gui.runtime.settings import Settings
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.plots.loss_plot import LossPlot
from lora_gui.ui.theme import theme_switch

TUTORIAL_LOSSES = [
    243.7067, 234.6470, 225.9160, 217.5043, 209.4038, 201.6063, 194.1039, 186.8890, 179.9540, 173.2909,
]  # fmt: skip
WAIT_MS = 30_000
T = TypeVar("T", bound=QWidget)


class Driver:
    """What a person does with the window, by the names that its parts carry."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.app, self.window = create_app(["lora-gui"], complete=True)
        self.window.show()
        qtbot.waitExposed(self.window)
        session = self.window.findChild(Session)
        assert session is not None
        self.session = session

    def widget(self, kind: type[T], name: str) -> T:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def trigger(self, name: str) -> None:
        action = self.window.findChild(QAction, name)
        assert action is not None, name
        assert action.isEnabled(), f"{name} is disabled"
        action.trigger()

    def text(self, name: str) -> str:
        return self.widget(QLabel, name).text()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def wait_for(self, state: RunState) -> None:
        self.wait(lambda: self.session.state is state)

    def choose(self, name: str, word: object) -> None:
        box = self.widget(QComboBox, name)
        index = box.findData(word)
        assert index >= 0, f"{name} has no {word}"
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.close()


def test_the_tutorial_from_start_to_finish(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    losses = driver.session.history.losses()
    assert [f"{loss:.4f}" for loss in losses] == [f"{loss:.4f}" for loss in TUTORIAL_LOSSES]
    assert (
        driver.widget(QProgressBar, "progress").value() == driver.widget(QProgressBar, "progress").maximum()
    )
    assert "173.29" in driver.text("loss_label")
    assert driver.widget(LossPlot, "loss_plot").isVisible()


def test_counts_follow_every_edit_before_any_training(driver: Driver) -> None:
    names = ("frozen_count", "trainable_count", "total_count", "trainable_share")
    assert [driver.text(name) for name in names] == ["640", "306", "946", "32.35 %"]
    driver.widget(QSpinBox, "rank").setValue(2)
    assert [driver.text(name) for name in names[:3]] == ["640", "158", "798"]
    driver.widget(QCheckBox, "train_bias").click()
    assert [driver.text(name) for name in names[:3]] == ["650", "148", "798"]
    driver.trigger("undo")
    driver.trigger("undo")
    assert driver.text("trainable_count") == "306"


def test_every_setting_has_its_editor(driver: Driver) -> None:
    for name in field_names():
        assert driver.widget(QWidget, name).accessibleName() or driver.widget(QWidget, name).toolTip(), name


def test_pause_step_resume_stop(driver: Driver) -> None:
    driver.widget(QSpinBox, "epochs").setValue(1_000_000)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch > 20)
    driver.trigger("pause")
    driver.qtbot.wait(150)
    held = driver.session.epoch
    driver.wait(lambda: f"epoch {held} of" in driver.text("epoch_label").replace(",", ""))
    driver.trigger("step")
    driver.wait(lambda: driver.session.epoch == held + 1)
    driver.qtbot.wait(100)
    assert driver.session.epoch == held + 1
    driver.trigger("pause")  # reads Resume now
    driver.wait(lambda: driver.session.epoch > held + 20)
    driver.trigger("stop")
    driver.wait_for(RunState.STOPPED)
    assert driver.text("state_label") == "Stopped"


def test_the_numbers_of_the_run_stay_whatever_the_mouse_is_over(driver: Driver) -> None:
    for action in driver.window.run_actions.all:
        action.hover()
        assert driver.window.status.isVisible()
        assert driver.window.statusBar().currentMessage() == ""


def test_rewind_starts_from_the_same_start(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    first = driver.session.history.losses().tolist()
    driver.trigger("rewind")
    assert driver.session.state is RunState.READY
    assert driver.session.epoch == 0
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    assert driver.session.history.losses().tolist() == first


def test_live_changes_take_effect_and_structure_is_closed(driver: Driver) -> None:
    driver.widget(QSpinBox, "epochs").setValue(1_000_000)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch > 5)
    for name in field_names():
        live = name in ("learning_rate", "scaling", "epochs")
        assert driver.widget(QWidget, name).isEnabled() == live, name
    assert "run" in driver.widget(QSpinBox, "rank").toolTip()
    driver.widget(QDoubleSpinBox, "learning_rate").setValue(0.5)
    driver.widget(QDoubleSpinBox, "scaling").setValue(0.25)
    driver.wait(lambda: driver.session.config.learning_rate == 0.5 and driver.session.config.scaling == 0.25)
    driver.widget(QSpinBox, "epochs").setValue(driver.session.epoch + 1)
    driver.wait_for(RunState.FINISHED)
    assert driver.widget(QSpinBox, "rank").isEnabled()


def test_a_diverged_run_says_where_and_what_to_try(driver: Driver) -> None:
    driver.choose("preset", "learning_rate_too_high")
    driver.trigger("start")
    driver.wait_for(RunState.DIVERGED)
    banner = driver.window.banner
    assert banner.isVisible()
    assert banner.message is not None
    assert str(driver.session.epoch + 1) in banner.message.title
    assert "learning rate" in banner.message.text
    assert driver.session.epoch > 1
    driver.trigger("rewind")
    assert not banner.isVisible()


@pytest.mark.parametrize("preset", ["planted", "digits", "rank_too_low"])
def test_presets_run(driver: Driver, preset: str) -> None:
    driver.choose("preset", preset)
    assert driver.window.note.isVisible()
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch >= 100)
    if preset == "digits":
        driver.wait(lambda: "%" in driver.text("accuracy_label"))
    driver.trigger("rewind")
    driver.wait_for(RunState.READY)


def test_a_bad_value_typed_in_is_named_and_the_good_one_kept(driver: Driver) -> None:
    rank = driver.widget(QSpinBox, "rank")
    rank.setFocus()
    rank.selectAll()
    QTest.keyClicks(rank, "99")
    QTest.keyClick(rank, Qt.Key.Key_Return)
    assert driver.window.config.rank == 4
    said = " ".join(label.text() for label in driver.window.settings_panel.findChildren(QLabel))
    assert "99" in said
    assert "10" in said
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)


def test_a_run_that_cannot_start_says_why(driver: Driver) -> None:
    config = RunConfig(in_features=16_384, out_features=16_384, samples=1_000_000, rank=1)
    driver.window.restore_config(config)
    driver.trigger("start")
    driver.wait_for(RunState.FAILED)
    message = driver.window.banner.message
    assert message is not None
    assert "GiB" in message.text or "GB" in message.text
    driver.window.restore_config(RunConfig(device="cuda:77"))
    driver.trigger("start")
    driver.wait(
        lambda: "cuda:77" in (driver.window.banner.message.text if driver.window.banner.message else "")
    )


def test_closing_mid_run_ends_cleanly(qtbot: QtBot) -> None:
    driver = Driver(qtbot)
    driver.widget(QSpinBox, "epochs").setValue(1_000_000)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch > 5)
    driver.close()  # the leak check looks for the thread


def test_settings_come_back(qtbot: QtBot) -> None:
    first = Driver(qtbot)
    first.widget(QSpinBox, "rank").setValue(7)
    first.choose("optimizer", "sgd")
    first.window.themes.choose("dark")
    first.choose("speed", 100.0)
    first.window.resize(first.window.width(), 700)
    first.close()
    second = Driver(qtbot)
    assert second.window.config == RunConfig(rank=7, optimizer="sgd")
    assert theme_switch().choice == "dark"
    assert second.window.toolbar.speed == 100.0
    assert second.window.height() == 700
    undo = second.window.findChild(QAction, "undo")
    assert undo is not None
    assert not undo.isEnabled()
    second.window.themes.choose("system")
    second.close()


def test_a_damaged_settings_store_is_set_aside_and_said(qtbot: QtBot) -> None:
    first = Driver(qtbot)
    first.close()
    path = Settings().path
    assert path.exists()
    path.write_bytes(b"\xff\xfe\x00 not an ini file")
    second = Driver(qtbot)
    message = second.window.banner.message
    assert message is not None
    assert "damaged" in message.text
    second.close()
    assert list(path.parent.glob("*damaged*"))


def test_one_bad_value_that_was_remembered_costs_no_other(qtbot: QtBot) -> None:
    first = Driver(qtbot)
    first.widget(QSpinBox, "rank").setValue(7)
    first.close()
    path = Settings().path
    text = path.read_text(encoding="utf-8")
    assert "speed=null" in text
    path.write_text(text.replace("speed=null", "speed={"), encoding="utf-8")
    second = Driver(qtbot)
    assert second.window.config.rank == 7
    message = second.window.banner.message
    assert message is not None
    assert "speed" in message.details
    second.close()


def test_the_previous_run_stays_faint_behind_the_next(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    driver.trigger("rewind")
    driver.widget(QDoubleSpinBox, "learning_rate").setValue(0.1)
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    previous = driver.window.plot._runs.previous
    assert previous is not None


def test_speed_makes_ten_epochs_watchable(driver: Driver) -> None:
    driver.choose("speed", 10.0)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch >= 1)
    driver.qtbot.wait(300)
    assert driver.session.epoch < 10
    driver.choose("speed", None)
    driver.wait_for(RunState.FINISHED)


def test_one_application_serves_several_windows(driver: Driver) -> None:
    app, window = create_app(["again"], complete=True)
    assert app is driver.app is QApplication.instance()
    assert isinstance(window, MainWindow)
    window.close()
    window.deleteLater()
