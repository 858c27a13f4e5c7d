"""The Runs tab: finds runs, lays them over each other, tells them apart, and hands orders on."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lora_gui.domain.record import Outcome, RunSummary
from lora_gui.ui.cards import SPACING
from lora_gui.ui.runs.actions import RunsActions
from lora_gui.ui.runs.bar import RunsBar
from lora_gui.ui.runs.fault_line import FaultLine
from lora_gui.ui.runs.model import RunsModel
from lora_gui.ui.runs.query import Query
from lora_gui.ui.runs.side_pane import SidePane
from lora_gui.ui.runs.slots import MOST, Slots
from lora_gui.ui.runs.table import RunsTable
from lora_gui.ui.runs.texts import RunTexts
from lora_gui.ui.runs.undo_line import UndoLine
from lora_gui.ui.splitters import splitter


class RunsTab(QWidget):
    """Every run in a table, with what can be done with it; it changes what it shows before it is told to.

    Signals:
        load_requested, replay_requested, continue_requested, export_requested: for the run of this id.
        overlay_changed: the ids of the runs to lie over the loss plot, in the order they were ticked.
        renamed: id and new name.
        pinned: id, and whether it is kept on top now.
        annotated: id and new notes.
        deleted, restored: ids of runs taken out of sight, or back.
        import_requested: a file with a run is to be chosen.
        baseline_requested: the baselines of the settings in the panel are to be trained.
    """

    load_requested = Signal(str)
    overlay_changed = Signal(list)
    replay_requested = Signal(str)
    continue_requested = Signal(str)
    export_requested = Signal(str)
    import_requested = Signal()
    renamed = Signal(str, str)
    pinned = Signal(str, bool)
    annotated = Signal(str, str)
    deleted = Signal(list)
    restored = Signal(list)
    baseline_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs_tab")
        self._running = self._full = False
        self._query = Query()
        self._texts = RunTexts(self)
        self._slots = Slots()
        self._model = RunsModel(self._texts, self._slots, self)
        self.actions_ = RunsActions(self)
        self._table = RunsTable(self._model, self._texts, self)
        self._bar = RunsBar(self.actions_, self._table.menu, self)
        self._pane = SidePane(self._texts, self)
        self._undo = UndoLine(self)
        self._fault = FaultLine(self)
        self._lay_out()
        self._connect_actions()
        self._connect_parts()
        self._retranslate()

    # What comes in

    @Slot(list)
    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """List exactly these runs; what is selected and ticked stays so where it is still there."""
        selected = [run.id for run in self._table.selected()]
        self._model.show(runs)
        for run in runs:
            self._undo.forget(run.id)
        gone = [run_id for run_id in self._slots.ids if self._model.run(run_id) is None]
        self._set_ticks(gone, False)
        self._table.select(selected)
        self._refresh()

    @Slot(object)
    def update_run(self, run: RunSummary) -> None:
        """Bring one run up to date, or add it; a run that was deleted here stays deleted."""
        if not self._undo.update_run(run):
            self._model.put(run)
            self._refresh()

    def tick(self, ids: Sequence[str]) -> None:
        """Lay runs over the loss plot, as if a person had ticked them."""
        self._set_ticks(ids, on=True)

    @Slot(bool)
    def set_running(self, running: bool) -> None:
        """Tell whether training goes on: what would start another run waits until it ends."""
        self._running = running
        self._follow()

    # What can be asked

    @property
    def ticked(self) -> list[str]:
        """The runs to lie over the loss plot, in the order they were ticked."""
        return self._slots.ids

    def slot_of(self, run_id: str) -> int | None:
        """Return the number that gives a ticked run its colour and dashes, None if it is not ticked."""
        return self._slots.of(run_id)

    def title_of(self, run_id: str) -> str:
        """Return what a run is called; "" for one that is not here."""
        run = self._model.run(run_id)
        return self._texts.title(run) if run else ""

    def layout_state(self) -> QByteArray:
        """Return how the table is set up, to be remembered."""
        return self._table.layout_state()

    def restore_layout(self, state: QByteArray) -> None:
        """Bring that back; what cannot be read leaves the table as it is."""
        self._table.restore_layout(state)

    # How it is put together

    def _lay_out(self) -> None:
        self.setFocusProxy(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACING // 2, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self._bar)
        column.addWidget(self._fault)
        column.addWidget(self._undo)
        halves = splitter("runs_halves", Qt.Orientation.Horizontal, (self._table, self._pane), (3, 2))
        halves.setSizes([900, 1100])
        column.addWidget(halves, 1)

    def _connect_actions(self) -> None:
        do = self.actions_
        self._table.addActions([do.load, do.rename, do.delete])
        for action, order in (
            (do.load, self.load_requested),
            (do.replay, self.replay_requested),
            (do.resume, self.continue_requested),
            (do.export, self.export_requested),
        ):
            action.triggered.connect(lambda _=False, order=order: self._order(order))
        do.import_.triggered.connect(self.import_requested)
        do.baseline.triggered.connect(self.baseline_requested)
        do.rename.triggered.connect(self._table.rename)
        do.pin.triggered.connect(self._pin)
        do.delete.triggered.connect(self._delete)
        do.untick.triggered.connect(lambda: self._set_ticks(self._slots.ids, False))
        do.compare.triggered.connect(self._compare)
        do.notes.triggered.connect(self._take_notes)

    def _connect_parts(self) -> None:
        table = self._table
        table.chosen.connect(self._follow)
        table.ticked.connect(self._set_ticks)
        table.activated_run.connect(self.actions_.load.trigger)
        table.menu_asked.connect(self._open_menu)
        self._model.renamed.connect(self.renamed)
        # Queued: the view is still busy with the very cell that was clicked.
        self._model.tick_asked.connect(self._set_ticks, Qt.ConnectionType.QueuedConnection)
        self._bar.search.searched.connect(self._search)
        self._undo.undone.connect(self._restore)
        self._pane.closed.connect(self._close_pane)
        self._pane.notes.written.connect(self._annotate)

    # What the person does

    def _order(self, order: SignalInstance) -> None:
        order.emit(self._table.selected()[0].id)

    def _set_ticks(self, ids: Sequence[str], on: bool) -> None:
        before = self._slots.ids
        if on:
            self._full = not self._slots.tick(ids)
        else:
            self._full = False
            self._slots.untick(ids)
        self._show_faults()
        if self._slots.ids != before:
            self._model.refresh_ticks()
            self._follow()
            self.overlay_changed.emit(self._slots.ids)

    def _search(self, query: Query) -> None:
        self._query = query
        self._table.filter.search(query)
        self._refresh()

    def _pin(self, on: bool) -> None:
        for run in self._table.selected():
            if run.pinned != on:
                self._model.put(replace(run, pinned=on))
                self.pinned.emit(run.id, on)
        self._refresh()

    def _annotate(self, run_id: str, notes: str) -> None:
        run = self._model.run(run_id)
        if run is not None:
            self._model.put(replace(run, notes=notes))
            self.annotated.emit(run_id, notes)
            self._refresh()

    def _delete(self) -> None:
        runs = [run for run in self._table.selected() if run.outcome is not Outcome.RUNNING]
        if not runs:
            return
        row = self._table.row_of(runs[0].id) or 0
        for run in runs:
            self._model.take(run.id)
        self._set_ticks([run.id for run in runs], False)
        self._undo.deleted(runs)
        self._table.go_to_row(row)
        self._refresh()
        self.deleted.emit([run.id for run in runs])

    def _restore(self, runs: Sequence[RunSummary]) -> None:
        for run in runs:
            self._model.put(run)
        self._table.select([run.id for run in runs])
        self._table.setFocus()
        self._refresh()
        self.restored.emit([run.id for run in runs])

    def _compare(self, on: bool) -> None:
        chosen = self._table.selected()
        if on and len(chosen) > 1:
            self._set_ticks([run.id for run in chosen], True)
        self._turn_to(self._pane.differences, on)

    def _take_notes(self, on: bool) -> None:
        self._turn_to(self._pane.notes, on)

    def _turn_to(self, page: QWidget, on: bool) -> None:
        if on:
            self._pane.open_page(page)
            self._follow()
            page.setFocus()
        else:
            self._close_pane()

    def _close_pane(self) -> None:
        self._pane.hide()
        self._follow()
        self._table.setFocus()

    def _open_menu(self, place: QPoint) -> None:
        self.actions_.menu(self).popup(place)

    # What follows from it

    def _refresh(self) -> None:
        """Bring all but the table up to date with the runs there are."""
        shown, total = self._table.filter.rowCount(), self._model.rowCount()
        self._bar.show_count(shown, total)
        self._show_faults()
        self._table.show_hint()
        self._follow()

    def _show_faults(self) -> None:
        full = self.tr("%n run(s) at most can lie over the plot.", "", MOST) if self._full else ""
        self._fault.say(f"{self._bar.search.explain(self._query)} {full}".strip())

    def _follow(self) -> None:
        """Bring actions and pane up to date with what is selected and ticked."""
        selected = self._table.selected()
        ticked = [run for run_id in self._slots.ids if (run := self._model.run(run_id))]
        self.actions_.notes.setChecked(self._pane.takes_notes)
        self.actions_.compare.setChecked(self._pane.compares)
        self.actions_.follow(selected, len(ticked), running=self._running)
        compared = selected if len(selected) > 1 else ticked
        self._pane.follow(compared[:MOST], selected[0] if len(selected) == 1 else None)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Runs"))
        self._texts.retranslate()
        for part in (self.actions_, self._table, self._bar, self._pane, self._undo):
            part.retranslate()
        self._refresh()
