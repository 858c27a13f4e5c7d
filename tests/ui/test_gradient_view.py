"""The gradients tab: norms over epochs, with what is exactly zero marked and explained."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.history import LossHistory
from lora_gui.domain.progress import Norms
from lora_gui.ui.plots.gradient_view import GradientView
from lora_gui.ui.theme import theme

PAPER = [Norms(1, 0.0, 0.05, 0.0), Norms(2, 0.001, 0.04, 0.01), Norms(3, 0.002, 0.03, 0.02)]
GAUSSIAN = [Norms(1, 37.3, 85.9, 26.5), Norms(2, 36.0, 80.0, 26.0)]


def history(norms: list[Norms], epochs: int | None = None) -> LossHistory:
    made = LossHistory()
    made.append(np.ones(len(norms) if epochs is None else epochs))
    made.norms.extend(norms)
    return made


@pytest.fixture
def view(qtbot: QtBot) -> GradientView:
    made = GradientView()
    qtbot.addWidget(made)
    made.resize(600, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def note(view: GradientView) -> str:
    found = view.findChild(QLabel, "gradient_note")
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def log_x(view: GradientView) -> None:
    button = view.findChild(QToolButton, "gradient_log_x")
    assert isinstance(button, QToolButton)
    button.click()


def test_before_a_run_there_is_nothing(view: GradientView) -> None:
    assert "Start" in view.chart.message
    view.show_history(history([], 5))
    assert "no adapter" in view.chart.message


def test_the_papers_start_is_marked_and_explained(view: GradientView) -> None:
    view.show_history(history(PAPER))
    assert view.chart.zeros["gradient_A"].tolist() == [1]
    assert "gradient_B" not in view.chart.zeros
    assert "∇A is exactly zero" in note(view)
    assert "B starts at zero" in note(view)
    orange = QColor(theme().trainable).rgb()
    image = view.chart.grab().toImage()
    area = view.chart.area.toRect()
    # Below the lowest value drawn there is only the mark.
    foot = range(area.bottom() - 8, area.bottom() - 2)
    marks = [x for x in range(image.width()) for y in foot if image.pixel(x, y) == orange]
    assert marks
    assert max(marks) < area.left() + 20


def test_a_random_start_has_nothing_to_explain(view: GradientView) -> None:
    view.show_history(history(GAUSSIAN))
    assert view.chart.zeros == {}
    assert note(view) == ""


def test_zeros_elsewhere_are_named_too(view: GradientView) -> None:
    view.show_history(history([*GAUSSIAN, Norms(3, 0.0, 0.0, 0.0)]))
    assert "zero" in note(view)
    assert "B starts" not in note(view)


def test_only_zeros_are_drawn_without_a_range(view: GradientView) -> None:
    view.show_history(history([Norms(1, 0.0, 0.0, 0.0)]))
    assert not view.chart.grab().isNull()
    assert "zero" in note(view)


def test_values_are_read_by_keys_and_mouse(view: GradientView) -> None:
    view.show_history(history(PAPER))
    QTest.keyClick(view.chart, Qt.Key.Key_Home)
    assert view.chart.accessibleDescription() == "Epoch 1, ‖∇A‖ 0, ‖∇B‖ 0.05, ‖ΔW‖ / ‖W₀‖ 0"
    QTest.keyClick(view.chart, Qt.Key.Key_Right)
    assert "‖∇A‖ 0.001" in view.chart.accessibleDescription()
    place = view.chart.point(3.0, view.chart.up.low).toPoint()
    QTest.mouseMove(view.chart, place)
    QApplication.processEvents()
    assert view.chart.accessibleDescription().startswith("Epoch 3")
    QApplication.sendEvent(view.chart, QEvent(QEvent.Type.Leave))
    assert view.chart.accessibleDescription() == ""


def test_epochs_can_be_logarithmic_and_none_is_zero(view: GradientView) -> None:
    view.show_history(history(PAPER))
    assert 0 < view.chart.across.low < 1 < 3 < view.chart.across.high
    log_x(view)
    assert view.chart.across.log
    np.testing.assert_allclose(view.chart.places(), np.log10([1, 2, 3]))


def test_it_grows_with_the_run_where_it_is_seen(view: GradientView, monkeypatch: pytest.MonkeyPatch) -> None:
    run = history(PAPER[:1])
    view.show_history(run)
    run.append(np.ones(2))
    run.norms.extend(PAPER[1:])
    view.refresh()
    assert len(view.chart.places()) == 3
    drawn: list[object] = []
    monkeypatch.setattr(view.chart, "show_history", drawn.append)
    view.refresh()
    assert drawn == []
    view.hide()
    run.norms.append(Norms(4, 1.0, 1.0, 1.0))
    view.refresh()
    assert drawn == []
    view.show()
    assert drawn == [run]
