"""One piece of work beside the training, in a thread of its own."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

log = logging.getLogger(__name__)

Work = Callable[["Task"], object]


class Task(QThread):
    """Does `work`, which tells how far it is and looks now and then whether to end.

    Signals:
        progressed: how much is done, and of how much.
        done: what the work returned; not if it was interrupted.
        failed: the exception that ended it.
    """

    progressed = Signal(object, object)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """Work; every exception becomes a signal, since one that left a QThread would be lost."""
        try:
            result = self._work(self)
        except (Exception, SystemExit) as error:
            log.exception("A task failed")
            self.failed.emit(error)
        else:
            if not self.interrupted:
                self.done.emit(result)

    @property
    def interrupted(self) -> bool:
        """Whether the work is to end soon."""
        return self.isInterruptionRequested()

    def tell(self, done: int, total: int) -> None:
        """Say how far the work is."""
        self.progressed.emit(done, total)
