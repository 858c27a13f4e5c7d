"""A sweep from start to end: the same runs as one by one, told as they come, paused, given up."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepNews, SweepRun
from lora_gui.engine import batched
from lora_gui.engine.batched import Member
from lora_gui.sweeps import job as job_module
from lora_gui.sweeps.job import SweepJob
from tests.sweeps.support import FragileProcesses, alone

BASE = RunConfig(in_features=8, out_features=6, samples=30, rank=2, task="low_rank", epochs=50, engine="auto")
RANKS = Axis("rank", (1, 2, 3))
ENDLESS = replace(BASE, epochs=10_000_000)
BATCHES = Sweep(replace(BASE, batch_size=10), (RANKS,), seeds=2)


def run(sweep: Sweep, known: set[int] | None = None) -> dict[int, SweepRun]:
    """Return the runs of a sweep, by index, after checking how they were told."""
    news: list[SweepNews] = []
    job = SweepJob(sweep, known=known or (), tell=news.append, jobs=2)
    assert job.run().state is RunState.FINISHED
    runs = {r.index: r for n in news for r in n.runs}
    assert len(runs) == sum(len(n.runs) for n in news)
    last = news[-1].progress
    assert (last.done, last.total, last.fraction) == (sweep.count, sweep.count, 1.0)
    fractions = [n.progress.fraction for n in news]
    assert fractions == sorted(fractions)
    return runs


def in_thread(job: SweepJob, then: Callable[[], None]) -> float:
    """Run `job` in a thread, do something, and return the seconds from there to its end."""
    thread = threading.Thread(target=job.run)
    thread.start()
    then()
    start = time.monotonic()
    thread.join(20)
    assert not thread.is_alive()
    return time.monotonic() - start


def test_runs_trained_together_come_out_as_alone() -> None:
    sweep = Sweep(BASE, (RANKS, Axis("noise", (0.0, 0.2))), seeds=2)
    runs = run(sweep)
    assert sorted(runs) == list(range(12))
    for index, config in enumerate(sweep.configs):
        ours, theirs = runs[index], alone(config)
        assert (ours.config, ours.outcome, ours.epochs) == (config, RunState.FINISHED, 50)
        assert ours.final == pytest.approx(theirs.final, rel=1e-5)
        assert ours.best == pytest.approx(theirs.best, rel=1e-5)
        assert ours.test == pytest.approx(theirs.test, rel=1e-5)
        assert (ours.floor, ours.elbow) == (theirs.floor, theirs.elbow)
        assert ours.floor is not None
        assert ours.best >= ours.floor * (1 - 1e-6)
        assert ours.seconds > 0


def test_a_diverging_run_is_told_as_such_and_disturbs_nobody() -> None:
    calm = replace(BASE, optimizer="sgd", learning_rate=0.01)
    sweep = Sweep(calm, (Axis("learning_rate", (0.01, 1e5)),))
    first, second = run(sweep).values()
    assert (first.outcome, second.outcome) == (RunState.FINISHED, RunState.DIVERGED)
    assert first.final == pytest.approx(alone(calm).final, rel=1e-5)
    expected = alone(sweep.configs[1])
    assert expected.outcome is RunState.DIVERGED
    assert (second.epochs, second.test) == (expected.epochs, None)


def test_known_runs_are_left_out() -> None:
    assert sorted(run(Sweep(BASE, (RANKS,)), known={0, 2})) == [1]
    assert run(Sweep(BASE, (RANKS,)), known={0, 1, 2}) == {}


def test_other_runs_go_to_processes_and_are_done_again_if_these_die(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(job_module, "Processes", lambda size: FragileProcesses(tmp_path / "died"))
    runs = run(BATCHES)
    assert (tmp_path / "died").exists()
    assert sorted(runs) == list(range(6))
    for index, config in enumerate(BATCHES.configs):
        assert replace(runs[index], seconds=0.0) == replace(alone(config, index), seconds=0.0)
        assert runs[index].floor is None


def test_cancel_ends_a_batch_at_once_and_keeps_what_was_done() -> None:
    told: list[SweepNews] = []
    begun = threading.Event()

    def tell(news: SweepNews) -> None:
        told.append(news)
        if news.progress.done:
            begun.set()

    # The runs of one epoch number are one piece, and done long before the others.
    sweep = Sweep(BASE, (Axis("epochs", (50, 10_000_000)),), seeds=3)
    job = SweepJob(sweep, tell=tell)

    def cancel() -> None:
        assert begun.wait(10)
        job.cancel()

    assert in_thread(job, cancel) < 2
    assert [r.index for n in told for r in n.runs] == [0, 1, 2]
    assert told[-1].progress.done == 3


def test_cancel_ends_processes_at_once() -> None:
    job = SweepJob(Sweep(replace(ENDLESS, batch_size=10), seeds=2), jobs=1)
    ends = []

    def cancel() -> None:
        time.sleep(0.3)
        job.cancel()

    thread = threading.Thread(target=lambda: ends.append(job.run()))
    thread.start()
    cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert ends[0].state is RunState.STOPPED


def test_a_paused_sweep_stands_still_until_resumed() -> None:
    fractions: list[float] = []
    job = SweepJob(Sweep(ENDLESS, seeds=3), tell=lambda news: fractions.append(news.progress.fraction))

    def follow() -> None:
        wait_for(lambda: bool(fractions) and fractions[-1] > 0)
        job.pause()
        time.sleep(0.15)
        before = len(fractions)
        time.sleep(0.3)
        assert len(fractions) == before
        job.resume()
        wait_for(lambda: len(fractions) > before and fractions[-1] > fractions[before - 1])
        job.pause()
        job.cancel()

    assert in_thread(job, follow) < 2


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_device_that_is_not_here_is_named_before_anything_runs() -> None:
    with pytest.raises(ConfigError, match="device: 'cuda:77'"):
        SweepJob(Sweep(replace(BASE, device="cuda:77"), seeds=2)).run()


def test_too_large_a_run_is_refused_before_anything_runs() -> None:
    giant = replace(BASE, in_features=16_384, out_features=16_384, samples=1_000_000)
    with pytest.raises(NotEnoughMemory):
        SweepJob(Sweep(giant, (Axis("scaling", (1.0, 2.0)),))).run()


def test_runs_that_no_longer_fit_fail_and_leave_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(config: RunConfig) -> None:
        if config.epochs == 7:
            raise NotEnoughMemory(2, 1, "CPU")

    # As if memory ran out after the look that is taken before anything runs.
    monkeypatch.setattr(job_module, "check_here", lambda pieces: None)
    monkeypatch.setattr("lora_gui.engine.device.check_memory", no_room)
    runs = run(Sweep(BASE, (Axis("epochs", (5, 7)),), seeds=2))
    assert [runs[i].outcome for i in range(4)] == [RunState.FINISHED] * 2 + [RunState.FAILED] * 2
    assert runs[2].error.startswith("not enough memory")


def test_an_unexpected_error_becomes_the_outcome_of_its_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_config: RunConfig) -> Member:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(batched.Member, "of", broken)
    runs = run(Sweep(BASE, (RANKS,)))
    assert {(r.outcome, r.error) for r in runs.values()} == {
        (RunState.FAILED, "ZeroDivisionError: by nothing")
    }
