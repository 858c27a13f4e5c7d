"""Nothing in the row overlaps or leaves it, and sizes can be compared by eye."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix
from lora_gui.ui.diagram.layout import LEAST_SIDE, MOST_ASPECT, Arrangement, Row, fit, row_of

SIGN_WIDTH, LABEL_WIDTH, LABEL_HEIGHT = 20, 110, 32
layers = st.one_of(st.integers(1, 80), st.integers(1, 16_384))
products = st.sampled_from([(Matrix.MERGED, False), (Matrix.UPDATE, False), (Matrix.UPDATE, True)])


def row(config: RunConfig, product: Matrix = Matrix.MERGED, *, planted: bool = False) -> Row:
    items = row_of(product, planted=planted)
    widths = {item: LABEL_WIDTH if isinstance(item, Matrix) else SIGN_WIDTH for item in items}
    return Row(config, items, widths, LABEL_HEIGHT)


def layer(n_in: int, n_out: int, rank: int) -> RunConfig:
    return RunConfig(in_features=n_in, out_features=n_out, rank=min(rank, n_in, n_out))


def rects(arrangement: Arrangement) -> list[QRect]:
    places = arrangement.places.values()
    return [r for place in places for r in (place.room, place.label)] + [r for _, r in arrangement.signs]


@given(
    n_in=layers,
    n_out=layers,
    rank=layers,
    product=products,
    width=st.integers(360, 2500),
    height=st.integers(90, 900),
)
@example(n_in=16_384, n_out=2, rank=1, product=(Matrix.MERGED, False), width=636, height=120)
@example(n_in=16_384, n_out=16_384, rank=16_384, product=(Matrix.UPDATE, True), width=360, height=90)
def test_nothing_overlaps_or_leaves_the_card(
    n_in: int, n_out: int, rank: int, product: tuple[Matrix, bool], width: int, height: int
) -> None:
    arrangement = row(layer(n_in, n_out, rank), product[0], planted=product[1]).arrange(QSize(width, height))
    everything = rects(arrangement)
    card = QRect(0, 0, width, height)
    assert all(card.contains(rect) for rect in everything)
    for i, one in enumerate(everything):
        assert not any(one.intersects(other) for other in everything[i + 1 :])
    for place in arrangement.places.values():
        assert place.room.contains(place.rect)


@given(n_in=layers, n_out=layers, rank=layers, product=products)
def test_what_is_drawn_to_scale_is(n_in: int, n_out: int, rank: int, product: tuple[Matrix, bool]) -> None:
    config = layer(n_in, n_out, rank)
    arrangement = row(config, product[0], planted=product[1]).arrange(QSize(900, 250))
    for matrix, place in arrangement.places.items():
        rows, columns = matrix.shape(n_in, n_out, config.rank)
        for pixels, side in ((place.rect.height(), rows), (place.rect.width(), columns)):
            assert pixels >= LEAST_SIDE
            if place.to_scale:
                assert abs(pixels - arrangement.scale * side) <= 0.5 + 1e-9
        assert place.to_scale != (matrix in arrangement.not_to_scale)
        if not place.to_scale:
            assert LEAST_SIDE in (place.rect.height(), place.rect.width())


@given(n_in=layers, n_out=layers, product=products, data=st.data())
def test_the_row_stands_still_while_the_rank_moves(
    n_in: int, n_out: int, product: tuple[Matrix, bool], data: st.DataObject
) -> None:
    ranks = st.integers(1, min(n_in, n_out))
    one, other = (
        row(layer(n_in, n_out, data.draw(ranks)), product[0], planted=product[1]).arrange(QSize(900, 250))
        for _ in range(2)
    )
    assert rects(one) == rects(other)
    for matrix in one.places:
        assert one.places[matrix].rect.topLeft() == other.places[matrix].rect.topLeft()


@given(n_in=st.integers(20, 200), n_out=st.integers(20, 200), data=st.data())
def test_a_higher_rank_is_drawn_thicker(n_in: int, n_out: int, data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, min(n_in, n_out) - 10))
    thin, thick = (row(layer(n_in, n_out, r)).arrange(QSize(1200, 300)) for r in (rank, rank + 10))
    assume(thin.scale > 0.2)
    assert thin.places[Matrix.LORA_A].rect.width() < thick.places[Matrix.LORA_A].rect.width()
    assert thin.places[Matrix.LORA_B].rect.height() < thick.places[Matrix.LORA_B].rect.height()
    assert thin.places[Matrix.LORA_A].rect.height() == thick.places[Matrix.LORA_A].rect.height()


def test_the_room_is_used() -> None:
    tall = row(layer(64, 48, 3)).arrange(QSize(900, 200))
    assert tall.places[Matrix.WEIGHT].rect.height() > 150
    wide = row(layer(10, 640, 3)).arrange(QSize(900, 200))
    ends = [place.room for place in wide.places.values()]
    assert max(r.right() for r in ends) - min(r.left() for r in ends) > 850


def test_the_row_reads_as_the_formula_does() -> None:
    assert row_of(Matrix.MERGED, planted=True) == row_of(Matrix.MERGED, planted=False)
    items = row_of(Matrix.UPDATE, planted=True)
    assert [item for item in items if isinstance(item, Matrix)] == [
        Matrix.WEIGHT,
        Matrix.LORA_A,
        Matrix.LORA_B,
        Matrix.UPDATE,
        Matrix.PLANTED,
    ]
    arrangement = row(layer(64, 48, 3), Matrix.UPDATE, planted=True).arrange(QSize(900, 200))
    lefts = [place.rect.left() for place in arrangement.places.values()]
    assert all(one < other for one, other in pairwise(lefts))


def test_long_labels_crowd_a_row() -> None:
    assert not row(layer(64, 10, 4)).is_crowded(QSize(900, 200))
    assert row(layer(64, 10, 4)).is_crowded(QSize(400, 200))


@given(rows=layers, columns=layers, width=st.integers(50, 2000), height=st.integers(50, 2000))
def test_alone_a_matrix_fills_its_room_without_being_too_thin(
    rows: int, columns: int, width: int, height: int
) -> None:
    room = QRect(7, 9, width, height)
    rect = fit(rows, columns, room)
    assert room.adjusted(-1, -1, 1, 1).contains(rect)
    assert rect.width() >= width - 1 or rect.height() >= height - MOST_ASPECT
    assert 1 / MOST_ASPECT - 0.1 < rect.width() / rect.height() < MOST_ASPECT + 0.1


@pytest.mark.parametrize(("matrix", "shape"), [
    (Matrix.WEIGHT, (5, 3)), (Matrix.LORA_A, (5, 2)), (Matrix.LORA_B, (2, 3)),
    (Matrix.MERGED, (5, 3)), (Matrix.UPDATE, (5, 3)), (Matrix.PLANTED, (5, 3)),
])  # fmt: skip
def test_shapes_are_those_of_the_formula(matrix: Matrix, shape: tuple[int, int]) -> None:
    assert matrix.shape(5, 3, 2) == shape
