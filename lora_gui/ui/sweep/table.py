"""The table of a sweep's runs as people see it: sorted by any column, copied, and opened by a key."""

from PySide6.QtCore import QEvent, QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from lora_gui.ui.sweep.model import SORT_ROLE, SweepModel
from lora_gui.ui.theme import theme_switch

ROW_PADDING = 10
"""Pixels of a row beside its text."""
MEASURED_ROWS = 30


class SweepTable(QTableView):
    """Lists the runs; Enter or a double click opens one, Ctrl+C copies the rows that are selected.

    Signals:
        opened(object): a run was chosen: its index in the sweep.

    """

    opened = Signal(object)

    def __init__(self, model: SweepModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_table")
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSourceModel(model)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrows walk in it
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + ROW_PADDING)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # Rows that are measured; measuring thousands at every result would hold the window up.
        header.setResizeContentsPrecision(MEASURED_ROWS)
        model.modelReset.connect(self._on_reset)
        self.doubleClicked.connect(self._open)
        theme_switch().changed.connect(self.viewport().update)
        self._retranslate()

    def copy(self) -> None:
        """Put the selected rows, or all, onto the clipboard: headings and values between tabs."""
        model = self.model()
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        columns = range(model.columnCount())
        lines = [[model.headerData(c, Qt.Orientation.Horizontal) for c in columns]]
        lines += [[model.index(r, c).data() for c in columns] for r in rows or range(model.rowCount())]
        QGuiApplication.clipboard().setText("\n".join("\t".join(map(str, line)) for line in lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open a run, copy rows; what else keys do in a table stays."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._sorted.mapToSource(index).row())

    def _on_reset(self) -> None:
        # In the order of the sweep, until a person sorts by something else.
        self._sorted.sort(-1)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Runs of the sweep"))
        self.setToolTip(self.tr("Double-click a run, or press Enter, to load its settings"))
