"""The pane beside the table: what tells runs apart, or the notes on one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from lora_gui.domain.record import RunSummary
from lora_gui.ui.cards import SPACING, heading_label
from lora_gui.ui.icons import icon
from lora_gui.ui.runs.differences import Differences
from lora_gui.ui.runs.notes import NotesEditor
from lora_gui.ui.runs.texts import RunTexts

LEAST_WIDTH = 180


class SidePane(QWidget):
    """Shows one of two pages under a heading with a close button; Escape closes it too.

    Signals:
        closed: the person has done with it.
    """

    closed = Signal()

    def __init__(self, texts: RunTexts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs_pane")
        self.setMinimumWidth(LEAST_WIDTH)
        self.differences = Differences(texts, self)
        self.notes = NotesEditor(self)
        self._texts = texts
        self._noted: RunSummary | None = None
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.differences)
        self._pages.addWidget(self.notes)
        self._heading = heading_label()
        self._close = QToolButton(self)
        self._close.setObjectName("close_pane")
        self._close.setIcon(icon("close"))
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self.closed)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit, context=context)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addLayout(top)
        column.addWidget(self._pages, 1)
        self.retranslate()
        self.hide()

    @property
    def compares(self) -> bool:
        """Whether the differences are in front."""
        return not self.isHidden() and self._pages.currentWidget() is self.differences

    @property
    def takes_notes(self) -> bool:
        """Whether the notes are in front."""
        return not self.isHidden() and self._pages.currentWidget() is self.notes

    def open_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentWidget(page)
        self._name()
        self.show()

    def follow(self, compared: Sequence[RunSummary], noted: RunSummary | None) -> None:
        """Show these runs' differences and this run's notes."""
        self.differences.show_runs(compared)
        self.notes.show_run(noted)
        self._noted = noted
        self._name()

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self._close.setToolTip(self.tr("Close this pane (Esc)"))
        self._close.setAccessibleName(self.tr("Close pane"))
        self.differences.retranslate()
        self.notes.retranslate()
        self._name()

    def _name(self) -> None:
        if self._pages.currentWidget() is self.differences:
            text = self.tr("Differences")
        elif self._noted is None:
            text = self.tr("Notes")
        else:
            text = self.tr("Notes on {run}").format(run=self._texts.title(self._noted))
        self._heading.setText(text)
