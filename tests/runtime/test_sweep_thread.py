"""The thread of a sweep: news and end as signals, a stop that is heard, errors that are not lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepEnd, SweepNews
from lora_gui.runtime.sweep_thread import SweepThread
from lora_gui.sweeps.job import SweepJob

BASE = RunConfig(in_features=8, out_features=6, samples=30, rank=2, epochs=50, engine="auto")
STOP_MS = 5000


class Listener:
    """Collects what a thread signals."""

    def __init__(self, thread: SweepThread) -> None:
        self.news: list[SweepNews] = []
        self.ends: list[SweepEnd] = []
        thread.advanced.connect(self.news.append)
        thread.ended.connect(self.ends.append)


def finish(thread: SweepThread, qtbot: QtBot, act: Callable[[], object] = lambda: None) -> Listener:
    listener = Listener(thread)
    with qtbot.waitSignal(thread.ended, timeout=20_000):
        thread.start()
        act()
    assert thread.wait(STOP_MS)
    return listener


def test_a_sweep_is_told_and_ends(qtbot: QtBot) -> None:
    sweep = Sweep(BASE, (Axis("rank", (1, 2, 3)),), seeds=2)
    heard = finish(SweepThread(sweep, known={1}), qtbot)
    runs = [run for news in heard.news for run in news.runs]
    assert sorted(run.index for run in runs) == [0, 2, 3, 4, 5]
    assert heard.news[-1].progress.done == heard.news[-1].progress.total == 6
    assert [end.state for end in heard.ends] == [RunState.FINISHED]


def test_stop_is_heard_at_once(qtbot: QtBot) -> None:
    thread = SweepThread(Sweep(replace(BASE, epochs=10_000_000), seeds=2))
    listener = Listener(thread)
    thread.start()
    qtbot.waitUntil(lambda: bool(listener.news), timeout=20_000)
    assert not thread.stop()
    assert thread.stop(STOP_MS)
    qtbot.waitUntil(lambda: bool(listener.ends))
    assert listener.ends[0].state is RunState.STOPPED


def test_a_stop_ends_a_paused_sweep(qtbot: QtBot) -> None:
    thread = SweepThread(Sweep(BASE, seeds=2))
    thread.job.pause()
    thread.start()
    assert thread.stop(STOP_MS)


def test_bad_input_and_bugs_become_the_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = SweepThread(Sweep(replace(BASE, device="cuda:77"), seeds=2))
    (end,) = finish(absent, qtbot).ends
    assert (end.state, end.details) == (RunState.FAILED, "")
    assert isinstance(end.error, ConfigError)

    def broken(_job: SweepJob) -> SweepEnd:
        raise ZeroDivisionError

    monkeypatch.setattr(SweepJob, "run", broken)
    (end,) = finish(SweepThread(Sweep(BASE, seeds=2)), qtbot).ends
    assert isinstance(end.error, ZeroDivisionError)
    assert "ZeroDivisionError" in end.details
