"""The closed form against autograd: the same losses, the same verdicts, at any size and any loss."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch.nn import functional

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.progress import Advance, Change
from lora_gui.engine import closed_form
from lora_gui.engine.base_trainer import BaseTrainer
from lora_gui.engine.closed_form import ClosedFormTrainer
from lora_gui.engine.tasks import prepare
from lora_gui.engine.trainer import Trainer

SMALL = RunConfig(in_features=12, out_features=7, rank=3, samples=50, epochs=130)
NOISE_FREE = RunConfig(task="low_rank", init="paper", out_features=48, rank=3, noise=0.0, epochs=3000)
# The preset itself swings for a hundred epochs first, which enlarge every rounding error beyond comparison.
DIVERGING = PRESETS["learning_rate_too_high"]


@pytest.fixture(params=["residual", "products"])
def _each_form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train once through the residual and once, where the loss allows it, through products."""
    worth = 0 if request.param == "products" else 10**12
    monkeypatch.setattr(closed_form, "WORTH_PACKING", worth)


each_form = pytest.mark.usefixtures("_each_form")


def train(trainer: BaseTrainer, *chunks: int) -> Advance:
    """Run to the end, `chunks` epochs at a time first, and join what came out."""
    parts = [trainer.advance(chunk) for chunk in (*chunks, 10**8)]
    assert trainer.finished
    evaluations = tuple(e for part in parts for e in part.evaluations)
    return Advance(np.concatenate([part.losses for part in parts]), evaluations, parts[-1].diverged)


def exact_losses(config: RunConfig, changes: tuple[Change, ...] = ()) -> NDArray[np.float64]:
    """Return what autograd gives in float64, by torch's own optimizer classes."""
    task, layer = prepare(config)
    x, y, layer = task.x.double(), task.y.double(), layer.double()
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    optimizer = kinds[config.optimizer](layer.trainable(), lr=config.learning_rate)
    losses = []
    for epoch in range(config.epochs):
        for change in changes:
            if change.epoch == epoch:
                config = change.apply_to(config)
        layer.scaling, optimizer.param_groups[0]["lr"] = config.scaling, config.learning_rate
        optimizer.zero_grad()
        loss = functional.mse_loss(layer(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


def assert_as_good_as_autograd(
    config: RunConfig, changes: tuple[Change, ...] = (), down_to: float = 0
) -> None:
    """Hold the closed form to 1e-5 of autograd in float32, or to the size of that one's own rounding errors.

    Those matter most where Adam has nearly converged: it divides what is left of the gradient by its own
    size, so that two float32 programs that add in different orders part, however exact each of them is.
    """
    reference, closed = train(Trainer(config, changes)), train(ClosedFormTrainer(config, changes))
    assert not reference.diverged
    assert len(closed.losses) == len(reference.losses) == config.epochs
    assert (closed.losses >= 0).all()
    rounding = np.maximum.accumulate(np.abs(reference.losses / exact_losses(config, changes) - 1))
    apart = np.abs(closed.losses / reference.losses - 1)
    compared = np.logical_and.accumulate(reference.losses > down_to * reference.losses[0])
    assert compared.sum() >= min(config.epochs, 100)
    assert (apart <= 1e-5 + 10 * rounding)[compared].all(), (apart[compared].max(), rounding[compared].max())


@each_form
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    task=st.sampled_from(["random", "low_rank"]),
    init=st.sampled_from(["gaussian", "paper"]),
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    train_bias=st.booleans(),
    scaling=st.sampled_from([0.0, 0.1, 1.0, 2.0]),
    sizes=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    samples=st.integers(1, 120),
    seed=st.integers(0, 2**31 - 1),
    changes=st.lists(
        st.builds(
            Change,
            st.integers(0, 39),
            st.sampled_from(["learning_rate", "scaling"]),
            st.sampled_from([0.0, 0.001, 0.02]),
        ),
        max_size=3,
        unique_by=lambda change: (change.epoch, change.field),
    ),
    data=st.data(),
)
def test_every_kind_of_run_follows_autograd(
    task: str,
    init: str,
    optimizer: str,
    train_bias: bool,
    scaling: float,
    sizes: tuple[int, int],
    samples: int,
    seed: int,
    changes: list[Change],
    data: st.DataObject,
) -> None:
    config = RunConfig(
        in_features=sizes[0],
        out_features=sizes[1],
        rank=data.draw(st.integers(1, min(sizes))),
        true_rank=1,
        task=task,
        init=init,
        optimizer=optimizer,
        train_bias=train_bias,
        scaling=scaling,
        samples=samples,
        seed=seed,
        learning_rate=0.002,
        epochs=40,
    )
    reference = train(Trainer(config, changes))
    closed = train(ClosedFormTrainer(config, changes))
    rounding = np.maximum.accumulate(np.abs(reference.losses - exact_losses(config, tuple(changes))))
    assert (closed.losses >= 0).all()
    # Relative to the start: a handful of samples is learned by heart, down to float32's last digit.
    tolerance = 1e-5 * reference.losses + 10 * rounding + 1e-12 * reference.losses[0]
    assert (np.abs(closed.losses - reference.losses) <= tolerance).all()
    assert [e.epoch for e in closed.evaluations] == [e.epoch for e in reference.evaluations]


@each_form
@pytest.mark.parametrize(
    "config",
    [
        PRESETS["tutorial"],
        replace(PRESETS["tutorial"], train_bias=False, init="paper", optimizer="adamw"),
        replace(PRESETS["planted"], samples=40),
        PRESETS["rank_too_low"],
        PRESETS["digits"],
        replace(PRESETS["digits"], init="gaussian", train_bias=False),
    ],
    ids=[
        "tutorial",
        "tutorial-paper-adamw",
        "planted-few-samples",
        "rank-too-low",
        "digits",
        "digits-gaussian",
    ],
)
def test_long_runs_follow_autograd(config: RunConfig) -> None:
    changes = (Change(700, "learning_rate", config.learning_rate / 2), Change(900, "scaling", 0.9))
    assert_as_good_as_autograd(replace(config, epochs=1200), changes)


@each_form
@pytest.mark.parametrize(
    "config",
    [
        NOISE_FREE,
        replace(NOISE_FREE, rank=8, train_bias=False),
        replace(NOISE_FREE, samples=40),
        replace(NOISE_FREE, optimizer="sgd", learning_rate=0.5),
    ],
    ids=["adam", "rank-8", "few-samples", "sgd"],
)
def test_a_loss_that_vanishes_stays_exact_and_never_negative(config: RunConfig) -> None:
    losses = train(ClosedFormTrainer(config)).losses
    assert losses.min() < 1e-6 * losses[0]
    assert_as_good_as_autograd(replace(config, epochs=400), down_to=1e-6)


def test_large_layers_follow_autograd() -> None:
    config = RunConfig(in_features=520, out_features=500, rank=8, samples=700, epochs=120)
    trainer = ClosedFormTrainer(config)
    assert trainer._products is not None
    assert_as_good_as_autograd(config)


@each_form
@pytest.mark.parametrize("chunks", [(1, 1, 1), (5, 64, 1), (0, 63, 65), (100, 7), (129,), (130,)])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_losses_do_not_depend_on_the_chunks(chunks: tuple[int, ...], optimizer: str) -> None:
    config = replace(SMALL, optimizer=optimizer)
    changes = [Change(66, "scaling", 0.5), Change(20, "learning_rate", 0.003)]
    in_one, in_many = (train(ClosedFormTrainer(config, changes), *parts) for parts in ((), chunks))
    assert in_many.losses.tolist() == in_one.losses.tolist()
    assert in_many.evaluations == in_one.evaluations


@each_form
def test_the_way_to_a_vanishing_loss_does_not_depend_on_the_chunks() -> None:
    config = replace(NOISE_FREE, in_features=16, out_features=12, epochs=300)
    in_one, in_many = (train(ClosedFormTrainer(config), *parts) for parts in ((), (1, 30, 7, 100, 3)))
    assert in_one.losses.min() < 1e-3 * in_one.losses[0]
    assert in_many.losses.tolist() == in_one.losses.tolist()


@each_form
@pytest.mark.parametrize(
    "config",
    [
        replace(DIVERGING, learning_rate=5.0),
        replace(DIVERGING, init="gaussian", learning_rate=1.0),
        replace(DIVERGING, learning_rate=1e6, scaling=1000.0),
        replace(DIVERGING, train_bias=False, learning_rate=20.0, samples=30),
    ],
)
def test_divergence_comes_at_the_same_epoch(config: RunConfig) -> None:
    reference, closed = train(Trainer(config)), train(ClosedFormTrainer(config), 3)
    assert reference.diverged
    assert closed.diverged
    assert len(closed.losses) == len(reference.losses)
    assert np.isfinite(closed.losses).all()
    assert all(np.isfinite(e.loss) for e in closed.evaluations)


@each_form
def test_held_out_data_is_measured_as_by_autograd() -> None:
    config = replace(PRESETS["digits"], epochs=300)
    reference, closed = train(Trainer(config)), train(ClosedFormTrainer(config))
    assert [e.epoch for e in closed.evaluations] == [e.epoch for e in reference.evaluations]
    for ours, theirs in zip(closed.evaluations, reference.evaluations, strict=True):
        assert ours.loss == pytest.approx(theirs.loss, rel=1e-5)
        # One digit of the 500 may stand on the edge.
        assert ours.accuracy == pytest.approx(theirs.accuracy, abs=0.0021)


@each_form
@pytest.mark.parametrize("train_bias", [True, False])
def test_snapshots_and_counts_are_autograds(train_bias: bool) -> None:
    config = replace(SMALL, train_bias=train_bias)
    reference, closed = Trainer(config), ClosedFormTrainer(config)
    assert closed.parameters == ParameterCounts.of(config)
    start, kept = closed.snapshot(), closed.snapshot()
    for trainer in (reference, closed):
        trainer.advance(40)
    for name in ("weight", "bias", "lora_A", "lora_B"):
        np.testing.assert_array_equal(getattr(start, name), getattr(kept, name))
        ours, theirs = getattr(closed.snapshot(), name), getattr(reference.snapshot(), name)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert (start.lora_A != closed.snapshot().lora_A).any()
    assert closed.evaluate().loss == pytest.approx(reference.evaluate().loss, rel=1e-5)


@pytest.fixture(autouse=True)
def _generator_untouched() -> Iterator[None]:
    before = torch.random.get_rng_state()
    yield
    assert torch.equal(torch.random.get_rng_state(), before)
