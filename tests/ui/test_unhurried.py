"""How often something is done that takes its time."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from lora_gui.ui.unhurried import LONGEST_SECONDS, REST, Unhurried


class Drawing:
    """Work that takes `cost` seconds of a clock of its own."""

    def __init__(self, cost: float) -> None:
        self.now = 0.0
        self.cost = cost
        self.times: list[float] = []
        self.then: Callable[[], None] = lambda: None

    def work(self) -> None:
        self.times.append(self.now)
        self.now += self.cost
        self.then()


@pytest.fixture
def drawing() -> Drawing:
    return Drawing(0.01)


def ask(unhurried: Unhurried) -> float:
    """Return the seconds until the work is done."""
    unhurried.ask()
    assert unhurried._later.isActive()
    return unhurried._later.interval() / 1000


@pytest.fixture
def unhurried(drawing: Drawing, qtbot: QtBot) -> Iterator[Unhurried]:
    parent = QObject()
    yield Unhurried(drawing.work, parent, lambda: drawing.now, lambda: drawing.now)
    parent.deleteLater()


def test_the_first_is_done_at_once_and_the_next_after_a_rest(
    unhurried: Unhurried, drawing: Drawing, qtbot: QtBot
) -> None:
    assert ask(unhurried) == 0
    qtbot.waitUntil(lambda: len(drawing.times) == 1 and unhurried._begun is None)
    assert ask(unhurried) == pytest.approx(REST * 0.01, abs=1e-3)


def test_after_a_pause_there_is_nothing_to_wait_for(
    unhurried: Unhurried, drawing: Drawing, qtbot: QtBot
) -> None:
    ask(unhurried)
    qtbot.waitUntil(lambda: len(drawing.times) == 1 and unhurried._begun is None)
    drawing.now += 10
    assert ask(unhurried) == 0


def test_what_is_asked_meanwhile_is_done_once(unhurried: Unhurried, drawing: Drawing, qtbot: QtBot) -> None:
    drawing.cost = 0.0005
    for _ in range(5):
        unhurried.ask()
    qtbot.waitUntil(lambda: len(drawing.times) == 1 and unhurried._begun is None)
    qtbot.wait(30)
    assert len(drawing.times) == 1
    # Even what is asked while it is drawn, or while that is painted.
    drawing.then = unhurried.ask
    unhurried.ask()
    qtbot.waitUntil(lambda: len(drawing.times) >= 3)


def test_nobody_waits_for_ever(unhurried: Unhurried, drawing: Drawing, qtbot: QtBot) -> None:
    drawing.cost = 60.0
    ask(unhurried)
    qtbot.waitUntil(lambda: len(drawing.times) == 1 and unhurried._begun is None)
    assert ask(unhurried) == LONGEST_SECONDS


def test_work_that_fails_once_is_done_again(unhurried: Unhurried, drawing: Drawing, qtbot: QtBot) -> None:
    drawing.then = lambda: 1 / 0  # type: ignore[assignment]
    with qtbot.captureExceptions() as caught:
        ask(unhurried)
        qtbot.waitUntil(lambda: len(drawing.times) == 1 and unhurried._begun is None)
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    drawing.then = lambda: None
    ask(unhurried)
    qtbot.waitUntil(lambda: len(drawing.times) == 2)
