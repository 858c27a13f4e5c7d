"""The terminal: what it prints, what it writes, how it ends."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lora_gui import __version__
from lora_gui.cli import main
from lora_gui.cli import train as command
from lora_gui.domain.config import RunConfig, field_names
from lora_gui.domain.presets import PRESETS

PROGRAM = [sys.executable, "-c", "import sys; from lora_gui.cli import main; sys.exit(main(sys.argv[1:]))"]
Captured = pytest.CaptureFixture[str]


def error_line(capsys: Captured, *arguments: str) -> str:
    """Run a command that must be refused and return the one line it says."""
    assert main(["train", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.strip()


def test_the_tutorial_line_by_line(capsys: Captured) -> None:
    assert main(["train"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "trainable params: 306 || all params: 946 || trainable%: 32.3467",
        "Frozen: 640  Trainable: 306  Total: 946",
    ]
    losses = [
        *("243.7067", "234.6470", "225.9160", "217.5043", "209.4038"),
        *("201.6063", "194.1039", "186.8890", "179.9540", "173.2909"),
    ]
    assert lines[2:12] == [f"Epoch {epoch}/10, Loss: {loss}" for epoch, loss in enumerate(losses, 1)]
    assert lines[12].startswith("Finished after 10 epochs in ")
    assert "Test loss: " in lines[12]
    assert len(lines) == 13


def test_json_file_holds_the_run(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    assert main(["train", "--epochs", "7", "--no-train-bias", "--json", str(path)]) == 0
    written = json.loads(path.read_text())
    assert {"config", "parameters", "losses", "seconds"} <= set(written)
    assert RunConfig.from_dict(written["config"]) == RunConfig(epochs=7, train_bias=False)
    assert written["parameters"] == {"frozen": 650, "trainable": 296, "total": 946}
    assert len(written["losses"]) == 7
    assert written["seconds"] > 0
    assert "Epoch 7/7" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_run_wrote_starts_it_again(tmp_path: Path, capsys: Captured) -> None:
    path = str(tmp_path / "run.json")
    assert main(["train", "--epochs", "3", "--rank", "2", "--json", path]) == 0
    first = json.loads(Path(path).read_text())
    capsys.readouterr()
    assert main(["train", "--config", path, "--json", "-"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["config"] == first["config"]
    assert again["losses"] == first["losses"]


def test_json_to_standard_output_alone(capsys: Captured) -> None:
    assert main(["train", "--epochs", "2", "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["losses"]) == 2
    assert "Epoch 2/2, Loss: 234.6470" in captured.err


def test_options_outdo_the_file_and_the_file_the_preset(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"rank": 2, "epochs": 4}')
    assert main(["train", "--preset", "planted", "--config", str(file), "--epochs", "3", "--json", "-"]) == 0
    config = json.loads(capsys.readouterr().out)["config"]
    assert config == PRESETS["planted"].to_dict() | {"rank": 2, "epochs": 3}


def test_every_setting_has_its_option(capsys: Captured) -> None:
    given = RunConfig(
        in_features=12, out_features=9, train_bias=False, rank=2, scaling=0.5, init="paper", samples=20
    ).to_dict()
    given |= {"task": "low_rank", "true_rank": 1, "noise": 0.2, "epochs": 2, "learning_rate": 0.02}
    given |= {"optimizer": "sgd", "batch_size": 5, "seed": 1}
    assert set(given) == set(field_names())
    arguments = [f"--{n.replace('_', '-')}={v}" for n, v in given.items() if n != "train_bias"]
    assert main(["train", *arguments, "--no-train-bias", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["config"] == given


def test_accuracy_is_reported_where_there_is_one(capsys: Captured) -> None:
    assert main(["train", "--preset", "digits", "--epochs", "1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("Finished after 1 epoch in ")
    assert "test accuracy: 1" in last


def test_many_epochs_still_get_a_line_each_when_piped(capsys: Captured) -> None:
    assert main(["train", "--epochs", "150", "--samples", "10"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Epoch ")]
    assert [line.split(",")[0] for line in lines] == [f"Epoch {n}/150" for n in range(1, 151)]


@pytest.mark.parametrize(("epochs", "bar"), [(100, False), (101, True)])
def test_a_terminal_gets_a_bar_for_a_long_run(
    epochs: int, bar: bool, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["train", "--epochs", str(epochs), "--samples", "10"]) == 0
    out = capsys.readouterr().out
    assert ("Epoch 1/" in out) != bar
    assert ("epochs/s" in out) == bar
    assert f"Finished after {epochs} epochs" in out


def test_divergence_is_reported_with_what_was_trained(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "run.json"
    assert main(["train", "--preset", "learning_rate_too_high", "--json", str(path)]) == 3
    lines = capsys.readouterr().out.splitlines()
    done = len(json.loads(path.read_text())["losses"])
    assert 20 < done < 200
    assert lines[-2].startswith(f"Epoch {done}/1000, Loss: ")
    assert lines[-1].startswith(f"Diverged: the loss of epoch {done + 1} is not finite.")
    assert "learning rate below 3" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--rank", "11"], ["rank: 11", "from 1 to 10"]),
        (["--rank", "four"], ["rank: 'four'", "whole number from 1"]),
        (["--learning-rate", "-1"], ["learning_rate: -1.0", "from 0 to 1,000,000"]),
        (["--learning-rate", "nan"], ["learning_rate: nan"]),
        (["--task", "mnist"], ["task: 'mnist'", "random, low_rank, digits"]),
        (["--preset", "best"], ["preset: 'best'", *PRESETS]),
        (["--preset", "digits", "--in-features", "32"], ["in_features: 32", "exactly 64"]),
        (["--device", "cuda:99"], ["device: 'cuda:99'", "cpu"]),
        (["--config", "missing.json"], ["config: 'missing.json'", "No such file"]),
        (["--json", "missing/run.json"], ["json: 'missing/run.json'", "No such file"]),
        (["--json", "."], ["json: '.'", "is no file"]),
        (["--alpha", "3"], ["unrecognized arguments: --alpha"]),
        (["--rank"], ["--rank", "expected one argument"]),
        (
            ["--in-features=16384", "--out-features=16384", "--samples=1000000"],
            ["not enough memory", "GiB", "fewer samples"],
        ),
    ],
)
def test_bad_input_is_named_in_one_line(arguments: list[str], parts: list[str], capsys: Captured) -> None:
    line = error_line(capsys, *arguments)
    assert "error: " in line
    for part in parts:
        assert part in line


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"{rank: 4}", "JSON object"),
        (b"[]", "JSON object"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"rank": 99}', "rank: 99"),
    ],
)
def test_a_bad_file_is_named(content: bytes, part: str, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    assert part in error_line(capsys, "--config", str(file))


def test_bad_input_costs_no_training(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_prepare", lambda config: pytest.fail("went on in spite of it"))
    error_line(capsys, "--json", "missing/run.json")
    error_line(capsys, "--rank", "0")


@pytest.mark.parametrize("arguments", [[], ["trane"], ["train", "stray"]])
def test_unknown_words_are_refused_in_one_line(arguments: list[str], capsys: Captured) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_version(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"LoRA GUI {__version__}\n"


def test_help_lists_every_option_with_its_limits(capsys: Captured) -> None:
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for name in field_names():
        assert "--" + name.replace("_", "-") in text
    assert "a whole number from 1 to 10,000,000" in text
    assert "one of gaussian, paper" in text


@pytest.mark.parametrize(
    ("called", "program"),
    [
        ("/x/main.py", "python main.py"),
        ("/x/lora_gui/__main__.py", "python -m lora_gui"),
        ("/bin/lora-gui-cli", "lora-gui-cli"),
    ],
)
def test_the_program_names_itself_as_it_was_called(
    called: str, program: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    assert error_line(capsys, "--rank", "0").startswith(f"{program}: error: rank: 0")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--epochs", "10000000"], id="many short epochs"),
        pytest.param(["--epochs", "50", "--samples", "1000000", "--batch-size", "1"], id="one endless epoch"),
    ],
)
def test_ctrl_c_stops_at_once_and_keeps_what_was_trained(arguments: list[str], tmp_path: Path) -> None:
    path, log = tmp_path / "run.json", tmp_path / "log"
    command_line = [*PROGRAM, "train", *arguments, "--json", str(path)]
    with (
        log.open("w") as out,
        subprocess.Popen(command_line, stdout=out, stderr=subprocess.PIPE, text=True) as run,
    ):
        assert run.stderr is not None
        endless = "--batch-size" in arguments
        deadline = time.monotonic() + 60
        while ("Total" if endless else "Epoch 100/") not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        assert run.wait(30) == 130
        assert time.monotonic() - pressed < 5
        assert run.stderr.read() == ""
    lines = log.read_text().splitlines()
    losses = json.loads(path.read_text())["losses"]
    assert len(losses) == 0 if endless else len(losses) >= 100
    assert lines[-1].startswith(f"Stopped by Ctrl-C after {len(losses):,} epochs")
    assert len([line for line in lines if line.startswith("Epoch ")]) == len(losses)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no broken pipes")
def test_a_reader_that_leaves_ends_the_run_quietly() -> None:
    command_line = [*PROGRAM, "train", "--epochs", "10000000", "--samples", "10"]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline().startswith("trainable params: 306")
        run.stdout.close()
        assert run.wait(60) == 141
        assert run.stderr.read() == ""
