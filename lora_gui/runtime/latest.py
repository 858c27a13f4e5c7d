"""One thing at a time in a thread of its own, and of all that waits only the newest."""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

log = logging.getLogger(__name__)

Job = Callable[[], object]


class Latest(QThread):
    """Does what was asked for last; what a newer wish has overtaken is never begun.

    The thread starts with the first wish and waits for more until `shutdown`.

    Signals:
        found: what a job returned; one that failed is in the log and returns nothing.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._over = False

    def ask(self, job: Job) -> None:
        """Do `job` as soon as the one in progress is over; after `shutdown`, never."""
        if self._over:
            return
        self._jobs.put(job)
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def shutdown(self) -> None:
        """Wait for the job in progress and end the thread, as before the window closes."""
        self._over = True
        if self.isRunning():
            self._jobs.put(None)
            self.wait()

    def run(self) -> None:
        """Work until `shutdown`."""
        while (job := self._newest()) is not None:
            try:
                result = job()
            except (Exception, SystemExit):
                log.exception("A computation beside the training failed")
            else:
                self.found.emit(result)

    def _newest(self) -> Job | None:
        job = self._jobs.get()
        try:
            # None comes last, so nothing that follows it is lost.
            while job is not None:
                job = self._jobs.get_nowait()
        except Empty:
            pass
        return job
