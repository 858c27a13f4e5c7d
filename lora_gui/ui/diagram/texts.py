"""What the diagram says about each matrix: its sign, its label, the value under the pointer."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QObject

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix
from lora_gui.ui import numbers

if TYPE_CHECKING:  # the window paints before NumPy is imported
    from lora_gui.domain.pooling import Floats

SIGNS: Final = {
    Matrix.WEIGHT: "W₀",
    Matrix.LORA_A: "A",
    Matrix.LORA_B: "B",
    Matrix.MERGED: "W′",
    Matrix.UPDATE: "ΔW",
    Matrix.PLANTED: "ΔW*",
}
"""How the formulas write each matrix, in every language."""
ROLES: Final = {Matrix.WEIGHT: "frozen", Matrix.LORA_A: "trainable", Matrix.LORA_B: "trainable"}
"""The colour of the theme that a matrix wears; the others are computed, and wear none."""
ICONS: Final = {"frozen": "snowflake", "trainable": "flame"}
FORMULAS: Final = {Matrix.MERGED: "W₀ + s · A B", Matrix.UPDATE: "s · A B"}
DIGITS = 6
"""Digits of a value that is read out: nearly all that a float32 has."""


class DiagramTexts(QObject):
    """Every text of the diagram in the language in force; ask anew after a change of language."""

    def shape(self, matrix: Matrix, config: RunConfig) -> str:
        """Return rows × columns."""
        rows, columns = matrix.shape(config.in_features, config.out_features, config.rank)
        return f"{rows} × {columns}"

    def label(
        self, matrix: Matrix, config: RunConfig, distance: float | None, *, short: bool
    ) -> tuple[str, str]:
        """Return the two lines below a matrix: sign and shape; how many numbers, or what it is made of.

        In `short` the shape goes below the sign, and the rest is left out.
        """
        sign, shape = SIGNS[matrix], self.shape(matrix, config)
        if matrix is Matrix.PLANTED:
            below = self.tr("planted")
            if distance is not None:
                below = self.tr("distance {share}").format(share=numbers.percent(distance, 1))
            return sign if short else f"{sign} {shape}", below
        if short:
            return sign, shape
        return f"{sign} {shape}", FORMULAS.get(matrix) or numbers.count(self._size(matrix, config))

    def name(self, matrix: Matrix, config: RunConfig) -> str:
        """Return a matrix in words, as a screen reader says it first."""
        kind = {
            Matrix.WEIGHT: self.tr("W₀, frozen weight"),
            Matrix.LORA_A: self.tr("A, trainable"),
            Matrix.LORA_B: self.tr("B, trainable"),
            Matrix.MERGED: self.tr("W′, adapted weight"),
            Matrix.UPDATE: self.tr("ΔW, update"),
            Matrix.PLANTED: self.tr("ΔW*, planted update"),
        }[matrix]
        text = self.tr("{matrix}, {rows} rows, {columns} columns, {count} numbers")
        rows, columns = matrix.shape(config.in_features, config.out_features, config.rank)
        return text.format(
            matrix=kind, rows=rows, columns=columns, count=numbers.count(self._size(matrix, config))
        )

    def how_to(self) -> str:
        """Say what can be done with a matrix."""
        return self.tr("The arrow keys read single values; Enter opens the matrix large.")

    def counted(self) -> str:
        """Say where counting begins."""
        return self.tr("Rows are inputs, columns outputs; both are counted from 0, as in Python.")

    def summary(self, config: RunConfig, product: Matrix) -> str:
        """Say what the diagram shows."""
        text = self.tr("W₀, {weight}, frozen, plus {s} times A, {a}, times B, {b}, both trainable.")
        more = {
            Matrix.MERGED: self.tr("The sum W′ is shown."),
            Matrix.UPDATE: self.tr("The update ΔW is shown."),
        }[product]
        shapes = (self.shape(m, config) for m in (Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B))
        weight, a, b = shapes
        return text.format(weight=weight, a=a, b=b, s=numbers.plain(config.scaling)) + " " + more

    def without_adapter(self, method: str) -> str:
        """Say what is trained where there is no adapter to draw; "" for an adapter."""
        return {
            "full": self.tr(
                "No adapter: full fine-tuning changes every number of W itself. "
                "Its loss is what LoRA is measured against."
            ),
            "bias": self.tr("No adapter: W₀ is frozen, and the bias b alone is trained."),
            "none": self.tr("Nothing is trained: this is the loss of the base model."),
        }.get(method, "")

    def scale(self, too_thick: list[Matrix]) -> str:
        """Say whether the sizes can be compared by eye."""
        if not too_thick:
            return self.tr("drawn to scale")
        return self.tr("not to scale: {matrices}").format(matrices=", ".join(SIGNS[m] for m in too_thick))

    def drag(self) -> str:
        """Say what an edge that can be dragged does."""
        return self.tr("Drag to change the rank")

    def rank_is_fixed(self) -> str:
        """Say why it cannot be dragged now."""
        return self.tr("The rank cannot change while a run goes on: stop it first.")

    def cell(self, matrix: Matrix, shape: tuple[int, int], values: "Floats", row: int, column: int) -> str:
        """Say where the pixel (`row`, `column`) of `values` lies in a matrix of `shape`, and its value."""
        rows = _span(shape[0], values.shape[0], row)
        columns = _span(shape[1], values.shape[1], column)
        value = value_text(float(values[row, column]))
        if len(rows) == len(columns) == 1:
            text = self.tr("{matrix}, row {row}, column {column}\n{value}")
            return text.format(matrix=SIGNS[matrix], row=rows[0], column=columns[0], value=value)
        text = self.tr("{matrix}, rows {rows}, columns {columns}\n{value}, the most extreme of {count}")
        return text.format(
            matrix=SIGNS[matrix],
            rows=_range_text(rows),
            columns=_range_text(columns),
            value=value,
            count=numbers.count(len(rows) * len(columns)),
        )

    def no_values(self, matrix: Matrix) -> str:
        """Say why a matrix is empty."""
        return self.tr("{matrix}: values appear when the run starts").format(matrix=SIGNS[matrix])

    def too_large(self, matrix: Matrix) -> str:
        """Say why a product is empty though the run has started."""
        return self.tr("{matrix} takes too long to compute for a picture").format(matrix=SIGNS[matrix])

    def _size(self, matrix: Matrix, config: RunConfig) -> int:
        rows, columns = matrix.shape(config.in_features, config.out_features, config.rank)
        return rows * columns


def value_text(value: float) -> str:
    """Write a value with nearly all the digits that it has."""
    return QLocale().toString(value, "g", DIGITS)


def _span(size: int, pixels: int, pixel: int) -> range:
    from lora_gui.domain.pooling import edges

    bounds = edges(size, pixels)
    return range(int(bounds[pixel]), int(bounds[pixel + 1]))


def _range_text(span: range) -> str:
    return str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}"
