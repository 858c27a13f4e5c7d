"""The command `sweep`: what it says, what it writes, how it goes on, how it ends."""

import csv
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lora_gui.cli import main

PROGRAM = [sys.executable, "-c", "import sys; from lora_gui.cli import main; sys.exit(main(sys.argv[1:]))"]
SMALL = [
    "--task",
    "low_rank",
    "--in-features",
    "12",
    "--out-features",
    "8",
    "--samples",
    "40",
    "--epochs",
    "300",
]
RANKS = ["sweep", *SMALL, "--rank", "1:4", "--seeds", "3", "--noise", "0.05", "--init", "paper"]
Captured = pytest.CaptureFixture[str]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_over_the_seeds_and_the_rank_at_the_elbow(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "sweep.csv"
    assert main([*RANKS, "--out", str(path)]) == 0
    first, *table, last = capsys.readouterr().out.splitlines()
    assert first.startswith("12 runs (4 of rank × 3 seeds), about ")
    assert table[0].split() == ["rank", "final", "loss", "±", "spread", "test", "loss", "floor", "finished"]
    assert [line.split()[0] for line in table[1:]] == ["1", "2", "3", "4"]
    assert all(line.split()[-1] == "3" for line in table[1:])
    assert last == "The floors bend at rank 3: a higher one brings little."
    assert [(r["rank"], r["seed"]) for r in rows(path)] == [
        (k, s) for k in "1234" for s in ("42", "43", "44")
    ]
    assert {(r["outcome"], r["engine"], r["noise"]) for r in rows(path)} == {("finished", "auto", "0.05")}
    mean = sum(float(r["final_loss"]) for r in rows(path)[:3]) / 3
    assert float(table[1].split()[1]) == pytest.approx(mean, rel=1e-3)


def test_the_same_command_goes_on_where_the_file_ends(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "sweep.csv"
    assert main([*RANKS, "--out", str(path)]) == 0
    whole = capsys.readouterr().out.splitlines()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:6]))
    assert main([*RANKS, "--out", str(path)]) == 0
    again = capsys.readouterr().out.splitlines()
    assert again[0].startswith("12 runs (4 of rank × 3 seeds), 5 of them done before, about ")
    assert again[1:] == whole[1:]
    assert path.read_text().splitlines(keepends=True)[:6] == lines[:6]
    assert len(rows(path)) == 12
    assert main([*RANKS, "--out", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("12 of them done before.")


def test_the_file_of_another_sweep_is_refused(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "sweep.csv"
    assert main([*RANKS, "--out", str(path)]) == 0
    capsys.readouterr()
    assert main([*RANKS, "--out", str(path), "--epochs", "7"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "of this very sweep" in captured.err
    assert "epochs 300" in captured.err


def test_two_settings_and_a_diverging_value(capsys: Captured) -> None:
    arguments = ["--optimizer", "sgd", "--learning-rate", "0.01,100000", "--init", "paper,gaussian"]
    assert main(["sweep", *SMALL, *arguments]) == 0
    out = capsys.readouterr().out
    assert out.startswith("4 runs (2 of init × 2 of learning_rate), ")
    assert out.count("0 (1 diverged)") == 2
    assert main(["sweep", *SMALL, "--optimizer", "sgd", "--learning-rate", "1e5,1e6"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rank", "1:9"], "rank: 9 is not allowed; it must be a whole number from 1 to 8"),
        (["--rank", "4:1"], "rank: '4:1' is not allowed"),
        (["--rank", "1:2", "--seeds", "none"], "seeds: 'none' is not allowed"),
        (["--rank", "1:2", "--jobs", "0"], "jobs: 0 is not allowed"),
        (["--rank", "1:2", "--scaling", "1,2", "--noise", "0,1"], "axes: "),
        (["--rank", "4"], "seeds: 1 is not allowed; it must be more than 1 unless some setting takes values"),
        (["--rank", "1:2", "--device", "cuda:77"], "device: 'cuda:77' is not allowed"),
        (["--rank", "1:2", "--out", "/nowhere/at/all.csv"], "out: '/nowhere/at/all.csv' is not allowed"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], said: str, capsys: Captured) -> None:
    assert main(["sweep", *SMALL, *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1


def test_a_swept_setting_need_not_fit_at_its_default(capsys: Captured) -> None:
    assert main(["sweep", "--in-features", "2", "--rank", "1,2", "--epochs", "2", "--samples", "9"]) == 0
    assert capsys.readouterr().out.startswith("2 runs (2 of rank), ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a single process")
def test_ctrl_c_keeps_what_was_done_and_the_same_command_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    command = [*PROGRAM, "sweep", *SMALL, "--epochs", "100,10000000", "--seeds", "2", "--out", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        out, err = run.communicate(timeout=30)
        assert time.monotonic() - pressed < 5
    assert run.returncode == 130
    assert err.strip() == "Stopped by Ctrl-C after 2 runs. The same command goes on from there."
    assert "about " in out
    assert [r["epochs"] for r in rows(path)] == ["100", "100"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_terminal_gets_a_bar(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(RANKS) == 0
    assert "12/12 runs" in capsys.readouterr().err
