"""Sweeps in the real window, with the real engine: started, paused, cancelled, opened, exported."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lora_gui.app import create_app
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.run import RunState
from lora_gui.runtime.sweep_thread import SweepThread
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.sweep.tab import SweepTab

WAIT_MS = 30_000
T = TypeVar("T", bound=QWidget)
QUICK = PRESETS["planted"].with_("epochs", 30).with_("learning_rate", 0.05)


class Driver:
    """What a person does with the tab in the window."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        _, self.window = create_app(["lora-gui"], complete=True)
        self.window.restore_config(QUICK)
        self.window.tabs.setCurrentWidget(self.window.tabs.sweep)
        self.window.show()
        qtbot.waitExposed(self.window)

    @property
    def tab(self) -> SweepTab:
        return self.window.tabs.sweep

    @property
    def line(self) -> str:
        return self.widget(QLabel, "sweep_line").text()

    def widget(self, kind: type[T], name: str) -> T:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def ask(self, field: str, values: str, seeds: int = 2) -> None:
        box = self.widget(QComboBox, "sweep_field_1")
        box.setCurrentIndex(box.findData(field))
        self.widget(QLineEdit, "sweep_values_1").setText(values)
        self.widget(QSpinBox, "sweep_seeds").setValue(seeds)

    def start(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tab._typing.isActive())
        self.widget(QPushButton, "sweep_start").click()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def wait_for_end(self) -> None:
        self.wait(lambda: self.window.findChild(SweepThread) is None)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.close()


def test_a_sweep_from_start_to_the_run_that_is_opened_and_back(driver: Driver) -> None:
    driver.ask("rank", "1:4")
    driver.start()
    driver.wait_for_end()
    runs = driver.tab.results.runs
    assert len(runs) == 8
    assert {run.outcome for run in runs.values()} == {RunState.FINISHED}
    assert "8 run" in driver.line
    plot = driver.tab.results.plot
    assert "elbow: rank 3" in plot.summary()
    QTest.keyClick(plot, Qt.Key.Key_End)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    opened = driver.window.config
    assert (opened.rank, opened.epochs) == (4, QUICK.epochs)
    undo = driver.window.findChild(QAction, "undo")
    assert undo is not None
    undo.trigger()
    assert driver.window.config == QUICK


def test_pause_holds_and_cancel_keeps_what_is_done(driver: Driver) -> None:
    driver.window.restore_config(QUICK.with_("epochs", 200_000))
    driver.ask("rank", "1,2,3,4", seeds=1)
    driver.start()
    tab, pause = driver.tab, driver.widget(QToolButton, "sweep_pause")
    driver.wait(lambda: tab._progress is not None and 0 < tab._progress.fraction < 1)
    pause.click()
    assert driver.line.startswith("Paused")
    # What was under way when the button was pressed is told; then nothing is.
    driver.qtbot.wait(300)
    held = tab._progress
    driver.qtbot.wait(300)
    assert tab._progress == held
    pause.click()
    driver.wait(lambda: tab._progress != held)
    driver.widget(QToolButton, "sweep_cancel").click()
    driver.wait_for_end()
    assert driver.line == "Cancelled · 0 of 4 runs, kept"
    driver.window.restore_config(QUICK)
    driver.start()
    driver.wait_for_end()
    assert len(tab.results.runs) == 4


def test_what_diverges_is_shown_and_counted(driver: Driver) -> None:
    driver.window.restore_config(QUICK.with_("optimizer", "sgd").with_("epochs", 200))
    driver.ask("learning_rate", "0.05,1000", seeds=2)
    driver.start()
    driver.wait_for_end()
    spots = driver.tab.results.plot.spots
    assert [spot.lost for spot in spots] == [0, 2]
    assert spots[0].mean is not None
    assert "2 diverged" in driver.line
    QTest.keyClick(driver.tab.results.plot, Qt.Key.Key_End)
    assert "diverged 2 of 2" in driver.tab.results.plot.accessibleDescription()


def test_the_rank_is_swept_by_one_button_where_there_was_only_noise(driver: Driver) -> None:
    driver.window.load_preset("tutorial")
    driver.widget(QPushButton, "sweep_ranks").click()
    assert driver.window.config == PRESETS["planted"]
    assert driver.widget(QLineEdit, "sweep_values_1").text() == "1:10"
    assert driver.line.startswith("30 run")


def test_results_are_exported_over_an_older_file(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.ask("rank", "1,2")
    driver.start()
    driver.wait_for_end()
    path = tmp_path / "sweep.csv"
    path.write_text("something else", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    driver.widget(QToolButton, "sweep_export_button").click()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rank"], row["seed"]) for row in rows] == [
        ("1", "42"),
        ("1", "43"),
        ("2", "42"),
        ("2", "43"),
    ]
    assert float(rows[0]["final_loss"]) == driver.tab.results.runs[0].final
    missing = tmp_path / "nowhere" / "sweep.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(missing), ""))
    driver.widget(QToolButton, "sweep_export_button").click()
    assert "could not be written" in driver.line


def test_closing_mid_sweep_ends_it_and_the_scheduler_is_remembered(qtbot: QtBot) -> None:
    driver = Driver(qtbot)
    driver.window.restore_config(QUICK.with_("epochs", 1_000_000))
    driver.ask("rank", "1,2")
    driver.start()
    driver.wait(lambda: driver.tab._progress is not None)
    thread = driver.window.findChild(SweepThread)
    assert thread is not None
    driver.widget(QLineEdit, "sweep_scheduler").setText("tcp://10.0.0.1:8786")
    driver.window.close()
    assert thread.isFinished()
    driver.window.deleteLater()
    _, window = create_app(["lora-gui"], complete=True)
    assert isinstance(window, MainWindow)
    assert window.tabs.sweep.form.scheduler == "tcp://10.0.0.1:8786"
    window.close()
    window.deleteLater()
