"""The table of runs as people see it: keys, ticks drawn like the curves, columns to choose."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QWidget,
)

from lora_gui.domain.record import RunSummary
from lora_gui.ui.runs.columns import COLUMNS, HIDDEN, WORDS, Column
from lora_gui.ui.runs.columns_menu import ColumnsMenu
from lora_gui.ui.runs.filter import RunsFilter
from lora_gui.ui.runs.model import SLOT_ROLE, RunsModel
from lora_gui.ui.runs.texts import RunTexts
from lora_gui.ui.runs.tick_delegate import TickDelegate
from lora_gui.ui.theme import theme_switch

AGING_MS = 30_000
"""Between two looks at the clock, for "5 minutes ago"."""
WIDE_WORDS, NARROW_WORDS = "Random noise, rank 4   ", "Random noise   "
WIDE_NUMBER = "0000.0000"
"""Texts that set how wide columns are at first."""

NAME, OVERLAY = COLUMNS.index(Column.NAME), COLUMNS.index(Column.OVERLAY)


class RunsTable(QTableView):
    """Lists runs; Space ticks, F2 renames, the header sorts and its menu chooses columns.

    Signals:
        chosen: other runs are selected, or another one is current.
        ticked: the ids of runs, and whether a person wants them over the plot.
        activated_run: a run was double-clicked.
        menu_asked: the menu for the selected runs is wanted at this place on the screen.
    """

    chosen = Signal()
    ticked = Signal(list, bool)
    activated_run = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, model: RunsModel, texts: RunTexts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs_table")
        self._model, self._texts = model, texts
        self.filter = RunsFilter(model, self)
        self.setModel(self.filter)
        self.setItemDelegateForColumn(OVERLAY, TickDelegate(self))
        self._hint = QLabel(self.viewport())
        self._prepare()
        self._prepare_header()
        self.menu = ColumnsMenu(self, texts, self.reset_columns)
        self._aging = QTimer(self, interval=AGING_MS)
        self._aging.timeout.connect(self.viewport().update)
        self._connect()
        self.reset_columns()

    def _prepare(self) -> None:
        self.setShowGrid(False)
        self.setIconSize(QSize(14, 14))
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrows walk in it
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 10)
        self._hint.setObjectName("runs_hint")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(36)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setSortIndicator(COLUMNS.index(Column.WHEN), Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.customContextMenuRequested.connect(lambda at: self.menu.popup(header.mapToGlobal(at)))
        selection = self.selectionModel()
        selection.selectionChanged.connect(self.chosen)
        selection.currentRowChanged.connect(self.chosen)
        self.doubleClicked.connect(self._on_double_click)
        theme_switch().changed.connect(self.viewport().update)

    # Which runs

    def selected(self) -> list[RunSummary]:
        """Return the selected runs, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._run_at(row) for row in rows]

    def select(self, ids: Sequence[str]) -> None:
        """Select these runs, as far as they are there, and go to the first one."""
        rows = [row for row in map(self.row_of, ids) if row is not None]
        self.clearSelection()
        flag = QItemSelectionModel.SelectionFlag
        for row in rows:
            self.selectionModel().select(self.filter.index(row, NAME), flag.Select | flag.Rows)
        if rows:
            self.selectionModel().setCurrentIndex(self.filter.index(rows[0], NAME), flag.NoUpdate)
            self.scrollTo(self.filter.index(rows[0], NAME))

    def go_to_row(self, row: int) -> None:
        """Select the run at `row`, or the last one where there are fewer."""
        if last := self.filter.rowCount():
            self.select([self._run_at(min(row, last - 1)).id])

    def row_of(self, run_id: str) -> int | None:
        """Return the row in which a run is shown, None if it is not."""
        row = self._model.row(run_id)
        index = QModelIndex() if row is None else self.filter.mapFromSource(self._model.index(row, 0))
        return index.row() if index.isValid() else None

    def rename(self) -> None:
        """Open the name of the current run for editing."""
        index = self.currentIndex()
        if index.isValid():
            self.edit(self.filter.index(index.row(), NAME))

    def _run_at(self, row: int) -> RunSummary:
        return self._model.run_at(self.filter.mapToSource(self.filter.index(row, 0)).row())

    # How they are shown

    def show_hint(self) -> None:
        """Say in the middle of an empty table why it is empty."""
        text = ""
        if not self._model.rowCount():
            text = self.tr("No runs yet. Press Start: every run is kept here by itself, with all its losses.")
        elif not self.filter.rowCount():
            text = self.tr("No run fits the search.")
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def reset_columns(self) -> None:
        """Show the usual columns in their usual order and width."""
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        for section, column in enumerate(COLUMNS):
            header.moveSection(header.visualIndex(section), section)
            self.setColumnHidden(section, column in HIDDEN)
            sample = NARROW_WORDS if column in WORDS else WIDE_NUMBER
            if column is Column.NAME:
                sample = WIDE_WORDS
            if column is Column.WHEN:
                sample = self._texts.moment(datetime.now(UTC) - timedelta(days=1))
            if column in (Column.RANK, Column.SCALING, Column.LEARNING_RATE, Column.OVERLAY):
                sample = "0.0001"
            needed = metrics.horizontalAdvance(self._texts.heading(column)) + 3 * metrics.height() // 2
            self.setColumnWidth(section, max(needed, metrics.horizontalAdvance(sample) + 16))

    def layout_state(self) -> QByteArray:
        """Return which columns are shown, where, how wide, and which one sorts, to be remembered."""
        header = bytes(self.horizontalHeader().saveState().data())
        state = {"columns": list(COLUMNS), "header": base64.b64encode(header).decode("ascii")}
        return QByteArray(json.dumps(state).encode())

    def restore_layout(self, state: QByteArray) -> None:
        """Bring that back; what cannot be read, or speaks of other columns, leaves all as it is."""
        try:
            found = json.loads(bytes(state.data()))
            if found["columns"] == list(COLUMNS):
                self.horizontalHeader().restoreState(QByteArray(base64.b64decode(found["header"])))
        except (ValueError, TypeError, KeyError):
            return
        header = self.horizontalHeader()
        self.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self.setAccessibleName(self.tr("Runs"))
        self._model.refresh()

    # What the person and the surroundings do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick the selected runs with Space."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            runs = self.selected()
            if runs:
                self.ticked.emit([run.id for run in runs], not all(self._is_ticked(run) for run in runs))
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected runs."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        self.menu_asked.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle."""
        super().resizeEvent(event)
        self._hint.setGeometry(self.viewport().rect().adjusted(24, 8, -24, -8))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the clock while somebody can see it."""
        super().showEvent(event)
        self._aging.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the clock alone."""
        super().hideEvent(event)
        self._aging.stop()

    def _is_ticked(self, run: RunSummary) -> bool:
        row = self.row_of(run.id)
        return row is not None and self.filter.index(row, OVERLAY).data(SLOT_ROLE) is not None

    def _on_double_click(self, index: QModelIndex) -> None:
        if index.column() != OVERLAY:
            self.activated_run.emit()
