"""One job at a time in a thread, and of those that wait only the newest."""

import logging
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.runtime.latest import Latest

WAIT_MS = 10_000


@pytest.fixture
def latest(qtbot: QtBot) -> Iterator[Latest]:
    made = Latest()
    yield made
    made.shutdown()


def test_only_the_newest_of_those_that_wait_is_done(latest: Latest, qtbot: QtBot) -> None:
    found: list[object] = []
    latest.found.connect(found.append)
    gate, begun = threading.Event(), threading.Event()

    def first() -> int:
        begun.set()
        assert gate.wait(10)
        return 0

    latest.ask(first)
    assert begun.wait(10)
    for number in (1, 2, 3):
        latest.ask(partial(int, number))
    gate.set()
    qtbot.waitUntil(lambda: len(found) == 2, timeout=WAIT_MS)
    assert found == [0, 3]


def test_a_job_is_done_in_another_thread_and_told_in_this_one(latest: Latest, qtbot: QtBot) -> None:
    with qtbot.waitSignal(latest.found, timeout=WAIT_MS) as found:
        latest.ask(threading.get_ident)
    assert found.args[0] != threading.get_ident()


def test_a_job_that_fails_is_logged_and_the_next_one_done(
    latest: Latest, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[object] = []
    latest.found.connect(found.append)
    with caplog.at_level(logging.ERROR):
        latest.ask(lambda: 1 / 0)
        qtbot.waitUntil(lambda: "ZeroDivisionError" in caplog.text, timeout=WAIT_MS)
    latest.ask(lambda: 7)
    qtbot.waitUntil(lambda: found == [7], timeout=WAIT_MS)


def test_shutdown_waits_and_can_come_at_any_time(qtbot: QtBot) -> None:
    idle = Latest()
    idle.shutdown()
    busy = Latest()
    done = threading.Event()
    begun = threading.Event()

    def job() -> None:
        begun.set()
        done.wait(0.05)
        done.set()

    busy.ask(job)
    assert begun.wait(10)
    busy.shutdown()
    assert done.is_set()
    busy.ask(job)
    assert not busy.isRunning()
