"""One run in its thread: orders in, states and losses out, without a window."""

import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.checks import checksum
from lora_gui.engine.trainer import Trainer
from lora_gui.engine.trainers import make_trainer
from lora_gui.runtime.session import Session
from tests.losses import losses_of

TUTORIAL = RunConfig()
LONG = RunConfig(epochs=1_000_000, samples=10)
DIVERGING = RunConfig(optimizer="sgd", learning_rate=1000.0, epochs=1000)
WAIT_MS = 20_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.shutdown()


def run_to_end(session: Session, qtbot: QtBot, config: RunConfig) -> RunEnd:
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS) as ended:
        session.start(config)
    end = ended.args[0]
    assert isinstance(end, RunEnd)
    return end


def wait_for_epochs(session: Session, qtbot: QtBot, epochs: int) -> None:
    qtbot.waitUntil(lambda: session.epoch >= epochs, timeout=WAIT_MS)


def test_a_run_passes_through_its_states_and_gives_the_trainers_losses(
    session: Session, qtbot: QtBot
) -> None:
    states: list[RunState] = []
    session.state_changed.connect(states.append)
    end = run_to_end(session, qtbot, TUTORIAL)
    assert states == [RunState.PREPARING, RunState.TRAINING, RunState.FINISHED]
    assert (end.state, end.epoch) == (RunState.FINISHED, 10)
    assert end.evaluation is not None
    assert np.array_equal(session.history.losses(), Trainer(TUTORIAL).advance(10).losses.astype(np.float32))


def test_pause_holds_and_resume_goes_on(session: Session, qtbot: QtBot) -> None:
    session.start(LONG)
    wait_for_epochs(session, qtbot, 10)
    session.pause()
    qtbot.wait(100)  # the chunk in progress still arrives
    held = session.epoch
    qtbot.wait(150)
    assert session.epoch == held
    assert session.state is RunState.PAUSED
    assert session.rate is None
    session.resume()
    wait_for_epochs(session, qtbot, held + 10)


def test_steps_train_one_epoch_each(session: Session, qtbot: QtBot) -> None:
    for epochs in (1, 2, 3):
        session.step(TUTORIAL)
        wait_for_epochs(session, qtbot, epochs)
        qtbot.wait(50)
        assert (session.epoch, session.state) == (epochs, RunState.PAUSED)
    assert session.history.losses()[2] == pytest.approx(225.9160, abs=5e-5)


def test_a_run_that_is_stepped_through_ends_by_itself(session: Session, qtbot: QtBot) -> None:
    config = RunConfig(epochs=2)
    session.step(config)
    wait_for_epochs(session, qtbot, 1)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS) as ended:
        session.step(config)
    assert ended.args[0].state is session.state is RunState.FINISHED
    assert session.epoch == 2


def test_a_step_that_diverges_ends_the_run(session: Session, qtbot: QtBot) -> None:
    whole = make_trainer(DIVERGING).advance(DIVERGING.epochs).losses
    assert len(whole)  # else the first step would end it
    session.step(DIVERGING)
    for epoch in range(1, len(whole)):
        wait_for_epochs(session, qtbot, epoch)
        session.step(DIVERGING)
    wait_for_epochs(session, qtbot, len(whole))
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS) as ended:
        session.step(DIVERGING)
    assert (ended.args[0].state, ended.args[0].epoch) == (RunState.DIVERGED, len(whole) + 1)


def test_start_goes_on_with_a_paused_run(session: Session, qtbot: QtBot) -> None:
    session.step(TUTORIAL)
    wait_for_epochs(session, qtbot, 1)
    run_to_end(session, qtbot, TUTORIAL)
    assert session.epoch == 10


def test_stop_keeps_what_was_trained(session: Session, qtbot: QtBot) -> None:
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS) as ended:
        session.stop()
    assert ended.args[0].state is RunState.STOPPED
    assert session.epoch == ended.args[0].epoch >= 5


def test_stop_ends_a_paused_run(session: Session, qtbot: QtBot) -> None:
    session.step(LONG)
    wait_for_epochs(session, qtbot, 1)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.stop()
    assert session.state is RunState.STOPPED


def test_rewind_mid_run_leads_back_to_the_same_start(session: Session, qtbot: QtBot) -> None:
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    first = session.history.losses()[:5]
    session.rewind()
    qtbot.waitUntil(lambda: session.state is RunState.READY, timeout=WAIT_MS)
    assert session.epoch == 0
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    assert np.array_equal(session.history.losses()[:5], first)


def test_start_right_after_rewind_waits_for_the_old_run_to_end(session: Session, qtbot: QtBot) -> None:
    session.start(LONG)
    wait_for_epochs(session, qtbot, 5)
    session.rewind()
    session.start(TUTORIAL)
    qtbot.waitUntil(lambda: session.state is RunState.FINISHED, timeout=WAIT_MS)
    assert session.epoch == 10


def test_live_changes_take_effect_and_can_be_replayed(session: Session, qtbot: QtBot) -> None:
    changes: list[Change] = []
    session.changed.connect(lambda change, before: changes.append(change))
    session.start(LONG)
    wait_for_epochs(session, qtbot, 3)
    session.change("learning_rate", 0.001)
    session.change("scaling", 0.5)
    qtbot.waitUntil(lambda: len(changes) == 2, timeout=WAIT_MS)
    last = changes[-1].epoch
    wait_for_epochs(session, qtbot, last + 5)
    session.change("epochs", session.epoch + 100_000)
    session.change("epochs", 1)
    qtbot.waitUntil(lambda: session.state is RunState.FINISHED, timeout=WAIT_MS)
    assert (session.config.learning_rate, session.config.scaling) == (0.001, 0.5)
    replayed = Trainer(LONG, changes[:2]).advance(last + 5).losses
    assert np.array_equal(session.history.losses()[: last + 5], replayed.astype(np.float32))


def test_a_diverged_run_stops_itself_and_keeps_its_curve(session: Session, qtbot: QtBot) -> None:
    end = run_to_end(session, qtbot, DIVERGING)
    assert end.state is session.state is RunState.DIVERGED
    assert 1 < end.epoch == session.epoch + 1
    assert np.isfinite(session.history.losses()).all()


def test_speed_is_kept(session: Session, qtbot: QtBot) -> None:
    session.set_speed(20.0)
    session.start(LONG)
    wait_for_epochs(session, qtbot, 1)
    before = session.epoch
    qtbot.wait(500)
    assert 5 <= session.epoch - before <= 15
    session.set_speed(None)
    wait_for_epochs(session, qtbot, 100)


def test_rate_and_time_left_are_measured(session: Session, qtbot: QtBot) -> None:
    session.set_speed(100.0)
    session.start(RunConfig(epochs=1000))
    wait_for_epochs(session, qtbot, 60)
    assert session.rate == pytest.approx(100, rel=0.3)
    assert session.seconds_left == pytest.approx((1000 - session.epoch) / 100, rel=0.3)


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (RunConfig(device="cuda:99"), ConfigError),
        (RunConfig(in_features=16_384, out_features=16_384, samples=1_000_000, rank=1), NotEnoughMemory),
    ],
)
def test_what_cannot_run_fails_with_its_reason(
    session: Session, qtbot: QtBot, config: RunConfig, kind: type[Exception]
) -> None:
    end = run_to_end(session, qtbot, config)
    assert end.state is RunState.FAILED
    assert isinstance(end.error, kind)
    assert end.details == ""  # the reason says all there is; nothing is wrong with the program


def test_an_exception_in_the_thread_becomes_the_end_of_the_run(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Trainer, epochs: int) -> None:
        raise SystemExit("something no thread may do")

    monkeypatch.setattr(Trainer, "advance", broken)
    end = run_to_end(session, qtbot, TUTORIAL)
    assert end.state is RunState.FAILED
    assert isinstance(end.error, SystemExit)
    assert "Traceback" in end.details


def test_shutdown_mid_run_leaves_no_thread(qtbot: QtBot) -> None:
    session = Session()
    session.start(LONG)
    wait_for_epochs(session, qtbot, 1)
    session.shutdown()  # the leak check of every test looks for the thread


def test_nothing_begins_after_shutdown(session: Session, qtbot: QtBot) -> None:
    session.shutdown()
    session.start(TUTORIAL)
    session.step(TUTORIAL)
    assert session.state is RunState.READY  # a thread that began now would outlive its session


def test_the_frozen_weight_is_checked_at_the_start_in_a_pause_and_at_the_end(
    session: Session, qtbot: QtBot
) -> None:
    checks: list[WeightCheck] = []
    session.weight_checked.connect(checks.append)
    session.step(TUTORIAL)
    qtbot.waitUntil(lambda: len(checks) == 2, timeout=WAIT_MS)
    run_to_end(session, qtbot, TUTORIAL)
    assert [check.epoch for check in checks] == [0, 1, 10]
    fresh = checksum(Trainer(TUTORIAL).layer.weight)
    assert {check.start for check in checks} == {check.now for check in checks} == {fresh}
    assert all(check.same for check in checks)


@pytest.mark.parametrize("engine", ["reference", "closed_form"])
def test_a_weight_that_training_touched_would_show(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    advance = BaseTrainer.advance

    def meddling(self: BaseTrainer, epochs: int) -> Advance:
        self.layer.weight[0, 0] += 1e-6
        return advance(self, epochs)

    monkeypatch.setattr(BaseTrainer, "advance", meddling)
    checks: list[WeightCheck] = []
    session.weight_checked.connect(checks.append)
    run_to_end(session, qtbot, TUTORIAL.with_("engine", engine))
    assert [check.same for check in checks] == [True, False]


@pytest.mark.parametrize("engine", ["reference", "closed_form"])
def test_merging_during_a_run_changes_none_of_its_losses(session: Session, qtbot: QtBot, engine: str) -> None:
    config = TUTORIAL.with_("engine", engine)
    merges: list[MergeCheck] = []
    session.merge_checked.connect(merges.append)
    session.step(config)
    wait_for_epochs(session, qtbot, 1)
    session.check_merge()
    qtbot.waitUntil(lambda: len(merges) == 1, timeout=WAIT_MS)
    run_to_end(session, qtbot, config)
    session.check_merge()
    qtbot.waitUntil(lambda: len(merges) == 2, timeout=WAIT_MS)
    assert [merge.weight.epoch for merge in merges] == [1, 10]
    for merge in merges:
        assert 0 < merge.difference < 1e-5 * merge.largest
        assert merge.weight.same
        assert merge.rows == 250
    assert session.history.losses().tolist() == losses_of(config, 10)


def test_a_merge_check_asked_for_at_the_last_moment_is_answered(session: Session, qtbot: QtBot) -> None:
    session.start(TUTORIAL)
    with qtbot.waitSignal(session.merge_checked, timeout=WAIT_MS) as checked:
        session.check_merge()
    assert isinstance(checked.args[0], MergeCheck)


def test_the_answer_about_a_forgotten_run_is_dropped(session: Session, qtbot: QtBot) -> None:
    merges: list[MergeCheck] = []
    session.merge_checked.connect(merges.append)
    run_to_end(session, qtbot, TUTORIAL)
    session.check_merge()
    session.rewind()
    qtbot.waitUntil(lambda: session._merging._thread is None, timeout=WAIT_MS)
    session.check_merge()
    assert merges == []


def test_a_merge_check_without_the_memory_says_so_and_the_run_goes_on(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lora_gui.engine.checks.free_bytes", lambda device: 5119)
    session.step(TUTORIAL)
    wait_for_epochs(session, qtbot, 1)
    with qtbot.waitSignal(session.merge_checked, timeout=WAIT_MS) as checked:
        session.check_merge()
    assert isinstance(checked.args[0], MergeFailure)
    assert isinstance(checked.args[0].error, NotEnoughMemory)
    assert checked.args[0].error.needed == 2 * 4 * 640
    assert run_to_end(session, qtbot, TUTORIAL).state is RunState.FINISHED


def test_a_run_that_ended_is_let_go_with_the_next(session: Session, qtbot: QtBot) -> None:
    run_to_end(session, qtbot, TUTORIAL)
    assert session._merging.prover is not None
    trainer = weakref.ref(session._merging.prover._trainer)
    session.rewind()
    assert trainer() is None
