"""The runs on disk as the window sees them: listed, brought up to date, changed, never waited for."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RunInfo, RunRecord
from lora_gui.storage.errors import StoreError, UnavailableStoreError
from lora_gui.storage.place import default_path
from lora_gui.storage.store import RunStore, checkpoint_path
from lora_gui.storage.writer import RecordWriter

log = logging.getLogger(__name__)

P = ParamSpec("P")


class Records(QObject):
    """Writes in a thread of its own; reads in the window's, which takes no time worth mentioning.

    Signals:
        listed: every run there is, a list of RunSummary.
        updated: the RunSummary of a run that was written.
        troubled: a StoreError; each trouble is told once.

    """

    listed = Signal(object)
    updated = Signal(object)
    troubled = Signal(object)
    # From the writer's thread to this object's.
    _written = Signal(object)
    _failed = Signal(object)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        """Open the runs at `path`, or those of this person; the first `listed` follows soon."""
        super().__init__(parent)
        self._path = path or default_path()
        self._reader: RunStore | None = None
        self._closed = False
        self._written.connect(self._on_written)
        self._failed.connect(self.troubled)
        self._writer = RecordWriter(self._path, self._pass_on(self._failed), self._pass_on(self._written))

    def checkpoint_path(self, run_id: str) -> Path:
        """Return where the state of a run is kept."""
        return checkpoint_path(self._path, run_id)

    def load(self, run_id: str) -> RunRecord:
        """Return a whole run; raises StoreError, or ValueError or TypeError for one that makes no sense."""
        if not self._reader:
            raise UnavailableStoreError(self._path, "the runs are not open")
        return self._reader.load(run_id)

    # Orders, from any thread

    def begin(self, run_id: str, info: RunInfo) -> None:
        """Keep a new run of this process."""
        self.submit(RunStore.begin, run_id, info)

    def append(
        self,
        run_id: str,
        losses: NDArray[np.floating[Any]] | None = None,
        evaluations: Sequence[Evaluation] = (),
        changes: Sequence[Change] = (),
        *,
        seconds: float,
    ) -> None:
        """Add what a run gave; the array must not be written to any more."""
        losses = np.empty(0) if losses is None else losses
        self._writer.append(run_id, losses, evaluations, changes, seconds=seconds)

    def finish(self, run_id: str, outcome: Outcome) -> None:
        """Say how a run ended."""
        self._writer.finish(run_id, outcome)

    def submit(
        self,
        method: Callable[Concatenate[RunStore, str, P], None],
        run_id: str,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Have a method of RunStore called for a run, as in `submit(RunStore.rename, run_id, "best")`."""
        self._writer.submit(method, run_id, *args, **kwargs)

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        if not self._writer.close():
            log.error("The last changes to the runs were not written in time")
        self._closed = True
        self._close_reader()

    @Slot(object)
    def _on_written(self, run_id: str | None) -> None:
        if self._closed:
            return
        try:
            if run_id is None or not self._reader:
                self._close_reader()
                self._reader = RunStore(self._path)
                self.listed.emit(self._reader.summaries())
            elif summary := self._reader.summary(run_id):
                self.updated.emit(summary)
        except StoreError as error:
            log.exception("The runs could not be read")
            self.troubled.emit(error)

    def _pass_on(self, signal: Any) -> Callable[[object], None]:
        def emit(value: object) -> None:
            # A disk that hangs may let go of the writer when the window is long gone.
            if not self._closed:
                signal.emit(value)

        return emit

    def _close_reader(self) -> None:
        if self._reader:
            self._reader.close()
            self._reader = None
