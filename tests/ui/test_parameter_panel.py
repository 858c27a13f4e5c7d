"""The parameter panel follows every config at once, in figures counted by hand."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.ui.memory_grid import MemoryGrid
from lora_gui.ui.parameter_bar import LEAST_PART, ParameterBar
from lora_gui.ui.parameter_panel import ParameterPanel
from lora_gui.ui.tensor_table import COUNT, NAME, SHAPE, TensorTable
from lora_gui.ui.theme import theme

HUGE = RunConfig(in_features=16_384, out_features=16_384, rank=16_384)
PEFT = "trainable params: 306 || all params: 946 || trainable%: 32.3467"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def panel(qtbot: QtBot) -> ParameterPanel:
    panel = ParameterPanel()
    qtbot.addWidget(panel)
    panel.show_config(RunConfig())
    panel.resize(280, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def text(panel: ParameterPanel, name: str) -> str:
    label = panel.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def cell(panel: ParameterPanel, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    table = panel.findChild(TensorTable)
    assert table is not None
    found: object = table.model().index(row, column).data(role)
    return found


def test_the_tutorial_counts_as_by_hand(panel: ParameterPanel) -> None:
    # W0 64·10, A 64·4, B 4·10, bias 10
    assert text(panel, "frozen_count") == "640"
    assert text(panel, "trainable_count") == "306"
    assert text(panel, "total_count") == "946"
    assert text(panel, "trainable_share") == "32.35 %"
    assert text(panel, "trainable_sum") == "306 = 256 (A) + 40 (B) + 10 (bias)"
    assert "296" in text(panel, "bias_note")
    assert text(panel, "full_count") == "650"
    assert text(panel, "full_ratio") == "2.12 ×"
    assert text(panel, "break_even_rank") == "8.65"


def test_a_frozen_bias_leaves_the_sum(panel: ParameterPanel) -> None:
    panel.show_config(RunConfig(train_bias=False))
    assert text(panel, "frozen_count") == "650"
    assert text(panel, "trainable_count") == "296"
    assert text(panel, "trainable_sum") == "296 = 256 (A) + 40 (B)"


def test_memory_stands_beside_full_fine_tuning(panel: ParameterPanel) -> None:
    # float32; Adam keeps two numbers per trainable one
    expected = {
        "weights": (946 * 4, 650 * 4),
        "gradients": (306 * 4, 650 * 4),
        "optimizer": (306 * 8, 650 * 8),
    }
    for part, (adapted, full) in expected.items():
        assert text(panel, f"memory_{part}") == QLocale().formattedDataSize(adapted, 1)
        assert text(panel, f"full_memory_{part}") == QLocale().formattedDataSize(full, 1)
    assert text(panel, "memory_total") == "7.3 KiB"
    assert text(panel, "full_memory_total") == "10.2 KiB"
    panel.show_config(RunConfig(optimizer="sgd"))
    assert text(panel, "memory_optimizer") == "0 bytes"


def test_every_tensor_has_its_row(panel: ParameterPanel) -> None:
    rows = [tuple(cell(panel, row, column) for column in (NAME, SHAPE, COUNT)) for row in range(4)]
    assert rows == [
        ("weight", "10 × 64", "640"),
        ("bias", "10", "10"),
        ("lora_A", "64 × 4", "256"),
        ("lora_B", "4 × 10", "40"),
    ]
    described = Qt.ItemDataRole.AccessibleDescriptionRole
    assert [cell(panel, row, NAME, described) for row in range(4)] == ["frozen", *["trainable"] * 3]
    panel.show_config(RunConfig(train_bias=False))
    assert cell(panel, 1, NAME, described) == "frozen"


@pytest.mark.parametrize(("rank", "warned"), [(8, False), (9, True)])
def test_a_rank_above_break_even_is_warned_of(panel: ParameterPanel, rank: int, warned: bool) -> None:
    panel.show_config(RunConfig(rank=rank))
    warning = panel.findChild(QWidget, "break_even_warning")
    assert warning is not None
    assert warning.isVisible() is warned
    if warned:
        said = " ".join(label.text() for label in warning.findChildren(QLabel))
        assert "666" in said  # A and B: 9·64 + 9·10
        assert "640" in said  # the weight


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n_in=st.integers(1, 16_384), n_out=st.integers(1, 16_384), part=st.floats(0, 1), train_bias=st.booleans()
)
def test_figures_add_up_for_every_layer(
    panel: ParameterPanel, n_in: int, n_out: int, part: float, train_bias: bool
) -> None:
    rank = max(1, round(part * min(n_in, n_out)))
    panel.show_config(RunConfig(in_features=n_in, out_features=n_out, rank=rank, train_bias=train_bias))
    names = ("frozen_count", "trainable_count", "total_count")
    frozen, trainable, total = (int(text(panel, name).replace(",", "")) for name in names)
    assert trainable == rank * (n_in + n_out) + (n_out if train_bias else 0)
    assert frozen + trainable == total == n_in * n_out + n_out + rank * (n_in + n_out)
    left, right = text(panel, "trainable_sum").replace(",", "").split(" = ")
    assert int(left) == sum(int(term.split()[0]) for term in right.split(" + ")) == trainable


def test_the_button_copies_in_the_words_of_peft(panel: ParameterPanel, qtbot: QtBot) -> None:
    button = panel.findChild(QToolButton, "copy_counts")
    assert button is not None
    width = button.width()
    assert button.text() == "Copy"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == PEFT
    assert button.text() == "Copied"
    qtbot.waitUntil(lambda: button.text() == "Copy", timeout=4000)
    assert button.width() == width


def test_the_keyboard_copies_too(panel: ParameterPanel, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    panel.activateWindow()
    table = panel.findChild(TensorTable)
    assert table is not None
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == PEFT


def test_the_context_menu_offers_the_copy(panel: ParameterPanel) -> None:
    assert panel.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    assert panel.copy_action in panel.actions()


@pytest.mark.parametrize("height", [400, 560, 900])
def test_huge_layers_fit_the_width(panel: ParameterPanel, qtbot: QtBot, height: int) -> None:
    panel.show_config(HUGE)
    panel.resize(280, height)
    scroll = panel.findChild(QScrollArea)
    table = panel.findChild(TensorTable)
    assert scroll is not None
    assert table is not None
    assert panel.width() == 280
    content = scroll.widget()
    assert content is not None
    assert content.minimumSizeHint().width() <= scroll.viewport().width()
    for row, column in ((0, NAME), (0, SHAPE), (0, COUNT)):
        index = table.model().index(row, column)
        # Every cell has the room that its text needs, if need be on two lines.
        assert table.columnWidth(column) >= 0.5 * table.sizeHintForIndex(index).width()
        qtbot.waitUntil(lambda row=row: table.rowHeight(row) >= table.sizeHintForRow(row))  # type: ignore[misc]

    def cut() -> list[str]:
        labels = [x for x in panel.findChildren(QLabel) if x.isVisible() and not x.wordWrap()]
        return [x.text() for x in labels if x.width() < x.sizeHint().width()]

    qtbot.waitUntil(lambda: cut() == [])


def test_numbers_speak_for_themselves(panel: ParameterPanel) -> None:
    label = panel.findChild(QLabel, "trainable_count")
    assert label is not None
    assert label.accessibleName() == "trainable: 306"
    assert label.alignment() & Qt.AlignmentFlag.AlignRight
    bar = panel.findChild(ParameterBar)
    assert bar is not None
    assert bar.accessibleName() == "640 frozen, 306 trainable"


def test_a_change_of_language_is_followed(panel: ParameterPanel) -> None:
    QLocale.setDefault(QLocale("de_DE"))
    QApplication.sendEvent(panel, QEvent(QEvent.Type.LanguageChange))
    assert text(panel, "trainable_share") == "32,35 %"


def test_what_is_said_of_memory_follows_the_language_too(
    panel: ParameterPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.show_config(RunConfig(method="full"))
    total, grid = panel.findChild(QLabel, "memory_total"), panel.findChild(MemoryGrid)
    assert total is not None
    assert grid is not None
    assert total.accessibleName().startswith("total, this run: ")
    monkeypatch.setattr(MemoryGrid, "tr", lambda _, text: text.upper())
    QApplication.sendEvent(grid, QEvent(QEvent.Type.LanguageChange))
    assert total.accessibleName().startswith("TOTAL, THIS RUN: ")


def test_the_bar_is_painted_in_proportion(qtbot: QtBot) -> None:
    bar = ParameterBar()
    qtbot.addWidget(bar)
    bar.resize(202, 20)
    bar.show_share(0.25)
    bar.show()
    image = bar.grab().toImage()
    # 2 pixels apart: 150 frozen, 50 trainable. Away from the icons in the middle of each part.
    seen = [image.pixelColor(QPoint(x, 10)).name() for x in (10, 145, 155, 195)]
    assert seen == [theme().frozen, theme().frozen, theme().trainable, theme().trainable]


@given(share=st.floats(0, 1, exclude_min=True, exclude_max=True), width=st.integers(20, 2000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_even_the_smallest_part_is_seen(qtbot: QtBot, share: float, width: int) -> None:
    bar = ParameterBar()
    bar.resize(width, 20)
    bar.show_share(share)
    frozen, trainable = bar.parts()
    bar.deleteLater()
    assert min(frozen.width(), trainable.width()) >= LEAST_PART - 1e-6
    assert frozen.right() < trainable.left()
    assert trainable.right() == pytest.approx(width)
