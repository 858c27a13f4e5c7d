"""What tells runs apart: the settings that differ, and what came of each, side by side."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from lora_gui.domain.config import field_names
from lora_gui.domain.record import RunSummary
from lora_gui.ui import numbers
from lora_gui.ui.cards import SPACING
from lora_gui.ui.runs.columns import Column
from lora_gui.ui.runs.texts import RunTexts, effective
from lora_gui.ui.theme import theme_switch

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMN_WIDTH = 90
"""Pixels of a run, until a person drags it."""

RESULTS = (Column.FINAL, Column.BEST, Column.GAP, Column.SECONDS)
"""What came of a run: below the settings, whether it differs or not."""


class Line(NamedTuple):
    """One line of the comparison: a name, a text for each run, and which of them are the lowest."""

    name: str
    texts: tuple[str, ...]
    lowest: frozenset[int] = frozenset()


def differing(runs: Sequence[RunSummary]) -> list[str]:
    """Return the names of the settings that are not the same in all `runs`."""
    return [name for name in field_names() if len({effective(name, run.config) for run in runs}) > 1]


def compare(runs: Sequence[RunSummary], texts: RunTexts) -> list[Line]:
    """Return the settings that differ, then results and counts."""
    lines = [
        Line(texts.field(name), tuple(texts.setting(name, run.config) for run in runs))
        for name in differing(runs)
    ]
    for column in RESULTS:
        lowest = _lowest(column, runs, texts) if column in (Column.FINAL, Column.BEST) else frozenset()
        lines.append(Line(texts.heading(column), tuple(texts.cell(column, run) for run in runs), lowest))
    for name, amount in texts.counts():
        lines.append(Line(name, tuple(numbers.count(amount(run)) for run in runs)))
    return lines


def _lowest(column: Column, runs: Sequence[RunSummary], texts: RunTexts) -> frozenset[int]:
    values = [texts.order(column, run) for run in runs]
    known = [value for value in values if isinstance(value, float)]
    return frozenset(i for i, value in enumerate(values) if known and value == min(known))


class DifferencesModel(QAbstractTableModel):
    """Lines as rows, runs as columns."""

    def __init__(self, texts: RunTexts, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts
        self._runs: tuple[RunSummary, ...] = ()
        self._lines: list[Line] = []

    def show(self, runs: Sequence[RunSummary]) -> None:
        """Compare `runs`; the view stays where it is while they are the same ones."""
        lines = compare(runs, self._texts) if len(runs) > 1 else []
        same = [run.id for run in runs] == [run.id for run in self._runs] and len(lines) == len(self._lines)
        if same:
            self._runs, self._lines = tuple(runs), lines
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(runs) - 1))
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(runs) - 1)
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(lines) - 1)
            return
        self.beginResetModel()
        self._runs, self._lines = tuple(runs), lines
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many runs are compared."""
        return 0 if parent.isValid() or not self._lines else len(self._runs)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title of a run, or the name of a line."""
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            return self._lines[section].name if role == Qt.ItemDataRole.DisplayRole else None
        run = self._runs[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts.title(run)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self._texts.title(run)}\n{self._texts.exact_moment(run.started)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what one run has in one line; the lowest losses are bold, and called so."""
        line, at = self._lines[index.row()], index.column()
        lowest = at in line.lowest
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.texts[at]
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole:
                font = numbers.tabular()
                font.setWeight(QFont.Weight.Bold if lowest else QFont.Weight.Normal)
                return font
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self.tr("the lowest") if lowest else None
        return None


class Differences(QWidget):
    """The comparison of some runs, or a line that says why there is none."""

    def __init__(self, texts: RunTexts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("differences")
        self._runs: tuple[RunSummary, ...] = ()
        self._model = DifferencesModel(texts, self)
        self._hint = QLabel(self)
        self._hint.setObjectName("differences_hint")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self.table = _table(self._model, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self._hint)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        theme_switch().changed.connect(self.table.viewport().update)
        self.retranslate()

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Compare `runs`; it takes two."""
        if tuple(runs) != self._runs:
            self._runs = tuple(runs)
            self._refresh()

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self.table.setAccessibleName(self.tr("Differences between runs"))
        self._refresh()

    def _refresh(self) -> None:
        self._model.show(self._runs)
        hint = ""
        if len(self._runs) < 2:
            hint = self.tr("Select two runs or more, or tick them.")
        elif not differing(self._runs):
            hint = self.tr("These runs started with the same settings.")
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.table.setVisible(len(self._runs) > 1)


def _table(model: QAbstractTableModel, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setObjectName("differences_table")
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
    table.horizontalHeader().setDefaultSectionSize(COLUMN_WIDTH)
    rows = table.verticalHeader()
    rows.setHighlightSections(False)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(table.fontMetrics().height() + 8)
    return table
