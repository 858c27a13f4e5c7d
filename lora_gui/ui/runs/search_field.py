"""The field that searches the runs, and the line that says which of its terms mean nothing."""

from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from lora_gui.ui.icons import icon
from lora_gui.ui.runs.query import NUMBER_FIELDS, WORD_FIELDS, Fault, Query, read_query

PAUSE_MS = 120
"""How long typing must rest before the table follows."""


class SearchField(QLineEdit):
    """Turns what is typed into a Query.

    Signals:
        searched: another Query is in force.
    """

    searched = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs_search")
        self.setClearButtonEnabled(True)
        self.addAction(QAction(icon("search", "muted"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._search)
        self.textChanged.connect(self._pause.start)
        self.returnPressed.connect(self._search)
        self.retranslate()

    def explain(self, query: Query) -> str:
        """Say which terms of `query` mean nothing and why; "" when all do."""
        return " ".join(map(self._explain, query.faults))

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self.setAccessibleName(self.tr("Search runs"))
        self.setPlaceholderText(self.tr("Search: digits  rank=4  lr<0.01  ended:stopped"))
        self.setToolTip(
            "<p>"
            + self.tr("Words look in names, notes, tasks and the like; all of what is typed must fit.")
            + "</p><p>"
            + self.tr("Numbers: {fields}, each with = != &lt; &lt;= &gt; &gt;=").format(
                fields=", ".join(NUMBER_FIELDS)
            )
            + "</p><p>"
            + self.tr('Words: {fields}, each with a colon; name:"two words"').format(
                fields=", ".join(WORD_FIELDS)
            )
            + "</p>"
        )

    def _search(self) -> None:
        self._pause.stop()
        self.searched.emit(read_query(self.text(), QLocale()))

    def _explain(self, fault: Fault) -> str:
        match fault.kind:
            case "field":
                text = self.tr("{term}: there is no “{field}” to search; try {fields}.")
            case "number":
                text = self.tr("{term}: “{value}” is not a number.")
            case "comparison":
                text = self.tr("{term}: “{field}” holds words; write {field}:word.")
        fields = ", ".join((*NUMBER_FIELDS, *WORD_FIELDS))
        return text.format(term=fault.term, field=fault.field, value=fault.value, fields=fields)
