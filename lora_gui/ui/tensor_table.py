"""The table of the layer's tensors: name, shape, count, and whether each is trained."""

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from lora_gui.domain.parameters import TensorCount
from lora_gui.ui import numbers
from lora_gui.ui.icons import icon
from lora_gui.ui.theme import theme_switch

NAME, SHAPE, COUNT = range(3)
"""Columns."""

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TensorModel(QAbstractTableModel):
    """One row per tensor; the flame or snowflake stands before its name, the word in its description."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tensors: tuple[TensorCount, ...] = ()

    def show_tensors(self, tensors: tuple[TensorCount, ...]) -> None:
        """List `tensors`; the selection stays if their number does."""
        if len(tensors) != len(self._tensors):
            self.beginResetModel()
            self._tensors = tensors
            self.endResetModel()
            return
        self._tensors = tensors
        self.refresh()

    def refresh(self) -> None:
        """Have every cell and heading read again, as after a change of language."""
        last = len(self._tensors) - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, COUNT))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COUNT)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many tensors there are."""
        return 0 if parent.isValid() else len(self._tensors)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the columns: name, shape, count."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Tensor"), self.tr("Shape"), self.tr("Count"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one cell: its text, icon, alignment, and in words whether the tensor is trained."""
        tensor, column = self._tensors[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (tensor.name, " × ".join(map(str, tensor.shape)), numbers.count(tensor.count))[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return numbers.tabular()
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return icon("flame", "trainable") if tensor.trainable else icon("snowflake", "frozen")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self.tr("trainable") if tensor.trainable else self.tr("frozen")
        return None


class TensorTable(QTableView):
    """The table itself, as tall as its rows; where it is narrow, shapes wrap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tensor_table")
        self._model = TensorModel(self)
        self.setModel(self._model)
        self.setShowGrid(False)
        self.setIconSize(QSize(14, 14))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab leaves the table, the arrows walk in it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(0)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(0)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(SHAPE, QHeaderView.ResizeMode.Stretch)
        # Queued: while the header tells it, the column still has its old width.
        header.sectionResized.connect(self._fit_height, Qt.ConnectionType.QueuedConnection)
        theme_switch().changed.connect(self.viewport().update)
        self._retranslate()

    def show_tensors(self, tensors: tuple[TensorCount, ...]) -> None:
        """List `tensors`."""
        self._model.show_tensors(tensors)
        self._fit_height()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._model.refresh()
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_height()

    def _fit_height(self) -> None:
        # A shape that wraps in a narrow column needs two lines.
        self.resizeRowsToContents()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + self.verticalHeader().length() + 2)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Tensors of the layer"))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == NAME else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
