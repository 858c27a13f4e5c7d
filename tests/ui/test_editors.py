from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import ConfigError, Range
from lora_gui.ui.editors import ChoiceBox, SwitchBox
from lora_gui.ui.number_boxes import DecimalBox, NumberBox, WholeBox
from lora_gui.ui.number_entry import step_125, step_by_one
from lora_gui.ui.rank_slider import POSITIONS, RankSlider

Put = Callable[[QWidget], None]


@pytest.fixture
def put(qtbot: QtBot) -> Put:
    """Show a widget in a window with another one that can take the focus."""

    windows = []  # qtbot holds none of them

    def put(widget: QWidget) -> None:
        window = QWidget()
        windows.append(window)
        qtbot.addWidget(window)
        layout = QVBoxLayout(window)
        layout.addWidget(widget)
        layout.addWidget(ChoiceBox("other"))
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)

    return put


@pytest.fixture
def whole(put: Put) -> WholeBox:
    box = WholeBox("rank", step_by_one)
    box.show_value(4, Range(1, 10, whole=True))
    put(box)
    return box


@pytest.fixture
def decimal(put: Put) -> DecimalBox:
    box = DecimalBox("learning_rate", step_125)
    box.show_value(0.01, Range(0, 1000))
    put(box)
    return box


def write(box: NumberBox, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    box.selectAll()
    QTest.keyClicks(box, text)
    if end is not None:
        QTest.keyClick(box, end)


def told(box: NumberBox) -> tuple[list[object], list[ConfigError]]:
    chosen: list[object] = []
    refused: list[ConfigError] = []
    box.chosen.connect(chosen.append)
    box.typing.refused.connect(refused.append)
    return chosen, refused


def test_typing_is_taken_once_at_the_end(whole: WholeBox) -> None:
    chosen, refused = told(whole)
    write(whole, "10", None)
    assert chosen == []
    QTest.keyClick(whole, Qt.Key.Key_Return)
    assert (chosen, refused) == ([10], [])


def test_leaving_takes_what_was_typed(decimal: DecimalBox) -> None:
    chosen, _ = told(decimal)
    write(decimal, "1e-3", Qt.Key.Key_Tab)
    assert chosen == [0.001]
    assert decimal.text() == "0.001"


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
@pytest.mark.parametrize(
    ("text", "value"), [("99", 99), ("0", 0), ("-3", -3), ("2.5", "2.5"), ("abc", "abc"), ("1e", "1e")]
)
def test_a_wrong_text_is_refused_once_and_replaced(
    whole: WholeBox, text: str, value: object, end: Qt.Key
) -> None:
    chosen, refused = told(whole)
    write(whole, text, end)
    assert chosen == []
    assert [(e.field, e.value, e.allowed) for e in refused] == [("rank", value, Range(1, 10, whole=True))]
    assert (whole.value(), whole.text()) == (4, "4")


def test_clearing_the_box_is_refused(whole: WholeBox) -> None:
    _, refused = told(whole)
    whole.selectAll()
    QTest.keyClick(whole, Qt.Key.Key_Delete)
    QTest.keyClick(whole, Qt.Key.Key_Return)
    assert len(refused) == 1
    assert whole.text() == "4"


def test_pasted_rubbish_is_refused(decimal: DecimalBox) -> None:
    chosen, refused = told(decimal)
    QGuiApplication.clipboard().setText("1.2.3 rubbish")
    decimal.selectAll()
    QTest.keySequence(decimal, "Ctrl+V")
    assert decimal.text() == "1.2.3 rubbish"
    QTest.keyClick(decimal, Qt.Key.Key_Return)
    assert chosen == []
    assert [e.value for e in refused] == ["1.2.3 rubbish"]
    assert decimal.text() == "0.01"


def test_escape_gives_up_what_was_typed(whole: WholeBox) -> None:
    chosen, refused = told(whole)
    write(whole, "99", Qt.Key.Key_Escape)
    assert whole.text() == "4"
    QTest.keyClick(whole, Qt.Key.Key_Return)
    assert (chosen, refused) == ([], [])


def test_while_typing_only_finished_texts_are_found_wrong(decimal: DecimalBox) -> None:
    said: list[ConfigError | None] = []
    decimal.typing.typed.connect(said.append)
    write(decimal, "1e-3", None)
    assert said == [None] * 4
    said.clear()
    write(decimal, "1234x", None)
    assert [None if e is None else e.value for e in said] == [None, None, None, 1234.0, "1234x"]


@given(value=st.floats(0, 1e6, allow_subnormal=False))
def test_no_value_is_rounded(qapp: QApplication, value: float) -> None:
    box = DecimalBox("scaling", step_125)
    box.show_value(value, Range(0, 1_000_000))
    assert box.value() == value
    assert box.valueFromText(box.text()) == value
    box.deleteLater()


@pytest.mark.parametrize(
    ("text", "shown"), [("0.01", "0,01"), ("0,5", "0,5"), ("3e-05", "3e-05"), ("1.5", "1,5")]
)
def test_german_reads_points_and_commas(decimal: DecimalBox, text: str, shown: str) -> None:
    decimal.show_value(7.0, Range(0, 1000))
    decimal.setLocale(QLocale("de_DE"))
    write(decimal, text)
    assert decimal.value() == float(text.replace(",", "."))
    assert decimal.text() == shown


def test_a_new_locale_shows_at_once(decimal: DecimalBox) -> None:
    decimal.setLocale(QLocale("de_DE"))
    assert decimal.text() == "0,01"


def test_stepping_multiplies_and_stops_at_the_limits(decimal: DecimalBox) -> None:
    chosen, _ = told(decimal)
    QTest.keyClick(decimal, Qt.Key.Key_Up)
    QTest.keyClick(decimal, Qt.Key.Key_Down)
    QTest.keyClick(decimal, Qt.Key.Key_PageUp)
    assert chosen == [0.02, 0.01, 20.0]
    for _ in range(10):
        QTest.keyClick(decimal, Qt.Key.Key_PageUp)
    assert decimal.value() == 1000


def test_stepping_from_a_wrong_text_refuses_it(whole: WholeBox) -> None:
    chosen, refused = told(whole)
    write(whole, "99", Qt.Key.Key_Up)
    assert [e.value for e in refused] == [99]
    assert chosen == [5]


def test_stepping_from_a_good_text_starts_there(whole: WholeBox) -> None:
    write(whole, "7", Qt.Key.Key_Up)
    assert whole.value() == 8


def test_words_stand_for_the_lowest_number(put: Put, qtbot: QtBot) -> None:
    box = WholeBox("batch_size", step_by_one)
    box.setSpecialValueText("full batch")
    box.show_value(0, Range(0, 100, whole=True))
    put(box)
    chosen, refused = told(box)
    assert box.text() == "full batch"
    qtbot.waitUntil(lambda: box.lineEdit().selectedText() == "full batch")
    QTest.keyClicks(box, "32")
    QTest.keyClick(box, Qt.Key.Key_Return)
    write(box, "Full Batch")
    write(box, "8")
    write(box, "0")
    assert (chosen, refused) == ([32, 0, 8, 0], [])
    assert box.text() == "full batch"


def test_showing_is_not_choosing(qtbot: QtBot) -> None:
    choice, switch, number = ChoiceBox("init"), SwitchBox("train_bias"), WholeBox("rank", step_by_one)
    chosen: list[object] = []
    for editor in (choice, switch, number):
        qtbot.addWidget(editor)
        editor.chosen.connect(chosen.append)
    allowed = Range(1, 10, whole=True)
    choice.set_options([("a", "A"), ("b", "B")])
    choice.show_value("b", allowed)
    switch.show_value(True, allowed)
    number.show_value(5, allowed)
    assert chosen == []
    assert (choice.currentText(), switch.isChecked(), number.value()) == ("B", True, 5)
    choice.setCurrentIndex(choice.findData("a"))
    switch.setChecked(False)
    number.setValue(6)
    assert chosen == ["a", False, 6]


def test_new_titles_keep_the_word(qtbot: QtBot) -> None:
    box = ChoiceBox("init")
    qtbot.addWidget(box)
    box.set_options([("a", "A"), ("b", "B")])
    box.show_value("b", Range(0, 0))
    box.set_options([("c", "C"), ("b", "Be")])
    assert (box.currentData(), box.currentText()) == ("b", "Be")


def test_a_small_slider_has_a_position_per_rank(qtbot: QtBot) -> None:
    slider = RankSlider()
    qtbot.addWidget(slider)
    moved: list[int] = []
    slider.moved_to.connect(moved.append)
    slider.show_rank(4, 10)
    assert (slider.minimum(), slider.maximum(), slider.value()) == (1, 10, 4)
    assert moved == []
    slider.setValue(7)
    assert moved == [7]


def test_a_large_slider_reaches_both_ends_and_is_fine_at_small_ranks(qtbot: QtBot) -> None:
    slider = RankSlider()
    qtbot.addWidget(slider)
    moved: list[int] = []
    slider.moved_to.connect(moved.append)
    slider.show_rank(1, 16_384)
    assert slider.maximum() <= POSITIONS
    for position in range(2, slider.maximum() + 1):
        slider.setValue(position)
    assert moved[:6] == [2, 3, 4, 5, 6, 7]
    assert moved[-1] == 16_384
    assert all(later / earlier <= 2 for earlier, later in pairwise(moved))


@given(rank=st.integers(1, 16_384), room=st.integers(0, 16_383))
def test_every_rank_can_be_shown(qapp: QApplication, rank: int, room: int) -> None:
    slider = RankSlider()
    maximum = min(rank + room, 16_384)
    slider.show_rank(rank, maximum)
    assert slider.minimum() <= slider.value() <= slider.maximum()
    assert (slider.value() == slider.maximum()) == (rank == maximum)
    slider.deleteLater()
