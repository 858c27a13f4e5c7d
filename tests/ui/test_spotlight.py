"""Frames stand around what they are asked to point at, wherever it goes."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.ui.spotlight import GAP, Spotlight
from lora_gui.ui.theme import theme


class Window(QWidget):
    """Two buttons side by side, and a form in a scroll area that is too low for it."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(400, 300)
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        self.left, self.right = QPushButton("left"), QPushButton("right")
        for button in (self.left, self.right):
            button.setObjectName(button.text())
            row.addWidget(button)
        column.addLayout(row)
        content = QWidget()
        form = QFormLayout(content)
        self.fields = [QPushButton(f"field {i}") for i in range(20)]
        for i, field in enumerate(self.fields):
            field.setObjectName(f"field_{i}")
            form.addRow(f"&Label {i}", field)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(content)
        column.addWidget(self.area)
        self.spotlight = Spotlight(self)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_a_group_gets_one_frame_around_all_of_it(window: Window) -> None:
    light = window.spotlight
    light.light([["left"], ["right"]], "step 1")
    left, right = place(window.left, window), place(window.right, window)
    assert light.frames == tuple(r.adjusted(-GAP, -GAP, GAP, GAP) for r in (left, right))
    light.light([["left", "right"]], "step 1")
    assert [*light.frames] == [(left | right).adjusted(-GAP, -GAP, GAP, GAP)]
    assert light.isVisible()
    light.light((), "")
    assert [*light.frames] == []
    assert light.isHidden()


def test_an_editor_is_framed_with_its_label(window: Window) -> None:
    window.spotlight.light([["field_0"]], "step 1")
    (frame,) = window.spotlight.frames
    assert frame.contains(place(window.fields[0], window))
    assert frame.left() < place(window.fields[0], window).left() - 20


def test_what_is_scrolled_away_is_brought_into_sight_and_back(window: Window) -> None:
    bar = window.area.verticalScrollBar()
    window.spotlight.light([["field_19"]], "step 2")
    assert bar.value() > 0
    (frame,) = window.spotlight.frames
    assert frame.contains(place(window.fields[19], window))
    window.spotlight.off()
    assert bar.value() == 0
    window.spotlight.light([["field_19"]], "step 2")
    bar.setValue(5)  # somebody scrolls on
    window.spotlight.off()
    assert bar.value() == 5


def test_frames_follow_what_moves(window: Window, qtbot: QtBot) -> None:
    light = window.spotlight
    light.light([["field_10"], ["left"]], "step 1")
    before = light.frames
    window.resize(500, 330)
    qtbot.waitUntil(lambda: light.frames != before)
    assert light.frames[1] == place(window.left, window).adjusted(-GAP, -GAP, GAP, GAP)
    window.area.verticalScrollBar().setValue(window.area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: len(light.frames) == 1 or light.frames[0].top() < before[0].top())
    window.left.hide()
    qtbot.waitUntil(lambda: all(frame.top() > 30 for frame in light.frames))


def test_names_that_are_not_there_are_left_out(window: Window) -> None:
    window.spotlight.light([["nobody"], ["left"]], "step 1")
    assert len(window.spotlight.frames) == 1


def test_clicks_go_through(window: Window, qtbot: QtBot) -> None:
    window.spotlight.light([["left"]], "step 1")
    window.spotlight.clearMask()
    assert window.childAt(place(window.left, window).center()) is window.left
    with qtbot.waitSignal(window.left.clicked, timeout=1000):
        QTest.mouseClick(window.left, Qt.MouseButton.LeftButton)


def test_the_frame_and_its_label_are_painted(window: Window) -> None:
    window.spotlight.light([["left"]], "step 3")
    image = window.grab().toImage()
    (frame,) = window.spotlight.frames
    scale = image.devicePixelRatio()
    edge = QPoint(round(frame.left() * scale) + 1, round(frame.center().y() * scale))
    assert image.pixelColor(edge).name() == theme().accent
    label = window.spotlight._label_rect(frame)
    assert window.rect().contains(label)
    written = {
        image.pixelColor(x, y).name()
        for x in range(label.left(), label.right())
        for y in range(label.top(), label.bottom())
    }
    assert theme().accent in written
    assert theme().on_accent in written
    inside = window.left.rect().center() + place(window.left, window).topLeft()
    window.spotlight.off()
    assert window.grab().toImage().pixelColor(inside) == image.pixelColor(inside)
