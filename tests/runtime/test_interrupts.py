"""Signals of the system reach a program that waits in its event loop."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.runtime.interrupts import Interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")


@pytest.fixture
def interrupts(qtbot: QtBot) -> Iterator[Interrupts]:
    with Interrupts() as interrupts:
        yield interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_is_told_and_the_next_ends_the_process(
    interrupts: Interrupts, qtbot: QtBot, number: signal.Signals
) -> None:
    with qtbot.waitSignal(interrupts.came, timeout=5000):
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_DFL


def test_the_end_puts_everything_back(qtbot: QtBot) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert signal.set_wakeup_fd(-1) == -1
