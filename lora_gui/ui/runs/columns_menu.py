"""The menu that chooses which columns are shown, and by which one the runs are sorted."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QTableView

from lora_gui.ui.runs.columns import COLUMNS, FIXED
from lora_gui.ui.runs.texts import RunTexts


class ColumnsMenu(QMenu):
    """Lists the columns of `table` anew each time it opens."""

    def __init__(self, table: QTableView, texts: RunTexts, reset: Callable[[], None]) -> None:
        super().__init__(table)
        self.setObjectName("columns_menu")
        self._table, self._texts, self._reset = table, texts, reset
        self._sort_menu = QMenu(self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for section, column in enumerate(COLUMNS):
            if column not in FIXED:
                action = self._checkable(self, self._texts.heading(column), column)
                action.setToolTip(self._texts.purpose(column))
                action.setChecked(not self._table.isColumnHidden(section))
                action.toggled.connect(lambda shown, at=section: self._table.setColumnHidden(at, not shown))
        self.addSeparator()
        self._fill_sort_menu()
        self.addMenu(self._sort_menu)
        self.addAction(self.tr("&Usual columns"), self._reset).setObjectName("usual_columns")

    def _fill_sort_menu(self) -> None:
        header = self._table.horizontalHeader()
        section, order = header.sortIndicatorSection(), header.sortIndicatorOrder()
        menu = self._sort_menu
        menu.clear()
        menu.setTitle(self.tr("&Sort by"))
        group = QActionGroup(menu)
        for at, column in enumerate(COLUMNS):
            action = self._checkable(menu, self._texts.heading(column), f"sort_{column}")
            action.setChecked(at == section)
            action.triggered.connect(lambda _=False, at=at: self._sort_by(at))
            group.addAction(action)
        menu.addSeparator()
        falling = self._checkable(menu, self.tr("&Descending"), "sort_descending")
        falling.setChecked(order == Qt.SortOrder.DescendingOrder)
        falling.toggled.connect(self._turn)

    def _sort_by(self, section: int) -> None:
        self._table.sortByColumn(section, self._table.horizontalHeader().sortIndicatorOrder())

    def _turn(self, falling: bool) -> None:
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self._table.sortByColumn(self._table.horizontalHeader().sortIndicatorSection(), order)

    @staticmethod
    def _checkable(menu: QMenu, text: str, name: str) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(name)
        action.setCheckable(True)
        return action
