"""The runs that a search leaves, in the order of the model below."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from lora_gui.ui.runs.model import RunsModel
from lora_gui.ui.runs.query import Query


class RunsFilter(QSortFilterProxyModel):
    """Hides the runs that a query does not accept.

    Sorting is left to the model: it sorts 10 000 runs in Python's own sort, in a fiftieth of the time that
    as many comparisons across the border between Qt and Python would take.
    """

    def __init__(self, model: RunsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._query = Query()
        self.setSourceModel(model)

    def search(self, query: Query) -> None:
        """Show what `query` accepts."""
        if query.tests or self._query.tests:
            self._query = query
            self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether the search leaves a row."""
        tests = self._query.tests
        return not tests or self._query.accepts(self._model.run_at(row), self._model.words_at(row))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Have the model sort itself."""
        self._model.sort(column, order)
