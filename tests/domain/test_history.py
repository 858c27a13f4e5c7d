"""The folded view of a run has the exact extremes and means of the losses it folds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.history import BLOCK, CLOSE, LossHistory


def filled(sizes: list[int]) -> tuple[LossHistory, np.ndarray]:
    rng = np.random.default_rng(len(sizes))
    history, parts = LossHistory(), []
    for size in sizes:
        parts.append(rng.standard_normal(size))
        history.append(parts[-1])
    return history, np.concatenate(parts).astype(np.float32)


@given(
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=6),
    buckets=st.integers(1, 40),
    data=st.data(),
)
def test_view_folds_exactly_what_it_covers(sizes: list[int], buckets: int, data: st.DataObject) -> None:
    history, losses = filled(sizes)
    first = data.draw(st.integers(1, max(1, len(losses))))
    last = data.draw(st.integers(first, len(losses) + 10))
    view = history.view(first, last, buckets)
    assert len(view.low) == len(view.high) == len(view.mean) == len(view.epochs) <= buckets
    if not len(losses):
        assert not len(view.low)
        return
    # A long stretch starts at a whole block; it may show up to a block more on the left, never less.
    start = first - 1 if last - first + 1 < BLOCK * buckets else (first - 1) // BLOCK * BLOCK
    if min(last, len(losses)) - (first - 1) < BLOCK * buckets:
        start = first - 1
    covered = losses[start : min(last, len(losses))]
    assert view.low.min() == covered.min()
    assert view.high.max() == covered.max()
    assert (view.low <= view.mean + 1e-6).all()
    assert (view.mean <= view.high + 1e-6).all()
    assert view.epochs[0] >= start + 1
    assert view.epochs[-1] <= len(losses)


def test_short_runs_are_shown_epoch_by_epoch() -> None:
    history = LossHistory()
    history.append(np.array([3.0, 2.0, 1.0]))
    view = history.view(1, 3, 2000)
    assert view.epochs.tolist() == [1, 2, 3]
    assert view.low.tolist() == view.high.tolist() == view.mean.tolist() == [3, 2, 1]
    assert (history.last, history.best, history.at(2), history.at(4)) == (1.0, 1.0, 2.0, None)


def test_empty_history_has_no_losses() -> None:
    history = LossHistory()
    assert (len(history), history.last, history.best, history.at(1)) == (0, None, None, None)
    assert not len(history.view(1, 100, 10).epochs)


def test_best_counts_the_unfinished_block() -> None:
    history, losses = filled([BLOCK * 3 + 5])
    assert history.best == losses.min()
    history.append(np.array([-100.0]))
    assert history.best == -100


def test_losses_come_as_a_copy() -> None:
    history, losses = filled([10])
    copy = history.losses()
    copy[:] = 0
    assert np.array_equal(history.losses(), losses)


def test_ten_million_epochs_fit_in_fifty_megabytes() -> None:
    history = LossHistory()
    chunk = np.ones(100_000)
    for _ in range(100):
        history.append(chunk)
    assert len(history) == 10_000_000
    assert history.view(1, 10_000_000, 2000).mean == pytest.approx(1.0)
    owned = sum(a.nbytes for a in (history._losses, history._low, history._high, history._sum))
    assert owned < 50_000_000


def test_a_long_run_keeps_few_times_and_knows_them_all() -> None:
    history = LossHistory()
    for epoch in range(1, 100_001):
        history.append(np.ones(1))
        history.note_time(epoch / 100)
        assert history.clock[-1] == (epoch, epoch / 100)
    assert len(history.clock) < 5000
    seconds = np.array([0.0, *(second for _, second in history.clock)])
    assert (np.diff(seconds) <= CLOSE * seconds[1:] + 0.02).all()  # no part of the run is without any


def test_the_times_of_a_short_run_are_all_kept() -> None:
    history = LossHistory()
    for epoch in range(1, 100):
        history.append(np.ones(1))
        history.note_time(epoch / 100)
    assert history.clock == [(epoch, epoch / 100) for epoch in range(1, 100)]
