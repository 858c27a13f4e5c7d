"""Asks for merge checks: of the training thread, or of one of its own once the run has ended."""

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lora_gui.domain.proof import MergeCheck, MergeFailure
from lora_gui.runtime.training_loop import CheckMerge, TrainingLoop

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
    """Has one run checked; to ask again before the answer has come changes nothing.

    Signals:
        checked: a MergeCheck or MergeFailure.

    Attributes:
        prover: makes the checks of a run that has ended; None before.

    """

    checked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.prover: Prover | None = None
        self._asked = False
        self._thread: _MergeThread | None = None

    def ask(self, loop: TrainingLoop | None) -> None:
        """Have the adapter merged and unmerged, by `loop` while a run is under way."""
        if loop:
            self._asked = True
            loop.send(CheckMerge())
        elif self.prover and self._thread is None:
            self._thread = _MergeThread(self.prover, self)
            self._thread.finished.connect(self._on_finished)
            self._thread.start()

    def answer(self, result: MergeCheck | MergeFailure) -> None:
        """Tell what the training thread found."""
        self._asked = False
        self.checked.emit(result)

    def take_over(self, loop: TrainingLoop) -> None:
        """Make the checks from now on: the thread of `loop` is over."""
        # Taken, not shared: what the loop keeps would outlive the next run's start.
        self.prover, loop.prover = loop.prover, None
        asked, self._asked = self._asked, False
        if asked:  # too late for the thread to hear
            self.ask(None)

    def forget(self) -> None:
        """Let go of the run."""
        self.prover, self._asked = None, False

    def shutdown(self) -> None:
        """Wait for the thread, as before the window closes."""
        if self._thread:
            self._thread.wait()

    @Slot()
    def _on_finished(self) -> None:
        thread, self._thread = self._thread, None
        if thread:
            thread.wait()
            if thread.prover is self.prover:  # else another run has begun meanwhile
                self.checked.emit(thread.result)
            thread.deleteLater()
