"""Makes the merge check of a run that has ended, without holding up the window."""

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lora_gui.domain.proof import MergeCheck, MergeFailure

if TYPE_CHECKING:
    from lora_gui.engine.checks import Prover

log = logging.getLogger(__name__)


class _MergeThread(QThread):
    # The training thread, which obeys CheckMerge while a run goes on, is gone by then.

    def __init__(self, prover: "Prover", parent: QObject) -> None:
        super().__init__(parent)
        self.prover = prover
        self.result: MergeCheck | MergeFailure | None = None

    def run(self) -> None:
        try:
            self.result = self.prover.check_merge()
        except Exception as error:
            log.exception("The merge check failed")
            self.result = MergeFailure(error)


class Merging(QObject):
    """Checks one run at a time; to ask again before the answer has come changes nothing.

    Signals:
        checked: the Prover that was asked, and its MergeCheck or MergeFailure.
    """

    checked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _MergeThread | None = None

    def ask(self, prover: "Prover") -> None:
        """Merge and unmerge the adapter of the run that `prover` knows."""
        if self._thread is None:
            self._thread = _MergeThread(prover, self)
            self._thread.finished.connect(self._on_finished)
            self._thread.start()

    def shutdown(self) -> None:
        """Wait for the thread, as before the window closes."""
        if self._thread:
            self._thread.wait()

    @Slot()
    def _on_finished(self) -> None:
        thread, self._thread = self._thread, None
        if thread:
            thread.wait()
            self.checked.emit(thread.prover, thread.result)
            thread.deleteLater()
