"""How often the window shows what is new: by what a frame costs."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from lora_gui.runtime.rhythm import LONGEST_SECONDS, REST, SHORTEST_SECONDS, Rhythm


class Frames:
    """Frames that take `cost` seconds of a clock of their own."""

    def __init__(self, qtbot: QtBot) -> None:
        self.now = 0.0
        self.cost = 0.002
        self.count = 0
        self.then: Callable[[], None] = lambda: None
        self.qtbot = qtbot
        self.parent = QObject()
        self.rhythm = Rhythm(self.parent, lambda: self.now, lambda: self.now)
        self.rhythm.due.connect(self.show)

    def show(self) -> None:
        self.count += 1
        self.now += self.cost
        self.then()

    def pause_after_one(self) -> float:
        """Return the seconds from the end of the next frame to the one after."""
        before = self.count
        self.qtbot.waitUntil(lambda: self.count > before and not self.rhythm._after.isActive())
        return self.rhythm._next.interval() / 1000


@pytest.fixture
def frames(qtbot: QtBot) -> Iterator[Frames]:
    frames = Frames(qtbot)
    yield frames
    frames.rhythm.stop()
    frames.parent.deleteLater()


def test_thirty_a_second_where_the_training_waits_anyway(frames: Frames) -> None:
    frames.rhythm.rest = 1.0
    frames.rhythm.start()
    assert frames.pause_after_one() == pytest.approx(SHORTEST_SECONDS - 0.002, abs=1e-3)


def test_a_frame_is_followed_by_a_rest_where_it_costs_the_training_time(frames: Frames) -> None:
    frames.rhythm.rest = REST
    frames.rhythm.start()
    pause = frames.pause_after_one()
    assert pause + 0.002 == pytest.approx(REST * 0.002, abs=1e-3)
    assert 0.002 / (pause + 0.002) < 0.03


def test_nobody_waits_for_ever(frames: Frames) -> None:
    frames.rhythm.rest, frames.cost = REST, 0.1
    frames.rhythm.start()
    assert frames.pause_after_one() == pytest.approx(LONGEST_SECONDS - 0.1, abs=1e-3)


def test_a_frame_that_fails_is_not_the_last(frames: Frames, qtbot: QtBot) -> None:
    def fail() -> None:
        raise RuntimeError("this frame")

    frames.then = fail
    with qtbot.captureExceptions() as caught:
        frames.rhythm.start()
        frames.pause_after_one()
    assert [str(error) for _, error, _ in caught] == ["this frame"]
    frames.then = lambda: None
    frames.pause_after_one()
    assert frames.count >= 2


def test_orders_in_quick_succession_do_not_put_a_frame_off(frames: Frames, qtbot: QtBot) -> None:
    for _ in range(20):
        frames.rhythm.start()
        qtbot.wait(10)
    assert frames.count >= 3


def test_an_order_amid_a_frame_brings_the_next_one_soon(frames: Frames) -> None:
    frames.rhythm.rest, frames.cost = REST, 0.01
    frames.then = frames.rhythm.start
    frames.rhythm.start()
    assert frames.pause_after_one() <= SHORTEST_SECONDS


def test_one_frame_that_seems_dear_does_not_slow_down_those_that_follow(frames: Frames) -> None:
    frames.rhythm.rest, frames.cost = REST, 0.0
    frames.rhythm.start()
    frames.pause_after_one()
    frames.cost = 0.0156  # the step of a coarse clock
    assert frames.pause_after_one() < 0.2


def test_no_frame_comes_after_the_end(frames: Frames, qtbot: QtBot) -> None:
    frames.rhythm.start()
    frames.pause_after_one()
    frames.rhythm.stop()
    count = frames.count
    qtbot.wait(150)
    assert frames.count == count


def test_a_frame_may_end_the_rhythm(frames: Frames, qtbot: QtBot) -> None:
    frames.then = frames.rhythm.stop
    frames.rhythm.start()
    qtbot.waitUntil(lambda: frames.count == 1)
    qtbot.wait(150)
    assert frames.count == 1
