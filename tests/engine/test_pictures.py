"""Pictures against the trainer they were taken from."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture, Watch
from lora_gui.domain.pooling import Floats, pool
from lora_gui.domain.progress import Snapshot
from lora_gui.engine import pictures
from lora_gui.engine.pictures import Artist, draw
from lora_gui.engine.trainer import Trainer

FINE = 4096
PLANTED = RunConfig(in_features=30, out_features=20, rank=3, task="low_rank", scaling=0.5, samples=60)


def taken(config: RunConfig, watch: Watch, epochs: int = 3) -> tuple[Trainer, Picture]:
    trainer = Trainer(config)
    trainer.advance(epochs)
    return trainer, Artist(trainer).draw(watch)


def update_of(trainer: Trainer) -> Floats:
    update: Floats = trainer.layer.update().numpy()
    return update


def test_small_matrices_are_drawn_exactly() -> None:
    trainer, picture = taken(PLANTED, Watch(FINE, FINE, FINE))
    assert set(picture.maps) == {Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B, Matrix.MERGED}
    assert np.array_equal(picture.maps[Matrix.LORA_A], trainer.layer.lora_A.detach().numpy())
    assert np.array_equal(picture.maps[Matrix.LORA_B], trainer.layer.lora_B.detach().numpy())
    assert np.array_equal(picture.maps[Matrix.WEIGHT], trainer.layer.weight.numpy().T)
    trainer.layer.merge()
    assert np.allclose(picture.maps[Matrix.MERGED], trainer.layer.weight.numpy().T, atol=1e-6)
    assert picture.extreme == max(np.abs(values).max() for values in picture.maps.values())
    assert (picture.snapshot.epoch, picture.sizes, picture.distance) == (3, (30, 20, 3), None)


def test_the_update_is_drawn_beside_what_was_planted() -> None:
    trainer, picture = taken(PLANTED, Watch(FINE, FINE, FINE, Matrix.UPDATE))
    planted = trainer.task.planted
    assert planted is not None
    update = update_of(trainer)
    assert Matrix.MERGED not in picture.maps
    assert np.allclose(picture.maps[Matrix.UPDATE], update, atol=1e-6)
    assert np.array_equal(picture.maps[Matrix.PLANTED], planted.numpy())
    expected = np.linalg.norm(update - planted.numpy()) / np.linalg.norm(planted.numpy())
    assert picture.distance == pytest.approx(expected, rel=1e-5)


def test_before_training_the_papers_update_is_as_far_away_as_nothing() -> None:
    _, picture = taken(
        RunConfig(task="low_rank", init="paper"), Watch(FINE, FINE, FINE, Matrix.UPDATE), epochs=0
    )
    assert not picture.maps[Matrix.UPDATE].any()
    assert picture.distance == 1


def test_without_a_plant_there_is_no_distance() -> None:
    _, picture = taken(RunConfig(), Watch(FINE, FINE, FINE, Matrix.UPDATE))
    assert Matrix.PLANTED not in picture.maps
    assert picture.distance is None


@given(
    n_in=st.integers(1, 60),
    n_out=st.integers(1, 60),
    rank=st.integers(1, 8),
    rows=st.integers(1, 70),
    columns=st.integers(1, 70),
    product=st.sampled_from([Matrix.MERGED, Matrix.UPDATE]),
)
def test_a_pooled_product_is_the_product_pooled(
    n_in: int, n_out: int, rank: int, rows: int, columns: int, product: Matrix
) -> None:
    draws = np.random.default_rng(n_in + 100 * n_out)

    def normal(*shape: int) -> Floats:
        return draws.standard_normal(shape, dtype=np.float32)

    shot = Snapshot(0, 0.5, normal(n_out, n_in), normal(n_out), normal(n_in, rank), normal(rank, n_out))
    planted = normal(n_in, n_out)
    picture = draw(shot, planted, Watch(rows, columns, rank, product))
    whole = 0.5 * shot.lora_A @ shot.lora_B + (shot.weight.T if product is Matrix.MERGED else 0)
    # Magnitudes, since rounding may decide between two extremes of nearly one size.
    expected = np.abs(pool(np.ascontiguousarray(whole, np.float32), rows, columns))
    assert np.allclose(np.abs(picture.maps[product]), expected, atol=1e-5)


def test_what_training_leaves_alone_is_pooled_once() -> None:
    trainer = Trainer(PLANTED)
    artist = Artist(trainer)
    watch = Watch(7, 7, 7, Matrix.UPDATE)
    first = artist.draw(watch)
    trainer.advance(1)
    second = artist.draw(watch)
    assert second.maps[Matrix.WEIGHT] is first.maps[Matrix.WEIGHT]
    assert second.maps[Matrix.PLANTED] is first.maps[Matrix.PLANTED]
    assert not np.array_equal(second.maps[Matrix.LORA_A], first.maps[Matrix.LORA_A])
    finer = artist.draw(Watch(9, 9, 9))
    assert finer.maps[Matrix.WEIGHT].shape == (9, 9)


def test_drawing_does_not_disturb_training() -> None:
    plain, drawn = Trainer(PLANTED), Trainer(PLANTED)
    artist = Artist(drawn)
    for _ in range(5):
        assert np.array_equal(plain.advance(1).losses, drawn.advance(1).losses)
        artist.draw(Watch(8, 8, 8))


def test_a_product_that_takes_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_OPERATIONS", 1)
    _, picture = taken(PLANTED, Watch(FINE, FINE, FINE))
    assert set(picture.maps) == {Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B}


def test_an_overflow_is_told_by_the_extreme() -> None:
    huge = np.full((4, 4), 3e38, np.float32)
    shot = Snapshot(0, 1.0, huge, huge[0], huge, huge)
    assert draw(shot, None, Watch(4, 4, 4)).extreme == np.inf


def test_drawing_leaves_the_number_of_threads_alone() -> None:
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        taken(PLANTED, Watch(8, 8, 8))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
