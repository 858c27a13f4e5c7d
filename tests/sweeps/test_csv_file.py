"""The CSV file of a sweep: read by anyone, gone on from by the same sweep, refused to any other."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest

from lora_gui.domain.config import ConfigError, RunConfig, field_names
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.sweeps.csv_file import RESULTS, SweepFile

SWEEP = Sweep(RunConfig(epochs=7), (Axis("rank", (1, 2)), Axis("learning_rate", (0.1, 1e-4))), seeds=2)
FINISHED = SweepRun(
    index=5,
    config=SWEEP.configs[5],
    outcome=RunState.FINISHED,
    epochs=7,
    final=1 / 3,
    best=0.1,
    test=2e-9,
    accuracy=0.5,
    floor=0.05,
    elbow=3,
    seconds=0.25,
)
DIVERGED = SweepRun(index=2, config=SWEEP.configs[2], outcome=RunState.DIVERGED)
FAILED = SweepRun(index=3, config=SWEEP.configs[3], outcome=RunState.FAILED, error="no")


def written(path: Path) -> Path:
    file = SweepFile(path, SWEEP)
    file.add([FINISHED, FAILED])
    file.add([DIVERGED])
    file.save()
    return path


def test_what_was_written_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    path = written(tmp_path / "sweep.csv")
    assert SweepFile(path, SWEEP).runs == {5: FINISHED, 2: DIVERGED}
    assert math.isinf(DIVERGED.final)
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_per_run_what_varies_first_and_every_setting_in_it(tmp_path: Path) -> None:
    with written(tmp_path / "sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:12] == ["rank", "learning_rate", "seed", *RESULTS]
    assert set(rows[0]) == {*RESULTS, *field_names()}
    assert [(r["rank"], r["learning_rate"], r["seed"], r["outcome"]) for r in rows] == [
        ("1", "0.0001", "42", "diverged"),
        ("2", "0.1", "43", "finished"),
    ]
    assert rows[1]["final_loss"] == "0.3333333333333333"
    assert rows[0]["test_loss"] == ""


def test_a_wider_sweep_goes_on_from_a_narrower_one(tmp_path: Path) -> None:
    path = written(tmp_path / "sweep.csv")
    wider = Sweep(SWEEP.base, (Axis("rank", (1, 2, 3)), SWEEP.axes[1]), seeds=3)
    runs = SweepFile(path, wider).runs
    assert {run.config for run in runs.values()} == {FINISHED.config, DIVERGED.config}
    assert all(wider.configs[index] == run.config for index, run in runs.items())


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    path.touch()
    assert SweepFile(path, SWEEP).runs == {}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Sweep(replace(SWEEP.base, epochs=8), SWEEP.axes, 2), "has a run with epochs 7"),
        (Sweep(SWEEP.base, SWEEP.axes, 1), "has a run with seed 43"),
        (Sweep(SWEEP.base, SWEEP.axes[:1], 2), "has other columns"),
        (Sweep(SWEEP.base, SWEEP.axes[::-1], 2), "has other columns"),
    ],
)
def test_the_file_of_another_sweep_is_refused_and_left_alone(other: Sweep, said: str, tmp_path: Path) -> None:
    path = written(tmp_path / "sweep.csv")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=said) as caught:
        SweepFile(path, other)
    assert caught.value.field == "out"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(b"finished", b"\xff"),
        lambda text: text.replace(b"finished", b"perhaps"),
        lambda text: text.replace(b"0.3333333333333333", b"much"),
        lambda text: text[: text.rindex(b",adam")],
        lambda text: b"\0" + text,
    ],
)
def test_a_damaged_file_is_refused(damage: object, tmp_path: Path) -> None:
    path = written(tmp_path / "sweep.csv")
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ConfigError) as caught:
        SweepFile(path, SWEEP)
    assert caught.value.field == "out"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "sweep.csv"):
        with pytest.raises(ConfigError, match="a file that can be written"):
            SweepFile(path, SWEEP)
