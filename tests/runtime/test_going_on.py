"""Runs that end, are kept, and go on: in the same session, from its state, or from a record."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Change
from lora_gui.domain.record import Outcome, RunRecord, Versions
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.engine.checkpoint import load_checkpoint
from lora_gui.engine.resuming import trainer_for
from lora_gui.runtime.session import Session
from tests.losses import losses_of, next_losses
from tests.runtime.test_session import TUTORIAL, WAIT_MS, run_to_end, wait_for_epochs


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.shutdown()


LONG = RunConfig(epochs=1_000_000, engine="closed_form")


def stop_at(session: Session, qtbot: QtBot, config: RunConfig, epoch: int) -> None:
    session.start(config)
    wait_for_epochs(session, qtbot, epoch)
    session.stop()
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED, timeout=WAIT_MS)


@pytest.mark.parametrize("kept", [True, False], ids=["from its state", "trained again"])
def test_a_stopped_run_goes_on_as_if_it_never_had(
    session: Session, qtbot: QtBot, tmp_path: Path, kept: bool
) -> None:
    session.checkpoint_of = (lambda run_id: tmp_path / run_id) if kept else None
    begun: list[RunPlan] = []
    changes: list[Change] = []
    session.begun.connect(begun.append)
    session.changed.connect(lambda change, before: changes.append(change))
    session.set_speed(500)
    stop_at(session, qtbot, RunConfig(epochs=10_000), 20)
    first, run_id, seconds = session.epoch, session.course.run_id, session.course.seconds
    assert list(tmp_path.iterdir()) == ([tmp_path / run_id] if kept else [])
    assert session.can_go_on(RunConfig(epochs=10_000))
    assert not session.can_go_on(RunConfig(epochs=first))
    assert not session.can_go_on(RunConfig(epochs=10_000, rank=3))
    session.go_on(RunConfig(epochs=first + 40, learning_rate=0.02))
    qtbot.waitUntil(lambda: session.state is RunState.FINISHED, timeout=WAIT_MS)
    made = (Change(first, "learning_rate", 0.02), Change(first, "epochs", first + 40))
    assert tuple(changes) == made
    assert session.course.plan == RunPlan(RunConfig(epochs=10_000), made)
    assert session.course.run_id == run_id
    assert [plan.epoch for plan in begun] == [0, first]
    assert session.history.losses().tolist() == losses_of(RunConfig(epochs=10_000), first + 40, made)
    assert session.course.seconds > seconds
    # And once more, now that it has finished.
    session.go_on(session.config.with_("epochs", first + 50))
    qtbot.waitUntil(lambda: session.epoch == first + 50, timeout=WAIT_MS)
    changes_made = session.course.plan.changes
    assert session.history.losses().tolist() == losses_of(RunConfig(epochs=10_000), first + 50, changes_made)


def test_training_seconds_leave_pauses_out(session: Session, qtbot: QtBot) -> None:
    session.set_speed(100)
    begin = time.perf_counter()
    run_to_end(session, qtbot, RunConfig(epochs=30))
    taken = time.perf_counter() - begin
    assert 0 < session.course.seconds < taken / 2
    epochs, seconds = zip(*session.history.clock, strict=True)
    assert epochs[-1] == 30
    assert list(seconds) == sorted(seconds)
    assert seconds[-1] == session.course.seconds


def test_shutting_down_mid_run_ends_it_properly(qtbot: QtBot, tmp_path: Path) -> None:
    session = Session()
    session.checkpoint_of = lambda run_id: tmp_path / "state"
    ends: list[RunEnd] = []
    session.ended.connect(ends.append)
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    session.shutdown()
    qtbot.wait(50)  # the thread's own signal finds that all is done
    assert [end.state for end in ends] == [RunState.STOPPED]
    assert ends[0].epoch == session.epoch
    assert session.state is RunState.STOPPED
    assert load_checkpoint(tmp_path / "state")[1]["epoch"] == session.epoch


def test_a_run_of_the_past_opens_and_goes_on(session: Session, qtbot: QtBot) -> None:
    changes = (Change(5, "learning_rate", 0.02), Change(9, "scaling", 0.5))
    losses = losses_of(RunConfig(epochs=60), 20, changes)
    record = RunRecord(
        config=RunConfig(epochs=60),
        started=datetime.now(UTC),
        outcome=Outcome.INTERRUPTED,
        device="CPU",
        versions=Versions.here(),
        changes=changes,
        losses=np.array(losses, np.float32),
        clock=((20, 1.5),),
    )
    markers: list[tuple[Change, float]] = []
    session.changed.connect(lambda change, before: markers.append((change, before)))
    session.open("some run", record)
    assert session.state is RunState.STOPPED
    assert (session.epoch, session.course.seconds, session.course.run_id) == (20, 1.5, "some run")
    assert session.config == RunConfig(epochs=60, learning_rate=0.02, scaling=0.5)
    assert markers == [(changes[0], 0.01), (changes[1], 1.0)]
    session.go_on(session.config)
    qtbot.waitUntil(lambda: session.state is RunState.FINISHED, timeout=WAIT_MS)
    assert session.history.losses().tolist() == losses_of(RunConfig(epochs=60), 60, changes)
    assert session.course.seconds > 1.5
    assert len(markers) == 2


def test_a_run_under_way_is_not_replaced_by_one_of_the_past(session: Session, qtbot: QtBot) -> None:
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    record = RunRecord(
        config=TUTORIAL,
        started=datetime.now(UTC),
        outcome=Outcome.STOPPED,
        device="CPU",
        versions=Versions.here(),
    )
    session.open("other", record)
    session.go_on(session.config)
    assert session.course.run_id != "other"
    assert session.state is RunState.TRAINING


def test_the_state_is_kept_on_the_way(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lora_gui.runtime.training_loop.KEEP_SECONDS", 0.05)
    monkeypatch.setattr("lora_gui.runtime.training_loop.KEEP_REST", 0)
    session.checkpoint_of = lambda run_id: tmp_path / "state"
    session.start(LONG)
    qtbot.waitUntil((tmp_path / "state").exists, timeout=WAIT_MS)
    first = load_checkpoint(tmp_path / "state")[1]["epoch"]
    qtbot.waitUntil(lambda: load_checkpoint(tmp_path / "state")[1]["epoch"] > first, timeout=WAIT_MS)
    assert session.state is RunState.TRAINING
    session.stop()
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED, timeout=WAIT_MS)
    plan = RunPlan(LONG, epoch=session.epoch + 5)
    losses = next_losses(LONG, 5, lambda: trainer_for(plan, tmp_path / "state"))
    assert losses == losses_of(LONG, session.epoch + 10)[-5:]
