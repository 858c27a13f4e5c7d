"""One line that says what was deleted, with a button that brings it back."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from lora_gui.domain.record import RunSummary
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import SPACING, IconView
from lora_gui.ui.icons import icon


class UndoLine(QFrame):
    """Remembers deletions and offers to undo the newest, also by Ctrl+Z in its parent; hidden without any.

    Signals:
        undone: the runs (list of RunSummary) of a deletion that a person takes back.
    """

    undone = Signal(list)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("undo_line")
        self.setProperty("banner", "info")
        self._deletions: list[list[RunSummary]] = []
        self._label = QLabel(self)
        self._label.setObjectName("undo_text")
        self._button = QPushButton(self)
        self._button.setObjectName("undo_delete")
        self._button.setIcon(icon("undo"))
        self._button.clicked.connect(self.undo)
        self._close = QToolButton(self)
        self._close.setObjectName("undo_close")
        self._close.setIcon(icon("close"))
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 2, 2, 2)
        row.addWidget(IconView("delete", "accent"))
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        parent.installEventFilter(self)
        self.retranslate()
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take Ctrl+Z, which the window has too, while there is a deletion to take back."""
        if not self._deletions or not isinstance(event, QKeyEvent):
            return False
        if not event.matches(QKeySequence.StandardKey.Undo):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self.undo()
        return True

    def update_run(self, run: RunSummary) -> bool:
        """Bring a deleted run up to date; returns whether `run` is one."""
        for deletion in self._deletions:
            for at, other in enumerate(deletion):
                if other.id == run.id:
                    deletion[at] = run
                    return True
        return False

    def forget(self, run_id: str) -> None:
        """Offer a run no more: it is gone for good, or back."""
        kept = [[run for run in deletion if run.id != run_id] for deletion in self._deletions]
        if kept != self._deletions:
            self._deletions = [deletion for deletion in kept if deletion]
            self._refresh(shown=not self.isHidden())

    def deleted(self, runs: Sequence[RunSummary]) -> None:
        """Say that `runs` were deleted."""
        self._deletions.append(list(runs))
        self._refresh(shown=True)
        announce(self, self._label.text())

    def undo(self) -> None:
        """Take back the newest deletion."""
        if self._deletions:
            runs = self._deletions.pop()
            self._refresh(shown=not self.isHidden())
            self.undone.emit(runs)

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        keys = QKeySequence(QKeySequence.StandardKey.Undo).toString(QKeySequence.SequenceFormat.NativeText)
        self._button.setText(self.tr("Undo"))
        self._button.setToolTip(self.tr("Bring the deleted runs back ({keys})").format(keys=keys))
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self.tr("Close message"))
        self._refresh(shown=not self.isHidden())

    def _refresh(self, *, shown: bool) -> None:
        if self._deletions:
            self._label.setText(self.tr("Deleted %n run(s).", "", len(self._deletions[-1])))
        self.setVisible(shown and bool(self._deletions))
