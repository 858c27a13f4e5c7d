"""Runs trained as one give what each gives alone, whatever the others do."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.engine.batched import BatchedTrainer, Member
from lora_gui.engine.closed_form import ClosedFormTrainer
from lora_gui.engine.floors import floors
from lora_gui.engine.tasks import prepare
from lora_gui.engine.trainer import Trainer

SMALL = RunConfig(
    in_features=12, out_features=9, samples=40, rank=3, task="low_rank", epochs=60, engine="closed_form"
)
DIVERGING = replace(SMALL, learning_rate=1e5, optimizer="sgd")
TOLERANCE = 1e-5
ROUNDING = 5e-7
"""What float32 leaves uncertain of a residual, as a share of the residual at the start."""


def train(*configs: RunConfig, parts: tuple[int, ...] = ()) -> NDArray[np.float64]:
    """Return the losses (epochs, runs) of `configs` trained as one."""
    trainer = BatchedTrainer([Member.of(config) for config in configs])
    return np.concatenate([trainer.advance(n) for n in (*parts, configs[0].epochs)])


def assert_close(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> None:
    allowed = TOLERANCE * theirs + ROUNDING * np.sqrt(theirs * theirs.max())
    assert (np.abs(ours - theirs) <= allowed).all()


MIXED = st.builds(
    lambda **given: replace(SMALL, **given),
    rank=st.integers(1, 9),
    scaling=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    learning_rate=st.sampled_from([0.0, 0.001, 0.01]),
    init=st.sampled_from(["gaussian", "paper"]),
    train_bias=st.booleans(),
    task=st.sampled_from(["random", "low_rank"]),
    true_rank=st.integers(1, 4),
    noise=st.sampled_from([0.0, 0.1]),
    seed=st.integers(0, 50),
)


@settings(max_examples=12)
@given(
    st.lists(MIXED, min_size=1, max_size=4),
    st.sampled_from(["adam", "adamw", "sgd"]),
    st.sampled_from([5, 12, 13, 60]),
)
def test_each_run_is_the_same_as_alone(configs: list[RunConfig], optimizer: str, samples: int) -> None:
    configs = [replace(c, optimizer=optimizer, samples=samples) for c in configs]
    losses = train(*configs)
    for run, config in enumerate(configs):
        assert_close(losses[:, run], Trainer(config).advance(config.epochs).losses)
        assert_close(losses[:, run], ClosedFormTrainer(config).advance(config.epochs).losses)


@pytest.mark.parametrize(("name", "epochs"), [("tutorial", 1000), ("digits", 1000), ("planted", 200)])
def test_presets(name: str, epochs: int) -> None:
    # Once the planted update is found, Adam's steps jump about in the noise, and one bit more or less changes
    # where to: autograd's losses then differ from its own by more than is allowed here.
    base = replace(PRESETS[name], epochs=epochs, engine="closed_form")
    configs = [base, replace(base, rank=2, seed=1), replace(base, rank=7, learning_rate=0.002)]
    losses = train(*configs)
    for run, config in enumerate(configs):
        assert_close(losses[:, run], ClosedFormTrainer(config).advance(config.epochs).losses)


def test_divergence_stays_with_the_run_that_diverges() -> None:
    calm = [replace(DIVERGING, learning_rate=rate, seed=seed) for rate, seed in ((0.01, 1), (0.02, 2))]
    mixed = [calm[0], DIVERGING, replace(DIVERGING, scaling=1000.0), calm[1]]
    trainer = BatchedTrainer([Member.of(config) for config in mixed])
    losses = np.concatenate([trainer.advance(1), trainer.advance(1000)])
    assert trainer.diverged.tolist() == [False, True, True, False]
    assert trainer.finished
    assert losses[:, [0, 3]].tolist() == train(calm[0], calm[0], calm[0], calm[1])[:, [0, 3]].tolist()
    for run in (1, 2):
        reference = Trainer(mixed[run])
        alone = reference.advance(mixed[run].epochs).losses
        assert trainer.epochs[run] == len(alone) == np.isfinite(losses[:, run]).sum()
        assert np.isinf(losses[len(alone) :, run]).all()
        assert trainer.final[run] == pytest.approx(alone[-1], rel=TOLERANCE)
        assert trainer.best[run] == pytest.approx(alone.min(), rel=TOLERANCE)


def test_a_batch_of_diverged_runs_is_over() -> None:
    trainer = BatchedTrainer([Member.of(DIVERGING), Member.of(replace(DIVERGING, seed=3))])
    trainer.advance(60)
    assert trainer.finished
    assert trainer.diverged.all()
    assert trainer.epoch == 60


def test_a_run_that_diverges_at_once_has_no_loss() -> None:
    trainer = BatchedTrainer([Member.of(replace(DIVERGING, init="gaussian", scaling=1000.0, noise=1000.0))])
    losses = trainer.advance(50)
    assert trainer.epochs[0] == np.isfinite(losses).sum() < 5


def test_the_order_of_the_runs_does_not_matter() -> None:
    configs = [replace(SMALL, rank=r, seed=r, learning_rate=0.002 * r) for r in (1, 5, 3, 9)]
    forward, backward = train(*configs), train(*configs[::-1])
    np.testing.assert_allclose(forward, backward[:, ::-1], rtol=TOLERANCE)


def test_losses_do_not_depend_on_the_chunks() -> None:
    configs = [replace(SMALL, rank=r, epochs=300) for r in (1, 4)]
    assert train(*configs).tolist() == train(*configs, parts=(1, 63, 1, 64, 70)).tolist()


@pytest.mark.parametrize("preset", ["digits", "planted"])
def test_held_out_data_is_measured_as_alone(preset: str) -> None:
    base = replace(PRESETS[preset], epochs=200, engine="closed_form")
    configs = [base, replace(base, rank=2, train_bias=False, scaling=0.5)]
    trainer = BatchedTrainer([Member.of(config) for config in configs])
    trainer.advance(200)
    for run, config in enumerate(configs):
        alone = Trainer(replace(config, engine="reference"))
        losses = alone.advance(200).losses
        ours, theirs = trainer.evaluate(run), alone.evaluate()
        assert ours.epoch == theirs.epoch
        assert ours.loss == pytest.approx(theirs.loss, rel=TOLERANCE)
        # One digit of the 500 may stand on the edge.
        assert ours.accuracy == pytest.approx(theirs.accuracy, abs=0.0021)
        assert trainer.final[run] == pytest.approx(losses[-1], rel=TOLERANCE)
        assert trainer.best[run] == pytest.approx(losses.min(), rel=TOLERANCE)
        assert trainer.epochs[run] == 200


def test_a_member_knows_its_floors_where_they_are_quick() -> None:
    member = Member.of(SMALL)
    assert member.floors is not None
    expected = floors(prepare(SMALL)[0], SMALL.train_bias)
    assert member.floors.losses.tolist() == expected.losses.tolist()
    assert math.isfinite(member.floors.of(SMALL))
    assert Member.of(replace(SMALL, samples=20_000, in_features=200, out_features=200)).floors is None


def test_drawing_leaves_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    train(SMALL)
    assert torch.equal(torch.random.get_rng_state(), before)
