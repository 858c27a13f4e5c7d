"""Runs that go on from a file give the losses, and the weights, of runs that were never interrupted."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Change
from lora_gui.engine import closed_form
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.checkpoint import load_checkpoint, save_checkpoint
from lora_gui.engine.resuming import keep_state, trainer_for
from lora_gui.engine.trainers import make_trainer

SMALL = RunConfig(in_features=12, out_features=7, rank=3, samples=50, epochs=130)
CHANGES = (
    Change(10, "learning_rate", 0.05),
    Change(40, "scaling", 0.5),
    Change(57, "learning_rate", 0.001),
    Change(57, "epochs", 160),
    Change(90, "scaling", 1.5),
)
STOP = 57
CASES = [
    pytest.param(replace(SMALL, optimizer=optimizer, **kind), id=f"{optimizer}-{name}")  # type: ignore[arg-type]
    for optimizer in ("adam", "adamw", "sgd")
    for name, kind in {
        "reference": {"engine": "reference"},
        "closed form": {"engine": "closed_form"},
        "mini-batches": {"batch_size": 16},
        "no bias": {"engine": "closed_form", "train_bias": False},
        "full": {"method": "full", "batch_size": 16},
        "bias": {"method": "bias"},
        "none": {"method": "none"},
    }.items()
]


def whole(config: RunConfig, changes: tuple[Change, ...] = ()) -> tuple[BaseTrainer, NDArray[np.float64]]:
    trainer = make_trainer(config, changes)
    return trainer, trainer.advance(10_000).losses


def stopped(config: RunConfig, path: Path, at: int = STOP, changes: tuple[Change, ...] = ()) -> RunPlan:
    """Train up to epoch `at` in uneven chunks, keep the state, and forget the trainer."""
    trainer = make_trainer(config, changes)
    trainer.advance(at // 3)
    trainer.advance(at - at // 3)
    assert trainer.epoch == at
    plan = RunPlan(config, changes, at)
    keep_state(trainer, plan, path)
    return plan


def weights(trainer: BaseTrainer) -> dict[str, bytes]:
    return {name: tensor.cpu().numpy().tobytes() for name, tensor in trainer.state().items()}


@pytest.mark.parametrize("config", CASES)
def test_a_stopped_run_goes_on_bit_for_bit(config: RunConfig, tmp_path: Path) -> None:
    made = tuple(change for change in CHANGES if change.epoch <= STOP)
    plan = stopped(config, tmp_path / "state", changes=made)
    one, expected = whole(config, CHANGES)
    other = trainer_for(plan, tmp_path / "state")
    assert other.epoch == STOP
    other.apply(CHANGES[-1])
    losses = other.advance(10_000).losses
    assert len(losses) == 160 - STOP
    assert losses.tobytes() == expected[STOP:].tobytes()
    assert weights(other) == weights(one)


@pytest.mark.parametrize("engine", ["reference", "closed_form"])
def test_a_finished_run_takes_more_epochs(engine: str, tmp_path: Path) -> None:
    config = replace(SMALL, engine=engine, epochs=STOP)
    plan = stopped(config, tmp_path / "state")
    _, expected = whole(replace(config, epochs=130))
    other = trainer_for(replace(plan, changes=(Change(STOP, "epochs", 130),)), tmp_path / "state")
    assert other.advance(10_000).losses.tobytes() == expected[STOP:].tobytes()


def test_the_closed_form_remembers_which_way_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_form, "WORTH_PACKING", 0)
    monkeypatch.setattr(closed_form, "NEAR", 0.5)
    planted = {"task": "low_rank", "init": "paper", "learning_rate": 0.03}
    config = replace(SMALL, engine="closed_form", **planted)  # type: ignore[arg-type]
    _, expected = whole(config)
    switched = int(np.argmax(expected < 0.4 * expected[0]))
    assert 5 < switched < 120
    for at in (3, switched + 3):
        plan = stopped(config, tmp_path / "state", at)
        state, _ = load_checkpoint(tmp_path / "state")
        assert bool(state["by_products"]) == (at == 3)
        other = trainer_for(plan, tmp_path / "state")
        assert other.advance(10_000).losses.tobytes() == expected[at:].tobytes()


def refuse_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BaseTrainer, "advance", lambda self, epochs: pytest.fail("trained what the state holds already")
    )


def test_the_state_saves_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = stopped(SMALL, tmp_path / "state")
    refuse_training(monkeypatch)
    assert trainer_for(plan, tmp_path / "state").epoch == STOP


def test_an_older_state_saves_a_part_of_it(tmp_path: Path) -> None:
    plan = stopped(SMALL, tmp_path / "state", 20)
    later = replace(plan, epoch=STOP, changes=(Change(30, "learning_rate", 0.1),))
    _, expected = whole(SMALL, later.changes)
    other = trainer_for(later, tmp_path / "state")
    assert other.epoch == STOP
    assert other.advance(10_000).losses.tobytes() == expected[STOP:].tobytes()


@pytest.mark.parametrize("wrong", ["missing", "damaged", "later", "config", "changes", "shapes", "foreign"])
def test_a_state_of_no_use_costs_time_only(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "state"
    plan = stopped(SMALL, path)
    if wrong == "missing":
        path.unlink()
    elif wrong == "damaged":
        path.write_bytes(path.read_bytes()[:-200])
    elif wrong == "later":
        plan = replace(plan, epoch=STOP - 7)
    elif wrong == "config":
        plan = replace(plan, config=replace(SMALL, seed=7))
    elif wrong == "changes":
        plan = replace(plan, changes=(Change(5, "learning_rate", 0.1),))
    else:
        state, about = load_checkpoint(path)
        name = "lora_A"
        kept = {n: t if n != name or wrong == "foreign" else t[:-1] for n, t in state.items()}
        save_checkpoint(path, kept, about if wrong == "shapes" else {"of": "another program"})
    _, expected = whole(plan.config, plan.changes)
    other = trainer_for(plan, path)
    assert other.epoch == plan.epoch
    assert other.advance(10_000).losses.tobytes() == expected[plan.epoch :].tobytes()


def test_catching_up_can_be_interrupted() -> None:
    asked = iter([False, False, True])
    trainer = trainer_for(RunPlan(replace(SMALL, epochs=100_000), epoch=90_000), None, lambda: next(asked))
    assert 0 < trainer.epoch < 90_000


def test_a_disk_that_takes_nothing_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trainer = make_trainer(SMALL)
    trainer.advance(3)
    keep_state(trainer, RunPlan(SMALL), tmp_path / "file" / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert trainer.advance(3).losses.tolist() == make_trainer(SMALL).advance(6).losses.tolist()[3:]


def test_the_file_says_what_it_is_of(tmp_path: Path) -> None:
    stopped(SMALL, tmp_path / "state", changes=CHANGES)
    _, about = load_checkpoint(tmp_path / "state")
    assert about["config"] == SMALL.to_dict()
    assert [change["epoch"] for change in about["changes"]] == [10, 40]
    assert about["epoch"] == STOP
    assert set(about["versions"]) == {"python", "torch", "lora_gui"}
    json.dumps(about)
