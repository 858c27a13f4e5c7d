import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QScrollArea,
    QSlider,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import LIVE_FIELDS, ConfigError, Range, RunConfig, field_names
from lora_gui.domain.presets import PRESETS
from lora_gui.ui import config_undo
from lora_gui.ui.field_texts import FORMULAS, GROUPS, FieldTexts, describe
from lora_gui.ui.settings_panel import SettingsPanel

CLOCK_STEP_S = 10.0


class Driver:
    """Uses a panel as a person does, and writes down what it says."""

    def __init__(self, panel: SettingsPanel) -> None:
        self.panel = panel
        self.edits: list[tuple[str, RunConfig]] = []
        self.rejections: list[str] = []
        panel.edited.connect(lambda field, config: self.edits.append((field, config)))
        panel.rejected.connect(self.rejections.append)

    def spin(self, name: str) -> QSpinBox | QDoubleSpinBox:
        editor = self.editor(name)
        assert isinstance(editor, QSpinBox | QDoubleSpinBox)
        return editor

    def combo(self, name: str) -> QComboBox:
        editor = self.editor(name)
        assert isinstance(editor, QComboBox)
        return editor

    def editor(self, name: str) -> QWidget:
        editor = self.panel.findChild(QWidget, name)
        assert isinstance(editor, QWidget)
        return editor

    def write(self, name: str, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        box = self.spin(name)
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        if end is not None:
            QTest.keyClick(box, end)

    def choose(self, name: str, word: str) -> None:
        self.combo(name).setCurrentIndex(self.combo(name).findData(word))

    def message(self, name: str) -> str:
        label = self.panel.findChild(QLabel, f"{name}_message")
        assert isinstance(label, QLabel)
        return "" if label.isHidden() else label.text()

    def role(self, name: str) -> str:
        label = self.panel.findChild(QLabel, f"{name}_message")
        assert isinstance(label, QLabel)
        return str(label.property("role"))

    @property
    def slider(self) -> QSlider:
        slider = self.panel.findChild(QSlider, "rank_slider")
        assert isinstance(slider, QSlider)
        return slider


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that stands still until it is told to move on."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def move_on(seconds: float) -> None:
        now[0] += seconds

    return move_on


@pytest.fixture
def ui(qtbot: QtBot) -> Driver:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.resize(290, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitExposed(panel)
    return Driver(panel)


WRITTEN = {
    "in_features": ("128", 128),
    "out_features": ("20", 20),
    "rank": ("7", 7),
    "scaling": ("0.25", 0.25),
    "samples": ("500", 500),
    "epochs": ("1e6", 1_000_000),
    "learning_rate": ("3e-05", 3e-5),
    "batch_size": ("32", 32),
    "seed": ("2147483647", 2_147_483_647),
    "true_rank": ("5", 5),
    "noise": ("0", 0.0),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_numbers_are_written(ui: Driver, name: str) -> None:
    text, value = WRITTEN[name]
    ui.panel.set_config(RunConfig(task="low_rank"))
    ui.edits.clear()
    ui.write(name, text)
    expected = RunConfig(task="low_rank").with_(name, value)
    assert ui.panel.config() == expected
    assert ui.edits == [(name, expected)]
    assert ui.rejections == []


@pytest.mark.parametrize(
    ("name", "word"), [("init", "paper"), ("task", "low_rank"), ("task", "digits"), ("optimizer", "sgd")]
)
def test_words_are_chosen(ui: Driver, name: str, word: str) -> None:
    ui.choose(name, word)
    assert ui.panel.config() == RunConfig().with_(name, word)
    assert ui.edits[-1][1] == ui.panel.config()


def test_the_bias_is_switched_with_the_mouse(ui: Driver) -> None:
    box = ui.editor("train_bias")
    assert isinstance(box, QCheckBox)
    assert box.text() == "yes"
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert ui.panel.config() == RunConfig(train_bias=False)
    assert box.text() == "no"
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert ui.panel.config() == RunConfig()


def test_the_slider_and_its_box_agree(ui: Driver) -> None:
    assert (ui.slider.value(), ui.slider.maximum()) == (4, 10)
    ui.slider.setFocus()
    QTest.keyClick(ui.slider, Qt.Key.Key_Right)
    assert ui.spin("rank").value() == ui.panel.config().rank == 5
    ui.write("rank", "9")
    assert ui.slider.value() == 9
    QTest.keyClick(ui.slider, Qt.Key.Key_End)
    assert ui.panel.config().rank == 10


def test_every_field_has_an_editor_by_its_name(ui: Driver) -> None:
    kinds = {name: type(ui.editor(name)) for name in field_names()}
    assert all(issubclass(k, QSpinBox | QDoubleSpinBox | QComboBox | QCheckBox) for k in kinds.values())
    assert sorted(n for names in GROUPS.values() for n in names) == sorted(field_names()) == sorted(FORMULAS)


# Limits


def test_the_ranks_limit_follows_the_sizes(ui: Driver) -> None:
    ui.write("rank", "10")
    ui.write("out_features", "3")
    assert ui.spin("rank").maximum() == ui.slider.maximum() == 3
    assert ui.panel.config() == RunConfig(out_features=3, rank=3)
    assert ui.edits[-1] == ("", ui.panel.config())
    assert ui.message("rank") == "Rank r lowered from 10 to 3, the most that is possible now"
    assert ui.role("rank") == "warning"
    ui.write("seed", "1")
    assert ui.message("rank") == ""


def test_typing_a_larger_size_does_not_lower_the_rank_on_the_way(ui: Driver) -> None:
    ui.write("in_features", "128", None)
    assert ui.panel.undo_stack.count() == 0
    QTest.keyClick(ui.editor("in_features"), Qt.Key.Key_Tab)
    assert ui.panel.config() == RunConfig(in_features=128)


@pytest.mark.parametrize(
    ("name", "text", "limits"),
    [
        ("rank", "99", "a whole number from 1 to 10"),
        ("in_features", "0", "a whole number from 1 to 16,384"),
        ("scaling", "-1", "a number from 0 to 1,000"),
        ("learning_rate", "abc", "a number from 0 to 1,000,000"),
        ("batch_size", "1001", "a whole number from 0 to 1,000"),
        ("seed", "99999999999999", "a whole number from 0 to 2,147,483,647"),
    ],
)
def test_a_wrong_value_is_named_and_the_last_good_one_stays(
    ui: Driver, name: str, text: str, limits: str
) -> None:
    ui.panel.setLocale(QLocale("en_US"))
    before = ui.spin(name).text()
    label = FieldTexts().name(name)
    ui.write(name, text, None)
    typed = ui.message(name)
    assert typed.startswith(f"{label}: ")
    assert text.lstrip("-")[:2] in typed.replace(",", "")
    assert typed.endswith(f"is not allowed; it must be {limits}")
    assert (ui.role(name), ui.spin(name).property("invalid")) == ("error", True)
    assert ui.rejections == []
    QTest.keyClick(ui.spin(name), Qt.Key.Key_Return)
    assert ui.message(name) == typed
    assert ui.rejections == [typed]
    assert ui.spin(name).text() == before
    assert ui.panel.config() == RunConfig()
    assert ui.edits == []
    ui.write("epochs", "12")
    assert ui.message(name) == ""
    assert ui.spin(name).property("invalid") is False


def test_asking_for_the_config_takes_what_is_being_typed(ui: Driver) -> None:
    ui.write("epochs", "250", None)
    assert ui.panel.config().epochs == 250
    ui.write("rank", "77", None)
    assert ui.panel.config().rank == 4
    assert len(ui.rejections) == 1


def test_describe_renders_every_kind_of_limit() -> None:
    raised: list[str] = []
    tries: list[dict[str, Any]] = [
        {"init": "x"},
        {"train_bias": 3},
        {"device": "tpu"},
        {"rank": 99},
        {"task": None},
    ]
    for values in tries:
        with pytest.raises(ConfigError) as error:
            RunConfig(**values)
        raised.append(describe(error.value))
    assert raised[0] == "Initialise: “x” is not allowed; it must be one of gaussian, paper"
    assert raised[1] == "Train bias: 3 is not allowed; it must be yes or no"
    assert raised[2] == "Device: “tpu” is not allowed; it must be cpu, cuda, cuda:N or mps"
    assert raised[3] == "Rank r: 99 is not allowed; it must be a whole number from 1 to 10"
    fixed = ConfigError("in_features", 3, Range(64, 64, whole=True))
    assert describe(fixed) == "Inputs: 3 is not allowed; it must be 64"
    assert describe(ConfigError("config", "[]", "a JSON object")).startswith("config: “[]” is not allowed")


# Locale


def test_german_numbers(ui: Driver) -> None:
    ui.panel.setLocale(QLocale("de_DE"))
    assert ui.spin("learning_rate").text() == "0,01"
    ui.write("learning_rate", "0.05")
    assert ui.panel.config().learning_rate == 0.05
    assert ui.spin("learning_rate").text() == "0,05"
    ui.write("scaling", "2,5")
    assert ui.panel.config().scaling == 2.5
    ui.write("epochs", "1.000")
    assert ui.panel.config().epochs == 1000
    ui.write("scaling", "1001,5", None)
    assert "1001,5" in ui.message("scaling")
    assert "1.000" in ui.message("scaling")


# Task and init


def test_notes_say_where_training_starts(ui: Driver) -> None:
    assert ui.message("init") == "starts far from the base model"
    ui.choose("init", "paper")
    assert ui.message("init") == "starts exactly at the base model"
    assert ui.role("init") == "muted"


def test_the_planted_tasks_settings_appear_with_it(ui: Driver) -> None:
    assert not ui.editor("true_rank").isVisible()
    assert not ui.editor("noise").isVisible()
    ui.choose("task", "low_rank")
    assert ui.editor("true_rank").isVisible()
    assert ui.editor("noise").isVisible()


def test_digits_fix_the_sizes_and_say_why(ui: Driver) -> None:
    ui.panel.set_config(RunConfig(in_features=128, out_features=20, samples=5000))
    ui.choose("task", "digits")
    assert ui.panel.config() == RunConfig(task="digits", samples=1297)
    for name in ("in_features", "out_features"):
        assert not ui.editor(name).isEnabled()
        assert "8×8 pixels, 10 classes" in ui.editor(name).toolTip()
    assert ui.message("task") == "fixed by the data: 8×8 pixels, 10 classes"
    assert "1297" in ui.message("samples")
    ui.choose("task", "random")
    assert ui.editor("in_features").isEnabled()
    assert "8×8" not in ui.editor("in_features").toolTip()


def test_zero_is_a_full_batch(ui: Driver) -> None:
    assert ui.spin("batch_size").text() == "full batch"
    ui.write("batch_size", "64")
    assert ui.spin("batch_size").text() == "64"


# Undo


def test_every_edit_can_be_undone_and_redone(ui: Driver) -> None:
    configs = [RunConfig()]
    acts: tuple[Callable[[], None], ...] = (
        lambda: ui.write("epochs", "30"),
        lambda: ui.choose("init", "paper"),
        lambda: ui.write("out_features", "2"),
        lambda: ui.panel.set_config(PRESETS["digits"], undoable=True),
    )
    for act in acts:
        act()
        configs.append(ui.panel.config())
    assert len(set(configs)) == 5
    stack = ui.panel.undo_stack
    for config in reversed(configs[:-1]):
        stack.undo()
        assert ui.panel.config() == ui.edits[-1][1] == config
    assert ui.spin("rank").value() == 4
    for config in configs[1:]:
        stack.redo()
        assert ui.panel.config() == config
    assert ui.combo("task").currentData() == "digits"


def test_quick_edits_of_one_field_are_one_to_undo(ui: Driver, clock: Callable[[float], None]) -> None:
    stack = ui.panel.undo_stack
    for _ in range(5):
        QTest.keyClick(ui.spin("rank"), Qt.Key.Key_Up)
        clock(config_undo.MERGE_WITHIN_S / 2)
    assert (ui.panel.config().rank, stack.count()) == (9, 1)
    clock(2 * config_undo.MERGE_WITHIN_S)
    QTest.keyClick(ui.spin("rank"), Qt.Key.Key_Up)
    assert stack.count() == 2
    QTest.keyClick(ui.spin("seed"), Qt.Key.Key_Up)
    assert stack.count() == 3
    for rank in (10, 9, 4):
        stack.undo()
        assert ui.panel.config() == RunConfig(rank=rank)


def test_back_and_forth_leaves_nothing_to_undo(ui: Driver, clock: Callable[[float], None]) -> None:
    QTest.keyClick(ui.spin("rank"), Qt.Key.Key_Up)
    QTest.keyClick(ui.spin("rank"), Qt.Key.Key_Down)
    assert ui.panel.undo_stack.count() == 0
    assert ui.panel.config() == RunConfig()


def test_a_drag_is_one_edit_however_slow(ui: Driver, clock: Callable[[float], None]) -> None:
    stack = ui.panel.undo_stack
    for target in (6, 8):
        ui.slider.setSliderDown(True)
        for rank in (target - 1, target):
            clock(CLOCK_STEP_S)
            ui.slider.setValue(rank)
        ui.slider.setSliderDown(False)
        clock(CLOCK_STEP_S)
    assert stack.count() == 2
    stack.undo()
    assert ui.panel.config().rank == 6
    stack.undo()
    assert ui.panel.config().rank == 4


def test_a_new_start_forgets_earlier_edits(ui: Driver) -> None:
    ui.write("epochs", "30")
    ui.panel.set_config(PRESETS["planted"])
    assert ui.panel.config() == PRESETS["planted"]
    assert ui.edits[-1] == ("", PRESETS["planted"])
    assert not ui.panel.undo_stack.canUndo()


def test_undo_by_key_from_inside_a_box(ui: Driver) -> None:
    action = ui.panel.undo_stack.createUndoAction(ui.panel)
    action.setShortcut("Ctrl+Z")
    ui.panel.addAction(action)
    ui.write("epochs", "30")
    assert action.text() == "&Undo: Epochs"
    QTest.keySequence(ui.spin("epochs"), "Ctrl+Z")
    assert ui.panel.config() == RunConfig()
    assert not action.isEnabled()
    ui.write("epochs", "99", None)
    QTest.keySequence(ui.spin("epochs"), "Ctrl+Z")
    assert ui.spin("epochs").text() != "99", "the letters being typed are undone first"


# While a run goes on


def test_only_live_settings_stay_open_in_a_run(ui: Driver) -> None:
    ui.panel.set_running(True)
    for name in field_names():
        editor = ui.editor(name)
        assert editor.isEnabled() == (name in LIVE_FIELDS)
        assert ("while a run goes on" in editor.toolTip()) == (name not in LIVE_FIELDS)
    assert not ui.slider.isEnabled()
    ui.write("learning_rate", "0.003")
    assert ui.edits[-1] == ("learning_rate", RunConfig(learning_rate=0.003))
    ui.panel.set_running(False)
    assert all(ui.editor(name).isEnabled() for name in field_names())
    assert not any("while a run goes on" in ui.editor(name).toolTip() for name in field_names())


def test_an_edit_in_a_run_keeps_the_others_closed(ui: Driver) -> None:
    ui.panel.set_running(True)
    ui.write("scaling", "2")
    assert not ui.editor("rank").isEnabled()


def test_digits_stay_fixed_after_a_run(ui: Driver) -> None:
    ui.choose("task", "digits")
    ui.panel.set_running(True)
    ui.panel.set_running(False)
    assert not ui.editor("in_features").isEnabled()
    assert ui.editor("rank").isEnabled()


def test_undo_in_a_run_touches_only_a_live_setting(ui: Driver) -> None:
    stack: QUndoStack = ui.panel.undo_stack
    undo, redo = stack.createUndoAction(ui.panel), stack.createRedoAction(ui.panel)
    ui.write("rank", "5")
    assert undo.isEnabled()
    ui.panel.set_running(True)
    assert not undo.isEnabled()
    ui.write("learning_rate", "0.5")
    assert undo.isEnabled()
    undo.trigger()
    assert ui.panel.config() == RunConfig(rank=5)
    assert not undo.isEnabled()
    assert redo.isEnabled()
    ui.panel.set_running(False)
    undo.trigger()
    assert ui.panel.config() == RunConfig()
    ui.panel.set_running(True)
    assert not redo.isEnabled()


# Devices


def test_devices_are_offered_by_title(ui: Driver) -> None:
    assert [ui.combo("device").itemData(i) for i in range(ui.combo("device").count())] == ["cpu"]
    ui.panel.set_devices([("cpu", "CPU"), ("cuda:0", "A fast one")])
    assert ui.edits == []
    ui.choose("device", "cuda:0")
    assert ui.panel.config() == RunConfig(device="cuda:0")
    assert ui.combo("device").currentText() == "A fast one"


def test_a_device_that_is_not_here_stays_visible(ui: Driver) -> None:
    ui.panel.set_config(RunConfig(device="cuda:1"))
    assert ui.combo("device").currentText() == "cuda:1 (not available here)"
    assert ui.message("device") == "not available here"
    assert ui.role("device") == "warning"
    ui.panel.set_devices([("cpu", "CPU"), ("cuda:0", "A fast one")])
    assert ui.panel.config().device == ui.combo("device").currentData() == "cuda:1"
    assert ui.combo("device").count() == 3
    ui.panel.set_devices([("cpu", "CPU"), ("cuda:1", "Another")])
    assert ui.combo("device").currentText() == "Another"
    assert ui.message("device") == ""
    ui.choose("device", "cpu")
    assert ui.combo("device").count() == 2


def test_plain_cuda_is_any_of_them(ui: Driver) -> None:
    ui.panel.set_devices([("cpu", "CPU"), ("cuda:0", "A fast one")])
    ui.panel.set_config(RunConfig(device="cuda"))
    assert ui.combo("device").currentText() == "cuda"
    assert ui.message("device") == ""


def test_devices_found_do_not_disturb_typing(ui: Driver) -> None:
    ui.write("rank", "7", None)
    ui.panel.set_devices([("cpu", "CPU"), ("cuda:0", "A fast one")])
    assert ui.spin("rank").text() == "7"


# Keyboard, wheel, screen readers


def wheel(widget: QWidget) -> None:
    window = widget.window()
    spot = widget.mapTo(window, widget.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(spot), QPoint(0, -120))


def test_the_wheel_scrolls_and_changes_nothing_without_focus(ui: Driver, qtbot: QtBot) -> None:
    ui.panel.resize(290, 300)
    ui.editor("train_bias").setFocus()
    area = ui.panel.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for name in ("in_features", "rank", "scaling", "init", "rank_slider"):
        bar.setValue(0)
        wheel(ui.editor(name))
        assert bar.value() > 0, name
    assert ui.edits == []


def test_the_wheel_changes_what_has_the_focus(ui: Driver) -> None:
    ui.spin("rank").setFocus()
    wheel(ui.spin("rank"))
    assert ui.panel.config().rank == 3


def test_tab_goes_from_top_to_bottom(ui: Driver) -> None:
    ui.choose("task", "low_rank")
    ui.editor("in_features").setFocus()
    visited = ["in_features"]
    while visited[-1] != "engine":
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None
        visited.append(after.objectName())
    expected = [name for names in GROUPS.values() for name in names]
    expected.insert(expected.index("rank"), "rank_slider")
    assert visited == expected


def test_mnemonics_reach_every_field_and_no_two_share_one(ui: Driver) -> None:
    texts = FieldTexts()
    letters = [texts.label(name).partition("&")[2][:1].upper() for name in field_names()]
    assert all(letters)
    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("FERVH"), "the menus' own"
    for name, letter in zip(field_names(), letters, strict=True):
        if ui.editor(name).isVisible() and name != "train_bias":
            ui.editor("train_bias").setFocus()
            QTest.keySequence(ui.panel, f"Alt+{letter}")
            assert ui.editor(name).hasFocus(), name


def test_focus_scrolls_a_field_and_its_message_into_view(ui: Driver, qtbot: QtBot) -> None:
    ui.panel.resize(290, 250)
    area = ui.panel.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    ui.write("seed", "-1", None)
    label = ui.panel.findChild(QLabel, "seed_message")
    assert isinstance(label, QLabel)

    def in_view(widget: QWidget) -> bool:
        top = widget.mapTo(area.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + widget.height() <= area.viewport().height()

    qtbot.waitUntil(lambda: label.isVisible() and in_view(label) and in_view(ui.spin("seed")))


def test_every_editor_says_what_it_is(ui: Driver) -> None:
    texts = FieldTexts()
    for name in field_names():
        editor = ui.editor(name)
        assert editor.accessibleName() == texts.name(name)
        assert texts.purpose(name)[:20] in editor.accessibleDescription()
        assert "<" not in editor.accessibleDescription()
        assert FORMULAS[name] in editor.toolTip()


def test_a_change_of_language_renews_every_text(ui: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    ui.panel.set_config(PRESETS["planted"])
    monkeypatch.setattr(FieldTexts, "tr", lambda self, text, *_: f"<{text}>")
    QApplication.sendEvent(ui.panel, QEvent(QEvent.Type.LanguageChange))
    assert all(ui.editor(name).accessibleName().startswith("<") for name in field_names())
    assert ui.combo("init").currentText() == "<Paper (B = 0)>"
    assert ui.message("init").startswith("<")
    assert ui.spin("batch_size").text() == "<full batch>"
    assert ui.panel.config() == PRESETS["planted"]


@pytest.mark.parametrize("preset", PRESETS)
def test_no_text_is_clipped_at_the_smallest_width(
    ui: Driver, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, preset: str
) -> None:
    short = ui.panel.minimumSizeHint().width()
    monkeypatch.setattr(FieldTexts, "tr", lambda self, text, *_: text + "e" * (len(text) * 2 // 5))
    QApplication.sendEvent(ui.panel, QEvent(QEvent.Type.LanguageChange))
    ui.panel.set_config(PRESETS[preset])
    # Qt lets a choice's new titles change its width after 20 ms.
    qtbot.waitUntil(lambda: ui.panel.minimumSizeHint().width() > short)
    ui.panel.resize(ui.panel.minimumSizeHint().width(), 700)
    QApplication.processEvents()
    right = ui.panel.width()
    for widget in ui.panel.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QLabel | QSpinBox | QDoubleSpinBox | QComboBox):
            assert widget.mapTo(ui.panel, QPoint(widget.width(), 0)).x() <= right, widget
            if isinstance(widget, QComboBox) and widget.objectName() != "device":
                assert widget.width() >= widget.sizeHint().width()
            if isinstance(widget, QLabel) and not widget.wordWrap():
                assert widget.width() >= widget.sizeHint().width()


# Any config at all


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    config = RunConfig(task=draw(st.sampled_from(("random", "low_rank", "digits"))))
    for name in field_names():
        allowed = config.allowed(name)
        match allowed:
            case Range(low, high, True):
                value: object = draw(st.integers(int(low), int(high)))
            case Range(low, high, False):
                value = draw(st.floats(low, high, allow_subnormal=False))
            case _ if name == "train_bias":
                value = draw(st.booleans())
            case _ if name == "device":
                value = draw(st.sampled_from(("cpu", "cuda", "cuda:3", "mps")))
            case _ if name == "task":
                continue
            case _:
                value = draw(st.sampled_from(getattr(allowed, "options")))  # noqa: B009
        config = config.with_(name, value)
    return config


def test_any_config_is_shown_as_it_is(qtbot: QtBot) -> None:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    ui = Driver(panel)

    seen = set()

    @given(configs())
    def check(config: RunConfig) -> None:
        seen.add(config)
        panel.set_config(config)
        assert panel.config() == config
        for name in field_names():
            editor = ui.editor(name)
            if isinstance(editor, QSpinBox | QDoubleSpinBox):
                assert editor.value() == getattr(config, name), name
            elif isinstance(editor, QComboBox):
                assert editor.currentData() == getattr(config, name)
            else:
                assert isinstance(editor, QCheckBox)
                assert editor.isChecked() == config.train_bias

    check()
    assert len(seen) > 20
