"""The table of runs as a model: kept in the order it is sorted by, and cheap to bring up to date."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from lora_gui.domain.record import RunSummary
from lora_gui.ui import numbers
from lora_gui.ui.icons import icon
from lora_gui.ui.runs.columns import COLUMNS, WORDS, Column
from lora_gui.ui.runs.query import Words
from lora_gui.ui.runs.slots import Slots
from lora_gui.ui.runs.texts import NOTHING, OUTCOME_LOOKS, RunTexts

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

SLOT_ROLE = Qt.ItemDataRole.UserRole
"""Gives the number under which a run lies over the plot, None where it does not."""

_SEARCHED = {
    Column.TASK: "task",
    Column.METHOD: "method",
    Column.INIT: "init",
    Column.OPTIMIZER: "optimizer",
}


class RunsModel(QAbstractTableModel):
    """One row per run, pinned ones first.

    Signals:
        renamed: a run's id, and the name that a person gave it.
        tick_asked: the ids of runs (one), and whether a person wants them over the plot.
    """

    renamed = Signal(str, str)
    tick_asked = Signal(list, bool)

    def __init__(self, texts: RunTexts, slots: Slots, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._slots = slots
        self._runs: list[RunSummary] = []
        self._rows: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._column, self._order = Column.WHEN, Qt.SortOrder.DescendingOrder

    # The runs

    def show(self, runs: Sequence[RunSummary]) -> None:
        """List exactly these."""
        self.beginResetModel()
        self._words.clear()
        self._runs = self._sorted(runs)
        self._count_rows()
        self.endResetModel()

    def put(self, run: RunSummary) -> None:
        """Bring one run up to date, or add it."""
        self._words.pop(run.id, None)
        row = self._rows.get(run.id)
        if row is None:
            at = self._sorted([*self._runs, run]).index(run)
            self.beginInsertRows(_ROOT, at, at)
            self._runs.insert(at, run)
            self._count_rows()
            self.endInsertRows()
            return
        before, self._runs[row] = self._runs[row], run
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
        if self._key(before) != self._key(run):
            self._arrange()

    def take(self, run_id: str) -> RunSummary | None:
        """Remove a run and return it, None if there is no such run."""
        row = self._rows.get(run_id)
        if row is None:
            return None
        self.beginRemoveRows(_ROOT, row, row)
        run = self._runs.pop(row)
        self._words.pop(run_id, None)
        self._count_rows()
        self.endRemoveRows()
        return run

    def run(self, run_id: str) -> RunSummary | None:
        """Return a run by its id."""
        row = self._rows.get(run_id)
        return None if row is None else self._runs[row]

    def run_at(self, row: int) -> RunSummary:
        """Return the run of a row."""
        return self._runs[row]

    def row(self, run_id: str) -> int | None:
        """Return the row of a run."""
        return self._rows.get(run_id)

    def words_at(self, row: int) -> Words:
        """Return what a search reads of a row."""
        run = self._runs[row]
        if run.id not in self._words:
            self._words[run.id] = self._texts.words(run)

        def of(column: Column) -> str:
            # The setting's own word too: "digits" finds a task whatever its title is in this language.
            word = run.outcome if column is Column.OUTCOME else ""
            word = getattr(run.config, _SEARCHED[column]) if column in _SEARCHED else word
            return f"{word}\n{self._texts.cell(column, run)}".casefold()

        return Words(self._words[run.id], of)

    def refresh_ticks(self) -> None:
        """Have the ticks read again."""
        self._changed(Column.OVERLAY)

    def refresh(self) -> None:
        """Have every cell and heading read again, as after a change of language."""
        self._words.clear()
        self._changed(*COLUMNS)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _changed(self, *columns: Column) -> None:
        first, last = COLUMNS.index(columns[0]), COLUMNS.index(columns[-1])
        if self._runs:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._runs) - 1, last))

    # Their order

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what it does not know of a run comes last, whichever way."""
        if 0 <= column < len(COLUMNS):
            self._column, self._order = COLUMNS[column], order
            self._arrange()

    def _key(self, run: RunSummary) -> tuple[object, ...]:
        if self._column is Column.OVERLAY:
            return run.pinned, run.id not in self._slots
        return run.pinned, self._texts.order(self._column, run)

    def _sorted(self, runs: Iterable[RunSummary]) -> list[RunSummary]:
        newest = sorted(runs, key=lambda run: run.started, reverse=True)
        keys = {run.id: self._key(run)[1] for run in newest}
        known = [run for run in newest if keys[run.id] is not None]
        known.sort(
            key=lambda run: keys[run.id],  # type: ignore[arg-type,return-value]
            reverse=self._order == Qt.SortOrder.DescendingOrder,
        )
        known += [run for run in newest if keys[run.id] is None]
        return sorted(known, key=lambda run: not run.pinned)

    def _arrange(self) -> None:
        ordered = self._sorted(self._runs)
        if all(a is b for a, b in zip(ordered, self._runs, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._runs[index.row()].id for index in before]
        self._runs = ordered
        self._count_rows()
        after = [self.index(self._rows[i], old.column()) for i, old in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _count_rows(self) -> None:
        self._rows = {run.id: row for row, run in enumerate(self._runs)}

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many runs there are."""
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are, hidden ones included."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell: names can be edited, overlays ticked."""
        found = super().flags(index)
        column = COLUMNS[index.column()] if index.isValid() else None
        if column is Column.NAME:
            found |= Qt.ItemFlag.ItemIsEditable
        if column is Column.OVERLAY:
            found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading, its alignment, and in a tooltip what it says."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts.heading(COLUMNS[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._texts.purpose(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one cell in one of its roles."""
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._texts.cell(column, run)
            case Qt.ItemDataRole.EditRole:
                return run.name if column is Column.NAME else self._texts.cell(column, run)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole:
                return numbers.tabular()
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(column, run)
            case Qt.ItemDataRole.CheckStateRole if column is Column.OVERLAY:
                return Qt.CheckState.Checked if run.id in self._slots else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if column is Column.OUTCOME:
                return icon(*OUTCOME_LOOKS[run.outcome])
            case Qt.ItemDataRole.DecorationRole if column is Column.NAME and run.pinned:
                return icon("pin", "accent")
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(column, run)
        return self._slots.of(run.id) if role == SLOT_ROLE else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new name, or ask for a tick."""
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.OVERLAY:
            self.tick_asked.emit([run.id], Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and column is Column.NAME:
            name = " ".join(str(value).split())
            if name != run.name:
                self.put(replace(run, name=name))
                self.renamed.emit(run.id, name)
            return True
        return False

    def _tooltip(self, column: Column, run: RunSummary) -> str | None:
        match column:
            case Column.OVERLAY:
                return self._texts.purpose(column)
            case Column.WHEN:
                return self._texts.exact_moment(run.started)
            case Column.NAME | Column.NOTES:
                return "\n".join(filter(None, (self._texts.title(run), run.notes)))
        return None

    def _spoken(self, column: Column, run: RunSummary) -> str:
        text = self._texts.cell(column, run)
        if column is Column.OVERLAY:
            return self.tr("over the plot") if run.id in self._slots else self.tr("not over the plot")
        if column is Column.NAME and run.pinned:
            return self.tr("{name}, pinned").format(name=text)
        return self.tr("unknown") if text == NOTHING else text


def _alignment(column: Column) -> Qt.AlignmentFlag:
    left = column in WORDS or column in (Column.OVERLAY, Column.WHEN)
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
