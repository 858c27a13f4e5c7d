"""The Sweep tab by itself: what is typed, what is asked for, what is shown of results that come in."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepEnd, SweepNews, SweepProgress, SweepRun
from lora_gui.ui.sweep.tab import SweepTab
from tests.ui.sweeps import BASE, PAIRS, RANKS, results

T = TypeVar("T", bound=QWidget)


class Driver:
    """What a person does with the tab, and what it asked for."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.tab = SweepTab()
        self.tab._typing.setInterval(0)
        qtbot.addWidget(self.tab)
        self.started: list[tuple[object, ...]] = []
        self.opened: list[RunConfig] = []
        self.asked: list[str] = []
        tab = self.tab
        tab.start_requested.connect(lambda *order: self.started.append(order))
        tab.run_opened.connect(self.opened.append)
        tab.preset_requested.connect(self.asked.append)
        tab.export_requested.connect(self.asked.append)
        for name in ("pause", "resume", "cancel"):
            getattr(tab, f"{name}_requested").connect(lambda name=name: self.asked.append(name))
        tab.resize(700, 420)
        tab.show_config(BASE)
        tab.show()
        qtbot.waitExposed(tab)

    def widget(self, kind: type[T], name: str) -> T:
        found = self.tab.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def line(self) -> str:
        return self.widget(QLabel, "sweep_line").text()

    @property
    def role(self) -> object:
        return self.widget(QLabel, "sweep_line").property("role")

    def choose(self, number: int, field: str, values: str) -> None:
        box = self.widget(QComboBox, f"sweep_field_{number}")
        box.setCurrentIndex(box.findData(field))
        if field:
            self.type(f"sweep_values_{number}", values)

    def type(self, name: str, text: str) -> None:
        editor = self.widget(QLineEdit, name)
        editor.selectAll()
        QTest.keyClicks(editor, text)

    def look(self) -> None:
        """Wait until the form was looked at."""
        self.qtbot.waitUntil(lambda: not self.tab._typing.isActive())

    def start(self) -> Sweep:
        button = self.widget(QPushButton, "sweep_start")
        assert button.isEnabled()
        button.click()
        self.tab.show_state(RunState.TRAINING)
        sweep = self.started[-1][0]
        assert isinstance(sweep, Sweep)
        return sweep

    def known(self) -> list[int]:
        """Return the runs that the sweep started last need not train."""
        known = self.started[-1][1]
        assert isinstance(known, tuple)
        return list(known)

    def tell(self, runs: dict[int, SweepRun], done: int, total: int) -> None:
        self.tab.show_news(
            SweepNews(tuple(runs.values()), SweepProgress(done, total, done / total, 2.0, 8.0))
        )

    def show(self, sweep: Sweep, runs: dict[int, SweepRun]) -> None:
        self.tab.results.begin(sweep, runs)
        self.tab.show_end(SweepEnd(RunState.FINISHED))


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield Driver(qtbot)
    QLocale.setDefault(before)


def test_it_says_how_many_runs_by_which_engine_and_how_long(driver: Driver) -> None:
    driver.choose(1, "rank", "1:4")
    driver.choose(2, "learning_rate", "0.001,0.01")
    driver.widget(QSpinBox, "sweep_seeds").setValue(5)
    driver.look()
    assert driver.line.startswith("40 run")
    assert "trained together" in driver.line
    assert "about" in driver.line
    driver.tab.show_config(BASE.with_("engine", "reference"))
    driver.look()
    assert "in processes" in driver.line
    assert "far faster" in driver.line
    driver.type("sweep_scheduler", "tcp://10.0.0.1:8786")
    driver.look()
    assert "Dask" in driver.line


def test_what_is_asked_for_is_what_starts(driver: Driver) -> None:
    driver.choose(1, "learning_rate", "1e-3:1e-1:x10")
    driver.choose(2, "init", "paper,gaussian")
    driver.widget(QSpinBox, "sweep_seeds").setValue(2)
    driver.type("sweep_scheduler", " tcp://10.0.0.1:8786 ")
    QTest.keyClick(driver.widget(QLineEdit, "sweep_values_1"), Qt.Key.Key_Return)
    axes = (Axis("learning_rate", (0.001, 0.01, 0.1)), Axis("init", ("paper", "gaussian")))
    assert driver.started == [(Sweep(BASE, axes, 2), (), "tcp://10.0.0.1:8786")]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("rank", "1:99", "Rank r: 49 is not allowed; it must be a whole number from 1 to 48"),
        ("rank", "0", "Rank r: 0 is not allowed; it must be a whole number from 1 to 16,384"),
        ("rank", "5:1", "Rank r: “5:1” is not allowed; write values such as"),
        ("rank", "1:2:3:4", "Rank r: “1:2:3:4” is not allowed; write values such as"),
        ("rank", "two", "Rank r: “two” is not allowed; it must be a whole number"),
        ("rank", "", "Rank r: “” is not allowed"),
        ("rank", "1,,2", "Rank r: “” is not allowed"),
        ("learning_rate", "-1", "Learning rate: -1 is not allowed; it must be a number from 0"),
        ("learning_rate", "0.1,x", "Learning rate: “x” is not allowed"),
        ("learning_rate", "nan", "Learning rate: "),
        ("learning_rate", "0:1000000:0.001", "at most 1,000 values fit"),
        ("init", "gauss", "Initialise: “gauss” is not allowed; it must be one of gaussian, paper"),
        ("noise", "1:2:0", "Noise σ: “1:2:0” is not allowed; write values such as"),
    ],
)
def test_what_cannot_be_swept_is_named_with_value_and_limits(
    driver: Driver, field: str, text: str, said: str
) -> None:
    driver.choose(1, field, "x")
    editor = driver.widget(QLineEdit, "sweep_values_1")
    editor.setText(text)
    driver.look()
    assert said in driver.line
    assert driver.role == "error"
    assert editor.property("invalid") is True
    assert not driver.widget(QPushButton, "sweep_start").isEnabled()
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert driver.started == []
    driver.tab.form._axes[0].choose(field)
    driver.look()
    assert driver.role != "error"
    assert editor.property("invalid") is False
    assert driver.widget(QPushButton, "sweep_start").isEnabled()


def test_too_many_runs_and_one_field_twice_are_refused(driver: Driver) -> None:
    driver.choose(1, "learning_rate", "0:1:0.002")
    driver.widget(QSpinBox, "sweep_seeds").setValue(1000)
    driver.look()
    assert driver.line == "501,000 runs are too many; at most 10,000 are possible here"
    driver.widget(QSpinBox, "sweep_seeds").setValue(1)
    driver.choose(1, "rank", "1:3")
    driver.choose(2, "rank", "1:3")
    driver.look()
    assert "same" in driver.line
    assert driver.role == "error"


def test_suggestions_follow_the_settings_until_values_are_typed(driver: Driver) -> None:
    values = driver.widget(QLineEdit, "sweep_values_1")
    assert values.text() == "1:10"
    driver.tab.show_config(RunConfig(in_features=3, rank=1))
    assert values.text() == "1:3"
    driver.type("sweep_values_1", "1,2")
    driver.tab.show_config(BASE)
    assert values.text() == "1,2"


def test_a_field_without_effect_is_pointed_out(driver: Driver) -> None:
    driver.tab.show_config(RunConfig())
    driver.choose(1, "noise", "0,1")
    driver.look()
    assert "only in the task “Planted rank”" in driver.line
    assert driver.role == "warning"


def test_before_the_first_sweep_it_teaches_and_fills_itself_in(driver: Driver) -> None:
    button = driver.widget(QPushButton, "sweep_ranks")
    assert button.isVisible()
    assert "how much rank is enough" in driver.widget(QLabel, "sweep_lesson").text()
    driver.choose(1, "scaling", "1,2")
    driver.choose(2, "init", "paper")
    button.click()
    assert driver.asked == []
    sweep = driver.start()
    assert sweep.axes == (Axis("rank", tuple(range(1, 11))),)
    assert sweep.seeds == 3
    assert not button.isVisible()


def test_where_there_is_only_noise_the_planted_preset_is_asked_for(driver: Driver) -> None:
    driver.tab.show_config(RunConfig())
    driver.widget(QPushButton, "sweep_ranks").click()
    assert driver.asked == ["planted"]


def test_results_come_in_live_and_the_buttons_follow(driver: Driver) -> None:
    driver.choose(1, "rank", "1:4")
    sweep = driver.start()
    assert sweep == RANKS
    pause, cancel = driver.widget(QToolButton, "sweep_pause"), driver.widget(QToolButton, "sweep_cancel")
    bar = driver.widget(QProgressBar, "sweep_progress")
    assert pause.isEnabled()
    assert cancel.isEnabled()
    assert bar.isVisible()
    assert not driver.widget(QPushButton, "sweep_start").isEnabled()
    assert not driver.widget(QLineEdit, "sweep_values_1").isEnabled()
    runs = results(sweep)
    driver.tell({i: runs[i] for i in range(3)}, 3, 12)
    assert driver.line == "3 of 12 runs · about 8 s left"
    assert bar.value() == bar.maximum() // 4
    assert driver.tab.results.currentWidget() is driver.tab.results.plot
    assert [spot.mean is not None for spot in driver.tab.results.plot.spots] == [True, False, False, False]
    pause.click()
    driver.tab.show_state(RunState.PAUSED)
    assert driver.line == "Paused · 3 of 12 runs"
    pause.click()
    driver.tab.show_state(RunState.TRAINING)
    cancel.click()
    assert driver.asked == ["pause", "resume", "cancel"]
    driver.tab.show_end(SweepEnd(RunState.STOPPED))
    assert driver.line == "Cancelled · 3 of 12 runs, kept"
    assert not bar.isVisible()
    assert driver.tab.results.plot.spots[0].mean is not None


def test_a_cancelled_sweep_is_continued_with_what_is_missing(driver: Driver) -> None:
    driver.choose(1, "rank", "1:4")
    sweep = driver.start()
    runs = results(sweep)
    failed = SweepRun(index=2, config=sweep.configs[2], outcome=RunState.FAILED, error="no memory")
    driver.tell({0: runs[0], 1: runs[1], 2: failed}, 3, 12)
    driver.tab.show_end(SweepEnd(RunState.STOPPED))
    assert driver.line.endswith("1 failed: no memory")
    assert driver.role == "warning"
    assert driver.widget(QPushButton, "sweep_start").text() == "Continue"
    driver.start()
    assert driver.known() == [0, 1]
    assert sorted(driver.tab.results.runs) == [0, 1]
    driver.tell({i: r for i, r in runs.items() if i > 1}, 12, 12)
    driver.tab.show_end(SweepEnd(RunState.FINISHED))
    assert "12 run" in driver.line
    driver.start()
    assert driver.known() == []
    assert driver.tab.results.runs == {}


def test_a_scheduler_that_cannot_be_reached_is_named(driver: Driver) -> None:
    driver.start()
    error = ConfigError("scheduler", "tcp://nowhere", "the address of a running Dask scheduler")
    driver.tab.show_end(SweepEnd(RunState.FAILED, error))
    assert "tcp://nowhere" in driver.line
    assert driver.role == "error"
    assert driver.widget(QPushButton, "sweep_start").isEnabled()


def test_want_of_memory_is_told_in_the_windows_own_words(driver: Driver) -> None:
    driver.tab.show_end(SweepEnd(RunState.FAILED, NotEnoughMemory(3 * 2**30, 2**30, "CPU (2 cores)")))
    assert driver.line.startswith("It needs about 3.0 GiB of memory, and 1.0 GiB are free on CPU (2 cores).")
    assert driver.role == "error"


def test_the_values_typed_in_any_order_rise_along_the_plot(driver: Driver) -> None:
    sweep = Sweep(BASE, (Axis("rank", (4, 1, 3)),), 1)
    driver.show(sweep, results(sweep))
    plot = driver.tab.results.plot
    assert plot.places().tolist() == [1, 3, 4]
    means = [spot.mean for spot in plot.spots]
    assert means == sorted((m for m in means if m is not None), reverse=True)
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert [config.rank for config in driver.opened] == [1]
    assert "elbow: rank 3" in plot.summary()


def test_two_fields_make_a_map_whose_cells_open(driver: Driver) -> None:
    driver.show(PAIRS, results(PAIRS))
    heat_map = driver.tab.results.map
    assert driver.tab.results.currentWidget() is heat_map
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(heat_map, key)
    config = driver.opened[-1]
    assert (config.rank, config.learning_rate, config.seed) == (2, 0.1, BASE.seed)
    assert "Rank r 2, Learning rate 0.1, seed 42" in driver.line


def test_nothing_is_loaded_while_a_run_goes_on(driver: Driver) -> None:
    driver.show(RANKS, results(RANKS))
    driver.tab.set_running(True)
    QTest.keyClick(driver.tab.results.plot, Qt.Key.Key_End)
    QTest.keyClick(driver.tab.results.plot, Qt.Key.Key_Return)
    assert driver.opened == []
    assert "stop it first" in driver.line


def test_the_table_has_every_run_sorts_opens_and_is_copied(driver: Driver) -> None:
    driver.show(RANKS, results(RANKS, lambda c: c.rank == 4 and c.seed == 43))
    driver.widget(QToolButton, "sweep_table_button").click()
    table = driver.widget(QTableView, "sweep_table")
    assert table.isVisible()
    model = table.model()
    assert model.rowCount() == 12
    heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert heads[:4] == ["Rank r", "Seed", "Outcome", "Final loss"]
    assert "Accuracy" not in heads
    table.setFocus()
    QTest.keySequence(table, QKeySequence(QKeySequence.StandardKey.Copy))
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 13
    assert lines[0].split("\t") == heads
    assert lines[1].split("\t")[:3] == ["1", "42", "finished"]
    outcomes = [line.split("\t")[heads.index("Outcome")] for line in lines[1:]]
    assert outcomes.count("diverged") == 1
    assert outcomes.count("finished") == 11
    table.sortByColumn(heads.index("Final loss"), Qt.SortOrder.AscendingOrder)
    table.selectRow(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    # The two least losses are those of the first seeds at the ranks from the elbow on.
    assert driver.opened[0].rank in (3, 4)
    assert driver.opened[0].seed == 42


def test_the_band_and_the_scheduler_wait_under_more(driver: Driver) -> None:
    scheduler = driver.widget(QLineEdit, "sweep_scheduler")
    assert not scheduler.isVisible()
    driver.widget(QToolButton, "sweep_more").click()
    assert scheduler.isVisible()
    driver.show(RANKS, results(RANKS))
    spread = driver.widget(QComboBox, "sweep_spread")
    spread.setCurrentIndex(1)
    assert "mean ± std" in {row.name for row in driver.tab.results.plot.reading(0)[1]}


def test_export_asks_where_to(driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.show(RANKS, results(RANKS))
    path = str(tmp_path / "sweep.csv")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (path, ""))
    driver.widget(QToolButton, "sweep_export_button").click()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: ("", ""))
    driver.widget(QToolButton, "sweep_export_button").click()
    assert driver.asked == [path]
    driver.tab.say_not_written(path, PermissionError(13, "Permission denied"))
    assert driver.line == f"{path} could not be written: Permission denied"


def test_everything_that_takes_the_focus_has_a_name(driver: Driver) -> None:
    driver.show(RANKS, results(RANKS))
    driver.widget(QToolButton, "sweep_more").click()
    named = 0
    for widget in driver.tab.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.objectName().startswith("sweep_"):
            named += 1
            name = widget.accessibleName() or (widget.text() if isinstance(widget, QPushButton) else "")
            assert name, widget.objectName()
    assert named >= 12


def test_no_mnemonic_takes_a_letter_from_the_settings_or_the_menus(driver: Driver) -> None:
    driver.show(RANKS, results(RANKS))
    buttons = [*driver.tab.findChildren(QPushButton), *driver.tab.findChildren(QToolButton)]
    texts = [button.text() for button in buttons] + [
        label.text() for label in driver.tab.findChildren(QLabel)
    ]
    assert "Start sweep" in texts
    assert [text for text in texts if "&" in text] == []


def test_a_new_language_reaches_every_part(driver: Driver) -> None:
    driver.show(RANKS, results(RANKS))
    before = driver.line
    QApplication.sendEvent(driver.tab, QEvent(QEvent.Type.LanguageChange))
    assert driver.widget(QComboBox, "sweep_field_1").currentData() == "rank"
    assert driver.widget(QComboBox, "sweep_field_2").currentData() == ""
    assert driver.line != before  # the plan of the form stands there now
    assert driver.tab.results.currentWidget() is driver.tab.results.plot
