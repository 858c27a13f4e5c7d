"""The thread in which a sweep is run."""

import logging
import traceback
from collections.abc import Collection

from PySide6.QtCore import QObject, QThread, Signal

from lora_gui.domain.config import ConfigError
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepEnd
from lora_gui.sweeps.job import SweepJob

log = logging.getLogger(__name__)


class SweepThread(QThread):
    """Runs one SweepJob, whatever happens in it; a new sweep takes a new thread.

    Signals:
        advanced: a SweepNews, at most ten times a second: the runs that ended since, and the progress.
        ended: a SweepEnd, once, as the last thing the thread does.
    """

    advanced = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        sweep: Sweep,
        *,
        known: Collection[int] = (),
        jobs: int | None = None,
        scheduler: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Plan `sweep` as SweepJob does; `start()` begins."""
        super().__init__(parent)
        self.job = SweepJob(sweep, known=known, jobs=jobs, scheduler=scheduler, tell=self.advanced.emit)

    def run(self) -> None:
        """Run the sweep; every exception becomes its end, since one that left a QThread would be lost."""
        try:
            end = self.job.run()
        except (ConfigError, NotEnoughMemory) as error:
            end = SweepEnd(RunState.FAILED, error)
        except (Exception, SystemExit) as error:
            log.exception("The sweep failed")
            end = SweepEnd(RunState.FAILED, error, traceback.format_exc())
        self.ended.emit(end)

    def stop(self, wait_ms: int = 0) -> bool:
        """Ask the sweep to end after the epochs in progress, and wait for it up to `wait_ms`.

        Returns whether the thread has ended. What is over by then has been told.
        """
        self.job.cancel()
        return self.wait(wait_ms) if wait_ms else self.isFinished()
