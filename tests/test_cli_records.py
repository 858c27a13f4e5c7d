"""Runs of the terminal: kept where the window finds them, written as records, replayed."""

import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from lora_gui.cli import main
from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.progress import Change
from lora_gui.domain.record import Outcome, RunRecord
from lora_gui.domain.record_json import record_from_json, record_to_json
from lora_gui.domain.run import RunState
from lora_gui.storage.place import default_path
from lora_gui.storage.store import RunStore
from tests.losses import losses_of
from tests.storage.support import info
from tests.test_app import Driver
from tests.test_cli import PROGRAM, Captured, error_line


def kept() -> list[RunRecord]:
    if not default_path().exists():
        return []
    with closing(RunStore(default_path())) as store:
        return [store.load(run.id) for run in store.summaries()]


def write(path: Path, config: RunConfig, changes: tuple[Change, ...], epochs: int, spoilt: int = 0) -> None:
    """Write the record of a run; the loss of the epoch `spoilt` is the next float32."""
    losses = np.array(losses_of(config, epochs, changes), np.float32)
    if spoilt:
        losses[spoilt - 1] = np.nextafter(losses[spoilt - 1], np.float32(np.inf))
    parts = {name: getattr(info(), name) for name in ("started", "device", "versions")}
    record = RunRecord(
        **parts,
        config=config,
        outcome=Outcome.STOPPED,
        changes=changes,
        losses=losses,
        clock=((len(losses), 1.0),) if epochs else (),
        name="the run",
    )
    path.write_text(record_to_json(record), encoding="utf-8")


def test_a_run_is_kept_like_one_of_the_window(capsys: Captured) -> None:
    assert main(["train", "--preset", "planted", "--epochs", "300"]) == 0
    (record,) = kept()
    assert record.config == PRESETS["planted"].with_("epochs", 300)
    assert record.outcome is Outcome.FINISHED
    assert record.evaluations[-1].epoch == 301
    assert record.device.startswith("CPU (")
    assert record.floor == pytest.approx(0.0025, rel=0.05)
    assert f"in {record.seconds:.2f} s" in capsys.readouterr().out


def test_the_window_goes_on_with_a_run_of_the_terminal(qtbot: QtBot) -> None:
    assert main(["train"]) == 0
    driver = Driver(qtbot)
    with closing(RunStore(default_path())) as store:
        (run,) = store.summaries()
    driver.wait(lambda: driver.window.tabs.runs.title_of(run.id) != "")
    driver.window.tabs.runs.continue_requested.emit(run.id)
    driver.session.go_on(RunConfig(epochs=20))
    driver.wait(lambda: driver.session.epoch == 20)
    driver.wait_for(RunState.FINISHED)
    driver.close()
    (record,) = kept()
    assert record.losses.tolist() == losses_of(RunConfig(epochs=20), 20)


def test_no_record_is_kept_where_none_is_wanted(capsys: Captured) -> None:
    assert main(["train", "--no-record"]) == 0
    assert not default_path().exists()


def test_a_refused_run_is_not_kept(capsys: Captured) -> None:
    assert main(["train", "--device", "cuda:99"]) == 2
    assert kept() == []


def test_a_disk_that_takes_nothing_is_not_mentioned(capsys: Captured) -> None:
    default_path().parent.parent.mkdir(parents=True)
    default_path().parent.write_text("in the way")
    assert main(["train"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.splitlines()[-1].startswith("Finished after 10 epochs")


def test_a_diverged_run_is_kept(capsys: Captured) -> None:
    assert main(["train", "--preset", "learning_rate_too_high"]) == 3
    (record,) = kept()
    assert record.outcome is Outcome.DIVERGED
    assert len(record.losses) > 20


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
def test_a_run_stopped_by_ctrl_c_is_kept() -> None:
    command_line = [*PROGRAM, "train", "--epochs", "10000000"]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        while not run.stdout.readline().startswith("Epoch 200/"):
            pass
        run.send_signal(signal.SIGINT)
        out = run.communicate(timeout=30)[0]
        assert run.returncode == 130
    (record,) = kept()
    assert record.outcome is Outcome.STOPPED
    assert f"after {len(record.losses):,} epochs" in out


def test_json_and_replay_go_together(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    settings = ["--epochs", "40", "--method", "full", "--batch-size", "300"]
    assert main(["train", *settings, "--json", str(path)]) == 0
    written = json.loads(path.read_text())
    assert record_from_json(path.read_text()).losses.tobytes() == kept()[0].losses.tobytes()
    assert written["parameters"] == {"frozen": 0, "trainable": 650, "total": 650}
    capsys.readouterr()
    assert main(["train", "--replay", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "The same losses, bit for bit: 40 of 40 epochs."
    assert lines[1:-1] == [f"Epoch {i}/40, Loss: {loss:.4f}" for i, loss in enumerate(written["losses"], 1)]
    assert len(kept()) == 1


@pytest.mark.parametrize("engine", ["reference", "closed_form"])
def test_a_replay_makes_the_changes(engine: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    changes = (Change(5, "learning_rate", 0.05), Change(11, "scaling", 0.5), Change(20, "epochs", 1000))
    write(path, RunConfig(epochs=20, engine=engine), changes, 50)
    assert main(["train", "--replay", str(path)]) == 0
    assert "50 of 50" in capsys.readouterr().out


def test_a_replay_that_differs_says_where(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    write(path, RunConfig(), (), 10, spoilt=4)
    assert main(["train", "--replay", str(path)]) == 4
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("The losses differ from epoch 4 on: 217.504")
    assert "torch 2.13.0+cpu" in last or "2.13" not in last


def test_a_diverged_run_must_diverge_again(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    assert main(["train", "--preset", "learning_rate_too_high", "--json", str(path)]) == 3
    assert main(["train", "--replay", str(path)]) == 0
    path.write_text(path.read_text().replace('"diverged"', '"stopped"'))
    assert main(["train", "--replay", str(path)]) == 0
    short = tmp_path / "short.json"
    write(short, RunConfig(), (), 5)
    short.write_text(short.read_text().replace('"stopped"', '"diverged"'))
    capsys.readouterr()
    assert main(["train", "--replay", str(short)]) == 4
    assert "from epoch 6 on: none in the record" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "arguments", "parts"),
    [
        (None, [], ["replay: 'run.json'", "No such file"]),
        (b"\xff\xfe", [], ["replay: 'run.json'", "UTF-8"]),
        (b"{}", [], ["format: None"]),
        (b"{}", ["--rank", "3"], ["without --rank"]),
        (b"{}", ["--no-train-bias"], ["without --train-bias"]),
        (b"{}", ["--json", "-"], ["without --json"]),
        (b"{}", ["--preset", "digits"], ["without --preset"]),
    ],
)
def test_a_bad_replay_is_named_in_one_line(
    content: bytes | None,
    arguments: list[str],
    parts: list[str],
    capsys: Captured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("run.json").write_bytes(content)
    line = error_line(capsys, "--replay", "run.json", *arguments)
    for part in parts:
        assert part in line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
def test_a_replay_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write(path, RunConfig(epochs=1000, samples=100_000, batch_size=1), (), 0)
    text = json.loads(path.read_text())
    text["losses"], text["clock"], text["seconds"] = [1.0] * 50, [[50, 1.0]], 1.0
    path.write_text(json.dumps(text))
    with subprocess.Popen(
        [*PROGRAM, "train", "--replay", str(path)], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith("Replaying the run: 50 epochs")
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        assert "Stopped by Ctrl-C" in run.communicate(timeout=30)[0]
        assert run.returncode == 130
