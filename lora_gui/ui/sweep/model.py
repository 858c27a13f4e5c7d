"""The runs of a sweep as a table: the same results as in the plot, one row per run."""

from collections.abc import Mapping
from math import isfinite

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lora_gui.domain.config import Choice, limits
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.ui import numbers
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.icons import icon
from lora_gui.ui.plots.sweep_texts import SpotTexts
from lora_gui.ui.sweep.fields import value_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
RESULTS = ("outcome", "final", "floor", "test", "accuracy", "epochs", "seconds")
SORT_ROLE = Qt.ItemDataRole.UserRole
"""Gives what a column sorts by; what is not known comes first."""
NOTHING = "–"


class SweepModel(QAbstractTableModel):
    """Runs in the order of the sweep, those still to come included."""

    def __init__(self, texts: FieldTexts, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts
        self._words = SpotTexts(self)
        self._sweep: Sweep | None = None
        self._runs: dict[int, SweepRun] = {}
        self._columns: tuple[str, ...] = ()

    def show(self, sweep: Sweep | None) -> None:
        """Begin with another sweep, of which no run is done yet."""
        self.beginResetModel()
        self._sweep, self._runs = sweep, {}
        self._columns = _columns(sweep) if sweep else ()
        self.endResetModel()

    def put(self, runs: Mapping[int, SweepRun]) -> None:
        """Take in what runs gave, by their index."""
        self._runs |= runs
        if runs:
            last = len(self._columns) - 1
            self.dataChanged.emit(self.index(min(runs), 0), self.index(max(runs), last))

    def refresh(self) -> None:
        """Have every cell and heading read again, as after a change of language."""
        if self._sweep:
            last = len(self._columns) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, last))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many runs the sweep has."""
        return 0 if parent.isValid() or not self._sweep else self._sweep.count

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the columns: what varies, and what came out."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heading(self._columns[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(self._columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one cell."""
        column, row = self._columns[index.column()], index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(column, row)
        if role == SORT_ROLE:
            return self._key(column, row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return numbers.tabular()
        run = self._runs.get(row)
        if run and column == "outcome" and run.outcome is not RunState.FINISHED:
            if role == Qt.ItemDataRole.DecorationRole:
                return icon("warning", "error")
            if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
                return run.error or None
        return None

    def _alignment(self, column: str) -> Qt.AlignmentFlag:
        words = column == "outcome" or (column not in RESULTS and isinstance(limits(column), Choice))
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def _heading(self, column: str) -> str:
        headings = {
            "final": self.tr("Final loss"),
            "floor": self.tr("Best possible"),
            "test": self.tr("Test loss"),
            "accuracy": self.tr("Accuracy"),
            "outcome": self.tr("Outcome"),
            "seconds": self.tr("Seconds"),
        }
        if column == "epochs":
            return self.tr("Epochs done")
        return headings.get(column) or self._texts.name(column)

    def _key(self, column: str, row: int) -> float | str | None:
        assert self._sweep is not None
        if column not in RESULTS:
            value: float | str = getattr(self._sweep.configs[row], column)
            return value
        run = self._runs.get(row)
        if run is None:
            return None
        if column == "outcome":
            return self._words.outcome(run.outcome)
        found: float | None = getattr(run, column)
        return found

    def _text(self, column: str, row: int) -> str:
        key = self._key(column, row)
        if key is None:
            return self._words.fate(None) if column == "outcome" else NOTHING
        if column not in RESULTS:
            return value_text(column, key, self._texts)
        if isinstance(key, str):
            return key
        if column == "epochs":
            return numbers.count(int(key))
        if not isfinite(key):
            return NOTHING
        if column == "accuracy":
            return numbers.percent(key, 1)
        return numbers.figures(key) if column == "seconds" else numbers.loss(key)


def _columns(sweep: Sweep) -> tuple[str, ...]:
    results = (name for name in RESULTS if name != "accuracy" or sweep.base.task == "digits")
    return (*sweep.fields, "seed", *results)
