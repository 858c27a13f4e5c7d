"""Keeps a record of every run of a session, as it goes."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Slot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.record import Outcome, RunInfo, Versions
from lora_gui.domain.run import RunEnd
from lora_gui.runtime.records import Records
from lora_gui.runtime.session import Session
from lora_gui.storage.store import RunStore


class Recorder(QObject):
    """Follows a session; a run that is refused before its first epoch leaves no record."""

    def __init__(
        self,
        session: Session,
        records: Records,
        title_of: Callable[[str], str] = lambda device: device,
        parent: QObject | None = None,
    ) -> None:
        """Begin to follow; `title_of` tells what people call a device."""
        super().__init__(parent)
        self._title_of = title_of
        self._session = session
        self._records = records
        self._run_id = ""
        session.checkpoint_of = records.checkpoint_path
        session.begun.connect(self._on_begun)
        session.trained.connect(self._on_trained)
        session.changed.connect(self._on_changed)
        session.ended.connect(self._on_ended)

    @Slot(object)
    def _on_begun(self, plan: RunPlan) -> None:
        self._run_id = self._session.course.run_id
        if plan.epoch:
            self._records.submit(RunStore.resume, self._run_id)
        else:
            self._records.begin(self._run_id, info_now(plan.config, self._title_of(plan.config.device)))

    @Slot(object)
    def _on_trained(self, advance: Advance) -> None:
        seconds = self._session.course.seconds
        self._records.append(self._run_id, advance.losses, advance.evaluations, seconds=seconds)

    @Slot(object, object)
    def _on_changed(self, change: Change, _before: float) -> None:
        if self._run_id:  # else a run of the past is opened
            seconds = self._session.course.seconds
            self._records.append(self._run_id, changes=(change,), seconds=seconds)

    @Slot(object)
    def _on_ended(self, end: RunEnd) -> None:
        run_id, self._run_id = self._run_id, ""
        if not run_id:
            return
        if end.evaluation and end.evaluation.is_finite:
            seconds = self._session.course.seconds
            self._records.append(run_id, evaluations=(end.evaluation,), seconds=seconds)
        self._records.finish(run_id, Outcome(end.state))


def info_now(config: RunConfig, device: str) -> RunInfo:
    """Return what is known of a run of `config` that begins now on a device that people call `device`."""
    return RunInfo(
        config=config,
        started=datetime.now(UTC),
        outcome=Outcome.RUNNING,
        device=device,
        versions=Versions.here(),
    )
