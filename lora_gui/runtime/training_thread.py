"""The thread in which a run is trained."""

import logging
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Watch
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.training_loop import TrainingLoop, WakeUp

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer

log = logging.getLogger(__name__)


class TrainingThread(QThread):
    """Runs one TrainingLoop, whatever happens in it, and says how it ended.

    Signals:
        ended: a RunEnd, once, as the last thing the thread does.
    """

    # object, because Signal(int) is 32-bit and Signal(list) copies.
    ended = Signal(object)

    def __init__(
        self,
        config: RunConfig,
        speed: float | None,
        *,
        one_step: bool,
        watch: Watch | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._config = config
        self.loop = TrainingLoop(
            self._prepare, speed, one_step=one_step, watch=watch, interrupted=self.isInterruptionRequested
        )

    def run(self) -> None:
        """Train; every exception becomes the end of the run, since one that left a QThread would be lost."""
        try:
            end = self.loop.run()
        except (Exception, SystemExit) as error:
            log.exception("The run failed: %s", self._config)
            end = RunEnd(RunState.FAILED, 0, error=error, details=traceback.format_exc())
        self.ended.emit(end)

    def stop(self, wait_ms: int = 0) -> bool:
        """Ask the run to end after the epochs in progress, and wait for it up to `wait_ms`.

        Returns whether the thread has ended.
        """
        self.requestInterruption()
        self.loop.send(WakeUp())
        return self.wait(wait_ms) if wait_ms else self.isFinished()

    def _prepare(self) -> "BaseTrainer":
        # Here and not at the top: torch takes a second to import, and the window paints first.
        import torch

        from lora_gui.engine.device import choose_threads
        from lora_gui.engine.trainers import make_trainer

        # The number of threads holds for the thread that sets it, so it is set in this one.
        torch.set_num_threads(choose_threads(self._config))
        return make_trainer(self._config)
