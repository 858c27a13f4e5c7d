"""Runs that are kept, in the real window: recorded, replayed, continued, compared, exported, found again."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from lora_gui.app import create_app
from lora_gui.app.record_room import RecordRoom
from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.record import Outcome, RunRecord, RunSummary
from lora_gui.domain.record_json import record_from_json
from lora_gui.domain.run import RunState
from lora_gui.storage.place import default_path
from lora_gui.storage.store import RunStore
from lora_gui.ui.runs.files import RunFiles
from lora_gui.ui.runs.runs_tab import RunsTab
from lora_gui.ui.task_line import TaskLine
from tests.losses import losses_of
from tests.test_app import Driver

LONG = RunConfig(epochs=1_000_000, engine="closed_form")


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.close()


def tab(driver: Driver) -> RunsTab:
    return driver.window.tabs.runs


def kept() -> list[RunSummary]:
    with closing(RunStore(default_path())) as store:
        return store.summaries()


def load(run_id: str) -> RunRecord:
    with closing(RunStore(default_path())) as store:
        return store.load(run_id)


def only_record(outcome: Outcome) -> RunRecord:
    (run,) = kept()
    assert run.outcome is outcome
    return load(run.id)


def wait_until_kept(driver: Driver, *outcomes: Outcome) -> list[RunSummary]:
    """Wait until just these runs are kept, the newest first."""
    driver.wait(lambda: default_path().exists() and tuple(run.outcome for run in kept()) == outcomes)
    return kept()


def wait_for_message(driver: Driver, *parts: str) -> None:
    def said() -> bool:
        message = driver.window.banner.message
        return message is not None and all(part in message.title + message.text for part in parts)

    driver.wait(said)


def run_to_stop(driver: Driver, config: RunConfig, epoch: int) -> None:
    driver.window.restore_config(config)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch >= epoch)
    driver.trigger("stop")
    driver.wait_for(RunState.STOPPED)


def test_a_finished_run_is_kept_with_all_there_is_to_know(driver: Driver) -> None:
    driver.window.restore_config(PRESETS["planted"].with_("epochs", 300))
    driver.wait(lambda: "CPU (" in driver.text("device_label"))
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    wait_until_kept(driver, Outcome.FINISHED)
    record = only_record(Outcome.FINISHED)
    assert record.config == PRESETS["planted"].with_("epochs", 300)
    assert record.losses.tolist() == driver.session.history.losses().tolist()
    assert record.evaluations[-1].epoch == 301
    assert 0 < record.seconds == driver.session.course.seconds
    assert record.device.startswith("CPU (")
    driver.wait(lambda: kept()[0].floor is not None)
    assert kept()[0].floor == pytest.approx(0.0025, rel=0.05)
    assert tab(driver).title_of(kept()[0].id) == "Planted rank, rank 3"


def test_every_other_end_is_kept_too(driver: Driver) -> None:
    run_to_stop(driver, LONG, 20)
    driver.window.restore_config(PRESETS["learning_rate_too_high"])
    driver.trigger("start")
    driver.wait_for(RunState.DIVERGED)
    driver.window.restore_config(LONG)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch >= 20)
    driver.trigger("rewind")
    driver.wait_for(RunState.READY)
    rewound, diverged, stopped = wait_until_kept(driver, Outcome.STOPPED, Outcome.DIVERGED, Outcome.STOPPED)
    assert min(rewound.epochs, diverged.epochs, stopped.epochs) >= 1
    assert load(rewound.id).losses[0] == load(stopped.id).losses[0]


def test_a_run_closed_with_its_window_is_kept_whole(qtbot: QtBot) -> None:
    driver = Driver(qtbot)
    driver.window.restore_config(LONG)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch >= 20)
    driver.close()
    record = only_record(Outcome.STOPPED)
    assert record.losses.tolist() == driver.session.history.losses().tolist()


def test_a_run_that_is_refused_leaves_no_record(driver: Driver) -> None:
    driver.window.restore_config(RunConfig(device="cuda:77"))
    driver.trigger("start")
    driver.wait_for(RunState.FAILED)
    driver.close()
    assert kept() == []


def test_live_changes_are_kept_and_the_replay_proves_it(driver: Driver) -> None:
    driver.window.restore_config(LONG)
    driver.choose("speed", 100.0)
    driver.trigger("start")
    driver.wait(lambda: driver.session.epoch > 5)
    driver.widget(QDoubleSpinBox, "learning_rate").setValue(0.05)
    driver.wait(lambda: driver.session.config.learning_rate == 0.05)
    driver.widget(QDoubleSpinBox, "scaling").setValue(0.5)
    driver.wait(lambda: driver.session.config.scaling == 0.5)
    last = driver.session.epoch + 60
    driver.widget(QSpinBox, "epochs").setValue(last)
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    record = load(run.id)
    assert [change.field for change in record.changes] == ["learning_rate", "scaling", "epochs"]
    assert record.config == LONG
    tab(driver).replay_requested.emit(run.id)
    wait_for_message(driver, "The same losses, bit for bit", f"{last} of {last} epochs")
    assert [run.outcome for run in kept()] == [Outcome.FINISHED]


def test_a_replay_names_the_first_epoch_that_differs(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    record = load(run.id)
    losses = record.losses.copy()
    losses[6] = np.nextafter(losses[6], np.float32(0))
    with closing(RunStore(default_path())) as store:
        store.add("tampered", replace(record, losses=losses))
    tab(driver).replay_requested.emit("tampered")
    wait_for_message(driver, "The losses differ from epoch 7 on", "194.103")


def test_a_diverged_run_is_replayed_to_its_end(driver: Driver) -> None:
    driver.window.restore_config(PRESETS["learning_rate_too_high"])
    driver.trigger("start")
    driver.wait_for(RunState.DIVERGED)
    (run,) = wait_until_kept(driver, Outcome.DIVERGED)
    tab(driver).replay_requested.emit(run.id)
    wait_for_message(driver, "bit for bit", f"{run.epochs} of {run.epochs}")


def test_continue_is_offered_when_it_makes_sense(driver: Driver) -> None:
    action = driver.window.run_actions.go_on
    assert not action.isEnabled()
    run_to_stop(driver, LONG, 20)
    assert action.isEnabled()
    driver.widget(QSpinBox, "rank").setValue(3)
    assert not action.isEnabled()
    driver.widget(QSpinBox, "rank").setValue(4)
    assert action.isEnabled()
    driver.widget(QSpinBox, "epochs").setValue(driver.session.epoch)
    assert not action.isEnabled()


@pytest.mark.parametrize("settings", [LONG, replace(LONG, engine="reference", batch_size=250)])
def test_a_stopped_run_goes_on_as_one_run(driver: Driver, settings: RunConfig) -> None:
    run_to_stop(driver, settings, 20)
    stopped = driver.session.epoch
    driver.widget(QDoubleSpinBox, "learning_rate").setValue(0.02)
    driver.widget(QSpinBox, "epochs").setValue(stopped + 30)
    driver.trigger("continue")
    driver.wait_for(RunState.FINISHED)
    # Finished, and then some more.
    driver.widget(QSpinBox, "epochs").setValue(stopped + 40)
    driver.trigger("continue")
    driver.wait(lambda: driver.session.epoch == stopped + 40)
    wait_until_kept(driver, Outcome.FINISHED)
    driver.wait(lambda: kept()[0].epochs == stopped + 40)
    record = only_record(Outcome.FINISHED)
    assert [(change.epoch, change.field) for change in record.changes] == [
        (stopped, "learning_rate"),
        (stopped, "epochs"),
        (stopped + 30, "epochs"),
    ]
    assert record.losses.tolist() == losses_of(settings, stopped + 40, record.changes)


@pytest.mark.parametrize("has_state", [True, False])
def test_a_run_goes_on_in_a_later_session(qtbot: QtBot, has_state: bool) -> None:
    first = Driver(qtbot)
    run_to_stop(first, LONG, 20)
    first.close()
    stopped = only_record(Outcome.STOPPED)
    states = list(default_path().with_name("checkpoints").iterdir())
    assert len(states) == 1
    if not has_state:
        states[0].unlink()
    second = Driver(qtbot)
    run_id = kept()[0].id
    second.window.restore_config(RunConfig(rank=2))
    second.wait(lambda: tab(second).title_of(run_id) != "")
    tab(second).continue_requested.emit(run_id)
    second.wait(lambda: second.session.epoch > len(stopped.losses))
    assert second.window.config == LONG
    second.trigger("stop")
    second.wait_for(RunState.STOPPED)
    second.close()
    record = only_record(Outcome.STOPPED)
    assert len(record.losses) > len(stopped.losses)
    assert record.losses.tolist() == losses_of(LONG, len(record.losses))
    assert record.seconds > stopped.seconds


def test_a_finished_run_says_how_to_go_on(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    driver.trigger("rewind")
    driver.wait(lambda: tab(driver).title_of(run.id) != "")
    tab(driver).continue_requested.emit(run.id)
    wait_for_message(driver, "all its 10 epochs", "raise Epochs")
    assert driver.session.history.losses().tolist() == load(run.id).losses.tolist()
    driver.widget(QSpinBox, "epochs").setValue(15)
    driver.trigger("continue")
    driver.wait(lambda: driver.session.epoch == 15)
    assert driver.session.history.losses().tolist() == losses_of(RunConfig(epochs=15), 15)


def test_a_record_travels_as_a_file(driver: Driver, tmp_path: Path) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    path = tmp_path / "run.json"
    files(driver).export_chosen.emit(run.id, str(path))
    wait_for_message(driver, "written to a file", str(path))
    record = record_from_json(path.read_text(encoding="utf-8"))
    assert record.losses.tolist() == load(run.id).losses.tolist()
    (tmp_path / "broken.json").write_text('{"format": 1}')
    files(driver).import_chosen.emit([str(path), str(tmp_path / "broken.json")])
    wait_for_message(driver, "broken.json", "name")
    driver.wait(lambda: len(kept()) == 2)
    both = [load(run.id) for run in kept()]
    assert both[0].losses.tolist() == both[1].losses.tolist()
    assert both[0].config == both[1].config


def test_a_file_that_cannot_be_written_is_named(driver: Driver, tmp_path: Path) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    files(driver).export_chosen.emit(run.id, str(tmp_path / "no" / "folder.json"))
    wait_for_message(driver, "folder.json", "No such file")


def test_what_a_person_does_with_runs_is_kept(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    runs = tab(driver)
    runs.renamed.emit(run.id, "mine")
    runs.pinned.emit(run.id, True)
    runs.annotated.emit(run.id, "a note")
    driver.wait(lambda: kept()[0].notes == "a note")
    assert (kept()[0].name, kept()[0].pinned) == ("mine", True)
    driver.wait(lambda: runs.title_of(run.id) == "mine")
    runs.deleted.emit([run.id])
    driver.wait(lambda: kept() == [])
    runs.restored.emit([run.id])
    driver.wait(lambda: len(kept()) == 1)
    driver.window.restore_config(RunConfig(rank=2))
    runs.load_requested.emit(run.id)
    assert driver.window.config == RunConfig()
    driver.trigger("undo")
    assert driver.window.config == RunConfig(rank=2)


def test_one_click_trains_the_baselines_beside_the_adapter(driver: Driver) -> None:
    config = PRESETS["planted"].with_("epochs", 200)
    driver.window.restore_config(config)
    driver.trigger("baseline")
    driver.wait_for(RunState.FINISHED)  # the adapter's own run has begun as well
    driver.wait(lambda: len(tab(driver).ticked) == 3 and len(kept()) == 4)
    driver.wait(lambda: {run.outcome for run in kept()} == {Outcome.FINISHED})
    by_method = {run.config.method: run for run in kept()}
    assert set(by_method) == {"lora", "full", "bias", "none"}
    assert all(run.config == config.with_("method", method) for method, run in by_method.items())
    counts = {method: run.counts.trainable for method, run in by_method.items()}
    assert counts == {"lora": 384, "full": 3120, "bias": 48, "none": 0}
    final = {method: run.final_loss or 0.0 for method, run in by_method.items()}
    assert final["full"] < 0.01
    assert by_method["none"].floor == pytest.approx(final["none"], rel=1e-6)
    assert (by_method["full"].floor or 0.0) < (by_method["bias"].floor or 0.0)
    assert final["full"] < final["lora"] < final["bias"] < final["none"]
    driver.wait(lambda: not driver.widget(TaskLine, "task_line").isVisible())
    overlaid = driver.window.plot._runs.overlaid
    driver.wait(lambda: [len(run.history) for run in driver.window.plot._runs.overlaid] == [200] * 3)
    assert [run.run.id for run in overlaid] == [by_method[m].id for m in ("full", "bias", "none")]


def test_an_overlaid_run_that_goes_on_is_not_read_at_every_step(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    (run,) = wait_until_kept(driver, Outcome.FINISHED)
    record, room = load(run.id), driver.window.findChild(RecordRoom)
    assert room is not None
    read: list[int] = []

    def load_of_length(run_id: str) -> RunRecord:
        read.append(epochs)
        return replace(record, losses=np.ones(epochs, np.float32), clock=((epochs, 1.0),))

    monkeypatch.setattr(room._records, "load", load_of_length)
    epochs = 100
    tab(driver).tick([run.id])
    for epochs in range(101, 201):
        room._on_updated(replace(run, epochs=epochs, outcome=Outcome.RUNNING))
    assert 5 <= len(read) <= 10
    epochs = 202
    room._on_updated(replace(run, epochs=epochs))  # it has ended
    assert read[-1] == 202
    assert [len(run.history) for run in driver.window.plot._runs.overlaid] == [202]


def test_baselines_can_be_cancelled_and_go_on_later(driver: Driver) -> None:
    driver.window.restore_config(LONG.with_("method", "none"))
    driver.trigger("baseline")
    line = driver.widget(TaskLine, "task_line")
    driver.wait(line.isVisible)
    driver.wait(lambda: len(kept()) == 1 and kept()[0].epochs > 0)
    driver.widget(QPushButton, "task_cancel").click()
    driver.wait(lambda: not line.isVisible())
    wait_until_kept(driver, Outcome.STOPPED)
    assert driver.session.state is RunState.READY


def test_a_window_can_close_while_baselines_train(qtbot: QtBot) -> None:
    driver = Driver(qtbot)
    driver.window.restore_config(LONG)
    driver.trigger("baseline")
    driver.wait(lambda: len(kept()) == 2)
    driver.close()
    assert [run.outcome for run in kept()] == [Outcome.STOPPED] * 2


@pytest.mark.parametrize("place", ["a file", "a database of a later version", "a damaged database"])
def test_no_disk_can_stop_a_run(qtbot: QtBot, place: str) -> None:
    path = default_path()
    if place == "a file":
        path.parent.parent.mkdir(parents=True)
        path.parent.write_text("in the way")
    elif place == "a damaged database":
        path.parent.mkdir(parents=True)
        path.write_bytes(b"no database at all, " * 400)
    else:
        with closing(RunStore(path)) as store:
            store._database.execute("PRAGMA user_version = 99")
    driver = Driver(qtbot)
    titles = {
        "a file": "cannot be kept",
        "a damaged database": "damaged",
        "a database of a later version": "later version",
    }
    wait_for_message(driver, titles[place])
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    assert len(driver.session.history) == 10
    driver.close()
    if place == "a damaged database":
        assert only_record(Outcome.FINISHED).losses.tolist() == driver.session.history.losses().tolist()
        assert list(path.parent.glob("runs.damaged-*"))


APP = """
import sys
from PySide6.QtCore import QTimer
from lora_gui.app import create_app
from lora_gui.domain.config import RunConfig
from lora_gui.runtime.session import Session

app, window = create_app(["lora-gui"], complete=True)
window.show()
window.restore_config(RunConfig(epochs=10_000_000, engine="closed_form"))
window.run_actions.start.trigger()
session = window.findChild(Session)
said = QTimer(interval=20)
said.timeout.connect(lambda: print(session.epoch, flush=True))
said.start()
app.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_killed_run_is_there_at_the_next_start(qtbot: QtBot) -> None:
    with subprocess.Popen([sys.executable, "-c", APP], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        seen: list[tuple[float, int]] = []
        while not seen or seen[-1][1] == 0 or seen[-1][0] < first_epoch(seen) + 2.5:
            seen.append((time.monotonic(), int(program.stdout.readline())))
        program.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        program.wait(30)
    driver = Driver(qtbot)
    driver.wait(lambda: [run.outcome for run in kept()] == [Outcome.INTERRUPTED])
    (run,) = kept()
    driver.wait(lambda: tab(driver).title_of(run.id) != "")
    # What it had a second before.
    assert run.epochs >= max(epoch for when, epoch in seen if when <= killed - 1) > 0
    record = load(run.id)
    assert record.losses.tolist() == losses_of(record.config, len(record.losses))
    # And it goes on from there, though no state was kept.
    tab(driver).continue_requested.emit(run.id)
    driver.wait(lambda: driver.session.epoch > run.epochs)
    driver.close()
    record = only_record(Outcome.STOPPED)
    assert len(record.losses) > run.epochs
    assert record.losses.tolist() == losses_of(record.config, len(record.losses))


def files(driver: Driver) -> RunFiles:
    found = driver.window.findChild(RunFiles)
    assert found is not None
    return found


def first_epoch(seen: list[tuple[float, int]]) -> float:
    return next(when for when, epoch in seen if epoch)


def test_a_second_window_sees_what_the_first_one_keeps(driver: Driver) -> None:
    driver.trigger("start")
    driver.wait_for(RunState.FINISHED)
    wait_until_kept(driver, Outcome.FINISHED)
    _, other = create_app(["again"], complete=True)
    try:
        driver.wait(lambda: other.tabs.runs.title_of(kept()[0].id) != "")
    finally:
        other.close()
        other.deleteLater()
