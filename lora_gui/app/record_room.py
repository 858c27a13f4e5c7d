"""Joins the runs on disk to the window: every run is kept, listed, overlaid, replayed and taken up again."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Slot

from lora_gui.app.insights import Insights
from lora_gui.app.tasks import Job, Tasks
from lora_gui.domain.config import RunConfig
from lora_gui.domain.record import Outcome, RunRecord, RunSummary
from lora_gui.domain.run import RunEnd
from lora_gui.runtime import background
from lora_gui.runtime.recorder import Recorder, info_now
from lora_gui.runtime.records import Records
from lora_gui.runtime.session import Session
from lora_gui.storage.errors import StoreError
from lora_gui.storage.store import RunStore
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.plots.overlaid import OverlayRun
from lora_gui.ui.record_messages import (
    describe_exported,
    describe_file_error,
    describe_no_epochs_left,
    describe_replay,
    describe_store_error,
    describe_task_error,
    describe_unreadable,
)
from lora_gui.ui.runs.files import RunFiles

BASELINES = ("full", "bias", "none")
"""What an adapter is compared with."""
GROWN = 1.1
"""Times the length drawn at which a run that goes on is read anew; that takes longer as it grows."""


class RecordRoom(QObject):
    """Keeps the runs of one window; lives as long as the window."""

    def __init__(
        self, window: MainWindow, session: Session, insights: Insights, title_of: Callable[[str], str]
    ) -> None:
        """Join them; `title_of` tells what people call a device."""
        super().__init__(window)
        self._window, self._session, self._insights = window, session, insights
        self._tab = window.tabs.runs
        self._title_of = title_of
        self._records = Records(parent=self)
        self._recorder = Recorder(session, self._records, title_of, self)
        self._tasks = Tasks(window.task_line, self)
        self._overlaid: dict[str, RunRecord] = {}
        self._to_tick: set[str] = set()
        self._take_orders()
        self._records.listed.connect(self._tab.show_runs)
        self._records.updated.connect(self._on_updated)
        self._records.troubled.connect(self._on_trouble)
        session.ended.connect(self._on_ended)

    def close(self) -> None:
        """Write what waits; the session has ended by now."""
        self._tasks.shutdown()
        self._records.close()

    def _take_orders(self) -> None:
        tab, files, submit = self._tab, RunFiles(self._window, self._tab), self._records.submit
        tab.load_requested.connect(self._load)
        tab.overlay_changed.connect(self._lay_over)
        tab.replay_requested.connect(self._replay)
        tab.continue_requested.connect(self._go_on)
        tab.baseline_requested.connect(self._train_baselines)
        tab.renamed.connect(lambda run_id, name: submit(RunStore.rename, run_id, name))
        tab.pinned.connect(lambda run_id, pinned: submit(RunStore.pin, run_id, pinned))
        tab.annotated.connect(lambda run_id, notes: submit(RunStore.annotate, run_id, notes))
        tab.deleted.connect(lambda ids: [submit(RunStore.delete, run_id) for run_id in ids])
        tab.restored.connect(lambda ids: [submit(RunStore.restore, run_id) for run_id in ids])
        files.export_chosen.connect(self._export)
        files.import_chosen.connect(self._import)

    # What comes from the disk

    @Slot(object)
    def _on_updated(self, run: RunSummary) -> None:
        self._tab.update_run(run)
        if run.id in self._to_tick and run.epochs:
            self._to_tick.remove(run.id)
            self._tab.tick([run.id])
        elif run.id in self._overlaid:
            drawn = len(self._overlaid[run.id].losses)
            if run.epochs > GROWN * drawn or (run.epochs != drawn and run.outcome is not Outcome.RUNNING):
                del self._overlaid[run.id]
            self._lay_over(self._tab.ticked)

    @Slot(object)
    def _on_trouble(self, error: StoreError) -> None:
        self._window.show_message(describe_store_error(error))

    @Slot(object)
    def _on_ended(self, _end: RunEnd) -> None:
        if self._session.epoch and (floor := self._insights.floor) is not None:
            self._records.submit(RunStore.set_floor, self._session.course.run_id, floor)

    # What a person wants

    @Slot(str)
    def _load(self, run_id: str) -> None:
        if record := self._read(run_id):
            self._window.open_config(record.config)

    @Slot(list)
    def _lay_over(self, ids: Sequence[str]) -> None:
        known = {run_id: self._overlaid.get(run_id) or self._read(run_id) for run_id in ids}
        self._overlaid = {run_id: record for run_id, record in known.items() if record}
        self._window.plot.show_overlays(
            [
                OverlayRun(
                    id=run_id,
                    name=self._tab.title_of(run_id),
                    losses=record.losses,
                    clock=record.clock,
                    slot=self._tab.slot_of(run_id) or 0,
                )
                for run_id, record in self._overlaid.items()
            ]
        )

    @Slot(str)
    def _replay(self, run_id: str) -> None:
        record, title = self._read(run_id), self._tab.title_of(run_id)
        if record:
            self._tasks.run(
                Job(
                    self.tr("Replaying {run}").format(run=title),
                    partial(background.replay, record),
                    lambda result: self._window.show_message(describe_replay(result, title)),
                    self._say_not_trained,
                )
            )

    @Slot(str)
    def _go_on(self, run_id: str) -> None:
        session = self._session
        if session.state.is_active:
            return
        if session.course.run_id != run_id:
            record = self._read(run_id)
            if not record:
                return
            session.open(run_id, record)
        self._window.open_config(session.config)
        if session.can_go_on(session.config):
            session.go_on(session.config)
        else:
            self._window.show_message(describe_no_epochs_left(session.epoch))

    @Slot()
    def _train_baselines(self) -> None:
        config = self._window.config
        device = self._title_of(config.device)
        runs = {uuid4().hex: info_now(baseline, device) for baseline in baselines(config)}
        self._to_tick |= runs.keys()
        self._tasks.run(
            Job(
                self.tr("Training the baselines"),
                partial(background.train, runs, self._records),
                lambda _: None,  # they lie over the plot from their first epochs on
                self._say_not_trained,
            )
        )
        # Beside the adapter's own run, if that is not the one shown already.
        if config.has_adapter and (self._session.config != config or not self._session.epoch):
            self._session.start(config)

    @Slot(str, str)
    def _export(self, run_id: str, path: str) -> None:
        if record := self._read(run_id):
            self._tasks.run(
                Job(
                    self.tr("Writing {file}").format(file=path),
                    partial(background.export, record, Path(path)),
                    lambda _: self._window.show_message(describe_exported(path)),
                    partial(self._say_file_failed, path),
                )
            )

    @Slot(list)
    def _import(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._tasks.run(
                Job(
                    self.tr("Reading {file}").format(file=path),
                    partial(background.import_, Path(path), self._records),
                    lambda _: None,  # it appears in the table
                    partial(self._say_file_failed, path),
                )
            )

    def _say_file_failed(self, path: str, error: BaseException) -> None:
        self._window.show_message(describe_file_error(error, path))

    def _say_not_trained(self, error: BaseException) -> None:
        self._window.show_message(describe_task_error(error))

    def _read(self, run_id: str) -> RunRecord | None:
        try:
            return self._records.load(run_id)
        except (StoreError, ValueError, TypeError) as error:
            self._window.show_message(describe_unreadable(error))
            return None


def baselines(config: RunConfig) -> list[RunConfig]:
    """Return the runs that one of `config` is compared with."""
    return [config.with_("method", method) for method in BASELINES]
