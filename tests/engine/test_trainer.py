"""Training: the tutorial's losses, chunks, changes, divergence, evaluations."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.progress import Advance, Change
from lora_gui.engine.base_trainer import CHUNK_EPOCHS, is_evaluated
from lora_gui.engine.trainer import Trainer
from tests.engine.tutorial import tutorial_losses

TUTORIAL = [
    *("243.7067", "234.6470", "225.9160", "217.5043", "209.4038"),
    *("201.6063", "194.1039", "186.8890", "179.9540", "173.2909"),
]
SMALL = RunConfig(in_features=6, out_features=4, rank=2, samples=40, epochs=60)
DIVERGING = PRESETS["learning_rate_too_high"]


def train(config: RunConfig, *chunks: int, changes: tuple[Change, ...] = ()) -> Advance:
    """Run to the end, `chunks` epochs at a time first, and join what came out."""
    trainer = Trainer(config, changes)
    parts = [trainer.advance(chunk) for chunk in (*chunks, 10**8)]
    assert trainer.finished
    evaluations = tuple(e for part in parts for e in part.evaluations)
    return Advance(np.concatenate([part.losses for part in parts]), evaluations, parts[-1].diverged)


def assert_same(one: Advance, other: Advance) -> None:
    assert one.losses.tolist() == other.losses.tolist()
    assert one.evaluations == other.evaluations
    assert one.diverged == other.diverged


def test_tutorial_preset_gives_the_tutorials_losses() -> None:
    advance = Trainer(PRESETS["tutorial"]).advance(10)
    assert [f"{loss:.4f}" for loss in advance.losses] == TUTORIAL
    assert not advance.diverged


@settings(deadline=None, max_examples=25)
@given(
    n_in=st.integers(1, 80),
    n_out=st.integers(1, 80),
    samples=st.integers(1, 300),
    scaling=st.floats(0, 3),
    learning_rate=st.floats(0, 0.5),
    epochs=st.integers(1, 25),
    seed=st.integers(0, 2**31 - 1),
    train_bias=st.booleans(),
    data=st.data(),
)
def test_any_sizes_follow_the_tutorials_recipe_bit_for_bit(
    n_in: int, n_out: int, data: st.DataObject, **given: Any
) -> None:
    given |= {"in_features": n_in, "out_features": n_out, "rank": data.draw(st.integers(1, min(n_in, n_out)))}
    assert train(RunConfig(**given)).losses.tolist() == tutorial_losses(**given)


@pytest.mark.parametrize(
    "config",
    [
        PRESETS["tutorial"],
        RunConfig(in_features=300, out_features=7, rank=3, train_bias=False, init="paper"),
        RunConfig(task="digits", optimizer="sgd"),
    ],
)
def test_counts_are_those_of_the_real_tensors(config: RunConfig) -> None:
    assert Trainer(config).parameters == ParameterCounts.of(config)


def test_tutorial_counts() -> None:
    counts = Trainer(PRESETS["tutorial"]).parameters
    assert (counts.frozen, counts.trainable, counts.total) == (640, 306, 946)


@settings(deadline=None, max_examples=20)
@given(
    chunks=st.lists(st.integers(0, 30), max_size=6),
    batch_size=st.sampled_from([0, 1, 7, 40]),
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    changes=st.lists(
        st.builds(
            Change,
            st.integers(0, 70),
            st.sampled_from(["learning_rate", "scaling"]),
            st.sampled_from([0.0, 0.001, 0.02]),
        ),
        max_size=3,
    ),
)
def test_losses_do_not_depend_on_the_chunks(
    chunks: list[int], batch_size: int, optimizer: str, changes: list[Change]
) -> None:
    config = replace(SMALL, batch_size=batch_size, optimizer=optimizer)
    in_one = train(config, changes=tuple(changes))
    assert len(in_one.losses) == SMALL.epochs
    assert_same(train(config, *chunks, changes=tuple(changes)), in_one)


@pytest.mark.parametrize("chunks", [(), (1, 1, 1), (100, 20, 1), (119, 1, 1, 1), (121,)])
def test_divergence_is_the_same_in_any_chunks(chunks: tuple[int, ...]) -> None:
    in_one = train(DIVERGING)
    assert in_one.diverged
    assert 20 < len(in_one.losses) < 200
    assert np.isfinite(in_one.losses).all()
    assert all(e.epoch <= len(in_one.losses) and np.isfinite(e.loss) for e in in_one.evaluations)
    assert_same(train(DIVERGING, *chunks), in_one)


def test_a_diverged_run_is_over() -> None:
    trainer = Trainer(DIVERGING)
    done = len(trainer.advance(500).losses)
    assert trainer.diverged
    assert trainer.finished
    assert trainer.epoch == done
    more = trainer.advance(5)
    assert more.diverged
    assert len(more.losses) == 0


def test_loss_not_finite_from_the_start() -> None:
    trainer = Trainer(replace(SMALL, optimizer="sgd", learning_rate=1e6, scaling=1000.0, epochs=20))
    trainer.advance(20)
    assert trainer.diverged
    assert trainer.epoch < 10


def test_advance_stops_at_the_last_epoch() -> None:
    trainer = Trainer(replace(SMALL, epochs=CHUNK_EPOCHS + 5))
    assert len(trainer.advance(CHUNK_EPOCHS + 2).losses) == CHUNK_EPOCHS + 2
    assert trainer.epoch == CHUNK_EPOCHS + 2
    assert len(trainer.advance(CHUNK_EPOCHS).losses) == 3
    assert trainer.finished
    assert len(trainer.advance(1).losses) == 0


@pytest.mark.parametrize(("name", "value"), [("learning_rate", 0.3), ("scaling", 2.5)])
def test_a_change_acts_from_the_next_epoch_on(name: str, value: float) -> None:
    plain, changed = Trainer(SMALL), Trainer(SMALL)
    assert plain.advance(7).losses.tolist() == changed.advance(7).losses.tolist()
    changed.apply(Change(7, name, value))
    assert getattr(changed.config, name) == value
    losses, other = plain.advance(3).losses, changed.advance(3).losses
    # The learning rate acts on the step after the next loss is taken, scaling on the loss itself.
    first_difference = 0 if name == "scaling" else 1
    assert losses[:first_difference].tolist() == other[:first_difference].tolist()
    assert losses[first_difference] != other[first_difference]


def test_a_live_run_can_be_replayed() -> None:
    changes = (Change(5, "learning_rate", 0.1), Change(5, "scaling", 0.5), Change(50, "epochs", 80))
    trainer = Trainer(SMALL)
    parts = [trainer.advance(5)]
    for change in changes[:2]:
        trainer.apply(change)
    parts.append(trainer.advance(45))
    trainer.apply(changes[2])
    parts.append(trainer.advance(1000))
    replayed = train(SMALL, 3, 9, changes=changes[::-1][:1] + changes[:2])
    assert np.concatenate([p.losses for p in parts]).tolist() == replayed.losses.tolist()
    assert trainer.epoch == 80


def test_epochs_can_be_cut_short_and_drawn_out() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(10)
    trainer.apply(Change(10, "epochs", 4))
    assert trainer.finished
    trainer.apply(Change(10, "epochs", 12))
    assert len(trainer.advance(100).losses) == 2


def test_a_change_waits_for_its_epoch() -> None:
    trainer = Trainer(SMALL)
    trainer.apply(Change(4, "scaling", 2.0))
    trainer.advance(3)
    assert trainer.config.scaling == 1.0
    trainer.advance(1)
    assert trainer.config.scaling == 2.0
    assert trainer.snapshot().scaling == 2.0


def test_changes_that_cannot_be_are_refused() -> None:
    trainer = Trainer(SMALL)
    trainer.advance(5)
    with pytest.raises(ValueError, match=r"after epoch 4.*5 are complete"):
        trainer.apply(Change(4, "scaling", 2.0))
    with pytest.raises(ConfigError, match="rank"):
        trainer.apply(Change(5, "rank", 1))
    with pytest.raises(ConfigError, match="learning_rate"):
        trainer.apply(Change(5, "learning_rate", -1.0))
    with pytest.raises(ConfigError, match="scaling"):
        Trainer(SMALL, [Change(50, "scaling", float("nan"))])
    assert trainer.config == SMALL


def test_mini_batches_see_every_row_once_an_epoch() -> None:
    # With a learning rate of zero the layer stays, so the mean over the batches is the loss of all rows.
    whole = train(replace(SMALL, learning_rate=0.0, epochs=3)).losses
    batches = train(replace(SMALL, learning_rate=0.0, epochs=3, batch_size=7)).losses
    np.testing.assert_allclose(batches, whole, rtol=1e-6)


def test_mini_batches_take_more_steps_than_full_batches() -> None:
    assert train(replace(SMALL, batch_size=5)).losses[-1] < 0.9 * train(SMALL).losses[-1]


def test_the_order_of_batches_is_the_seeds_alone() -> None:
    config = replace(SMALL, batch_size=7)
    first = Trainer(config)
    losses = [first.advance(30).losses]
    torch.randn(5)
    losses.append(first.advance(30).losses)
    assert np.concatenate(losses).tolist() == train(config).losses.tolist()


def test_evaluation_schedule_thins_out_by_decades() -> None:
    evaluated = [epoch for epoch in range(1, 20_001) if is_evaluated(epoch)]
    expected = [
        *range(1, 101),
        *range(110, 1001, 10),
        *range(1100, 10_001, 100),
        *range(11_000, 20_001, 1000),
    ]
    assert evaluated == expected


def test_evaluations_come_on_schedule_and_before_the_last_step() -> None:
    advance = train(replace(SMALL, epochs=123))
    assert [e.epoch for e in advance.evaluations] == [*range(1, 101), 110, 120, 123]


def test_evaluation_measures_held_out_data_before_the_step() -> None:
    trainer = Trainer(SMALL)
    before = trainer.evaluate()
    out, y = trainer.layer(trainer.task.x_test), trainer.task.y_test
    assert before.loss == pytest.approx(((out - y) ** 2).mean().item(), rel=1e-6)
    assert before.accuracy is None
    assert trainer.advance(1).evaluations == (before,)
    assert trainer.evaluate().epoch == 2


def test_snapshots_are_copies_of_the_moment() -> None:
    trainer = Trainer(SMALL)
    start = trainer.snapshot()
    kept = start.lora_A.copy()
    trainer.advance(5)
    later = trainer.snapshot()
    np.testing.assert_array_equal(start.lora_A, kept)
    assert (start.epoch, later.epoch) == (0, 5)
    assert (later.lora_A != kept).any()
    np.testing.assert_array_equal(later.weight, start.weight)
    np.testing.assert_array_equal(later.weight, trainer.layer.weight.numpy())
    np.testing.assert_array_equal(later.bias, trainer.layer.bias.detach().numpy())
    shapes = [a.shape for a in (later.weight, later.bias, later.lora_A, later.lora_B)]
    assert shapes == [(4, 6), (4,), (6, 2), (2, 4)]


def test_frozen_bias_stays() -> None:
    trainer = Trainer(replace(SMALL, train_bias=False))
    before = trainer.snapshot().bias
    trainer.advance(20)
    np.testing.assert_array_equal(trainer.snapshot().bias, before)


def test_the_base_layer_of_the_task_stays_as_it_was() -> None:
    trainer = Trainer(SMALL)
    bias = trainer.task.base.bias.detach().clone()
    trainer.advance(20)
    assert torch.equal(trainer.task.base.bias, bias)


def test_planted_update_is_learned_down_to_the_noise() -> None:
    preset = PRESETS["planted"]
    trainer = Trainer(preset)
    trainer.advance(preset.epochs)
    assert trainer.evaluate().loss == pytest.approx(preset.noise**2, rel=0.1)


def test_a_rank_too_low_stays_far_above_the_noise() -> None:
    preset = PRESETS["rank_too_low"]
    advance = train(preset)
    assert advance.losses[-1] > 100 * preset.noise**2
    assert advance.losses[-1] > 0.99 * advance.losses[-500]


def test_digits_are_learned_at_rank_four() -> None:
    preset = PRESETS["digits"]
    trainer = Trainer(preset)
    before = trainer.evaluate().accuracy
    trainer.advance(preset.epochs)
    after = trainer.evaluate().accuracy
    assert before is not None
    assert after is not None
    assert before < 0.2
    assert after > 0.75
