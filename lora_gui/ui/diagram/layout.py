"""Where each matrix, sign and label of the diagram stands: arithmetic on whole pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix

LEAST_GAP, MOST_GAP = 6, 18
"""Pixels between two neighbours in the row."""
LEAST_SIDE = 2
"""Pixels that the thinnest matrix takes, so that it can be seen."""
LABEL_GAP = 5
"""Pixels between a matrix and its label."""
MOST_ASPECT = 3
"""How many times longer than wide a matrix is drawn alone; beyond, its cells are no squares any more."""

Item = Matrix | str


@dataclass(frozen=True, slots=True)
class Place:
    """Where one matrix stands.

    Attributes:
        rect: where its values are.
        room: the same at full rank, for A and B; else `rect`.
        label: where its text goes.
        to_scale: whether `rect` is as large as the scale says, to the nearest pixel.

    """

    rect: QRect
    room: QRect
    label: QRect
    to_scale: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The whole row.

    Attributes:
        places: by matrix.
        signs: text and place of each sign, from left to right.
        scale: pixels per row or column of a matrix.

    """

    places: Mapping[Matrix, Place]
    signs: Sequence[tuple[str, QRect]]
    scale: float

    @property
    def not_to_scale(self) -> list[Matrix]:
        """Return the matrices that had to be drawn too thick."""
        return [matrix for matrix, place in self.places.items() if not place.to_scale]


def row_of(product: Matrix, *, planted: bool) -> tuple[Item, ...]:
    """Return what stands in the row; in the second form ΔW is within the sum, and ΔW* is what it aims at."""
    if product is Matrix.MERGED:
        return Matrix.WEIGHT, "+ s ·", Matrix.LORA_A, "·", Matrix.LORA_B, "=", Matrix.MERGED
    target = ("→", Matrix.PLANTED) if planted else ()
    return Matrix.WEIGHT, "+", "s ·", Matrix.LORA_A, "·", Matrix.LORA_B, "=", Matrix.UPDATE, *target


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be arranged: the items, and the room that their texts need.

    `widths` are the pixels of each sign and label; `label_height` is the same for all labels.
    """

    config: RunConfig
    items: Sequence[Item]
    widths: Mapping[Item, int]
    label_height: int

    def is_crowded(self, size: QSize) -> bool:
        """Whether the texts leave the matrices less room than the height would allow."""
        # Where nothing is shortened.
        return self._width(self._room(size) / self.config.in_features, available=10**9) > size.width()

    def arrange(self, size: QSize) -> Arrangement:
        """Return the arrangement that fills `size` best: the same whatever the rank is."""
        room = self._room(size)
        scale = self._scale(size.width(), room)
        cells = self._cells(scale, size.width())
        spare = size.width() - sum(cells)
        gap = min(max(spare // max(len(cells) - 1, 1), LEAST_GAP), MOST_GAP)
        left = max(0, (spare - gap * (len(cells) - 1)) // 2)
        places: dict[Matrix, Place] = {}
        signs: list[tuple[str, QRect]] = []
        for item, width in zip(self.items, cells, strict=True):
            if isinstance(item, Matrix):
                places[item] = self._place(item, QRect(left, 0, width, room), scale)
            else:
                signs.append((item, QRect(left, 0, width, room)))
            left += width + gap
        return Arrangement(places, signs, scale)

    def _room(self, size: QSize) -> int:
        """Return the pixels that are left for the height of a matrix."""
        return max(LEAST_SIDE, size.height() - self.label_height - LABEL_GAP)

    def _scale(self, width: int, height: int) -> float:
        low, high = 0.0, height / self.config.in_features
        if self._width(high, width) <= width:
            return high
        for _ in range(40):  # by halving: the width grows with the scale, but by whole pixels
            middle = (low + high) / 2
            low, high = (middle, high) if self._width(middle, width) <= width else (low, middle)
        return low

    def _width(self, scale: float, available: int) -> int:
        return sum(self._cells(scale, available)) + LEAST_GAP * (len(self.items) - 1)

    def _cells(self, scale: float, available: int) -> list[int]:
        cells = [self._cell(item, scale, self.widths[item]) for item in self.items]
        room = available - LEAST_GAP * (len(cells) - 1)
        if sum(cells) <= room:
            return cells
        # Labels that cannot all stand beside each other are shortened where they are painted.
        signs = sum(self.widths[item] for item in self.items if not isinstance(item, Matrix))
        matrices = sum(isinstance(item, Matrix) for item in self.items)
        share = max(LEAST_SIDE, (room - signs) // matrices)
        return [self._cell(item, scale, min(self.widths[item], share)) for item in self.items]

    def _cell(self, item: Item, scale: float, label: int) -> int:
        """Return the width of a matrix at full rank, or of its label if that is wider; or that of a sign."""
        return max(self._full(item, scale)[1], label) if isinstance(item, Matrix) else self.widths[item]

    def _full(self, matrix: Matrix, scale: float) -> tuple[int, int]:
        """Return height and width at full rank, in pixels."""
        n_in, n_out = self.config.in_features, self.config.out_features
        rows, columns = matrix.shape(n_in, n_out, min(n_in, n_out))
        return _pixels(rows, scale), _pixels(columns, scale)

    def _place(self, matrix: Matrix, cell: QRect, scale: float) -> Place:
        shape = matrix.shape(self.config.in_features, self.config.out_features, self.config.rank)
        height, width = self._full(matrix, scale)
        room = QRect(cell.x() + (cell.width() - width) // 2, (cell.height() - height) // 2, width, height)
        rect = QRect(room.topLeft(), QSize(_pixels(shape[1], scale), _pixels(shape[0], scale)))
        label = QRect(cell.x(), room.y() + height + LABEL_GAP, cell.width(), self.label_height)
        return Place(rect, room, label, all(scale * side > LEAST_SIDE - 0.5 for side in shape))


def fit(rows: int, columns: int, room: QRect) -> QRect:
    """Return where a matrix alone is drawn in `room`: as large as it goes, and never too thin to read."""
    aspect = min(max(columns / rows, 1 / MOST_ASPECT), MOST_ASPECT)
    width = min(room.width(), round(room.height() * aspect))
    height = min(room.height(), round(width / aspect))
    rect = QRect(0, 0, max(width, LEAST_SIDE), max(height, LEAST_SIDE))
    rect.moveCenter(room.center())
    return rect


def _pixels(side: int, scale: float) -> int:
    return max(LEAST_SIDE, round(side * scale))
