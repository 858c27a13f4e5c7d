"""What to do with a sweep, and how its results are shown."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from lora_gui.domain.run import RunState
from lora_gui.ui.cards import SPACING
from lora_gui.ui.icons import icon


class SweepBar(QWidget):
    """Start, Pause and Cancel, and the buttons for the results.

    Signals:
        start_asked, pause_asked, resume_asked, cancel_asked: a person wants this.
        table_asked(bool): the table is to be shown, or the drawing.
        copy_asked, export_asked: the results are wanted elsewhere.

    """

    start_asked = Signal()
    pause_asked = Signal()
    resume_asked = Signal()
    cancel_asked = Signal()
    table_asked = Signal(bool)
    copy_asked = Signal()
    export_asked = Signal()

    def __init__(self, seeds: QWidget, more: QWidget) -> None:
        super().__init__()
        self._state = RunState.READY
        self._can_continue = False
        self._start, self._pause, self._cancel = QPushButton(), QToolButton(), QToolButton()
        self._table, self._copy, self._export = QToolButton(), QToolButton(), QToolButton()
        self._name()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for button in (self._start, self._pause, self._cancel):
            row.addWidget(button)
        row.addWidget(seeds)
        row.addStretch()
        for tool in (self._table, self._copy, self._export, more):
            row.addWidget(tool)
        self._start.clicked.connect(self.start_asked)
        self._pause.clicked.connect(self._on_pause)
        self._cancel.clicked.connect(self.cancel_asked)
        self._table.toggled.connect(self.table_asked)
        self._copy.clicked.connect(self.copy_asked)
        self._export.clicked.connect(self.export_asked)
        self._retranslate()
        self.set_results(False)

    def show_state(self, state: RunState, *, can_start: bool, can_continue: bool) -> None:
        """Enable what makes sense; a cancelled sweep that is still asked for can be continued."""
        before, self._state, self._can_continue = self._state, state, can_continue
        held = self._start.hasFocus() or self._pause.hasFocus() or self._cancel.hasFocus()
        self._start.setEnabled(can_start and not state.is_active)
        self._pause.setEnabled(state in (RunState.TRAINING, RunState.PAUSED))
        self._cancel.setEnabled(state.is_active and state is not RunState.STOPPING)
        if held and before.is_active != state.is_active:
            # Else the focus would wander to whatever comes next.
            (self._pause if state.is_active else self._start).setFocus()
        self._retranslate()

    def set_results(self, there: bool) -> None:
        """Offer table, copy and export once there are runs."""
        for tool in (self._table, self._copy, self._export):
            tool.setVisible(there)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _name(self) -> None:
        self._start.setProperty("primary", True)
        self._start.setIcon(icon("start", "on_accent"))
        self._cancel.setIcon(icon("stop"))
        for button, name in ((self._start, "start"), (self._pause, "pause"), (self._cancel, "cancel")):
            button.setObjectName(f"sweep_{name}")
        for tool, name in ((self._table, "table"), (self._copy, "copy"), (self._export, "export")):
            tool.setObjectName(f"sweep_{name}_button")
            tool.setIcon(icon(name))
            tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._table.setCheckable(True)

    def _on_pause(self) -> None:
        (self.resume_asked if self._state is RunState.PAUSED else self.pause_asked).emit()

    def _retranslate(self) -> None:
        self._start.setText(self.tr("Continue") if self._can_continue else self.tr("Start sweep"))
        self._start.setToolTip(
            self.tr("Train the runs that are still missing")
            if self._can_continue
            else self.tr("Train every combination with every seed; all else is as in the settings")
        )
        paused = self._state is RunState.PAUSED
        self._pause.setIcon(icon("resume" if paused else "pause"))
        for tool, text in (
            (self._pause, self.tr("Resume the sweep") if paused else self.tr("Pause the sweep")),
            (self._cancel, self.tr("Cancel the sweep; the runs that are done stay")),
            (self._table, self.tr("Show the runs in a table")),
            (self._copy, self.tr("Copy the table")),
            (self._export, self.tr("Export the runs as CSV")),
        ):
            tool.setToolTip(text)
            tool.setAccessibleName(text)
