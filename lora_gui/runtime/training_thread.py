"""The thread in which a run is trained."""

import logging
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from lora_gui.domain.config import ConfigError
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.picture import Watch
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Change
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.training_loop import TrainingLoop, WakeUp

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer

log = logging.getLogger(__name__)


class TrainingThread(QThread):
    """Runs one TrainingLoop, whatever happens in it, and says how it ended.

    Signals:
        ended: a RunEnd, once, as the last thing the thread does.

    Attributes:
        end: the same RunEnd, None before; for those who cannot wait for a signal.

    """

    # object, because Signal(int) is 32-bit and Signal(list) copies.
    ended = Signal(object)

    def __init__(
        self,
        plan: RunPlan,
        speed: float | None,
        *,
        one_step: bool,
        watch: Watch | None = None,
        checkpoint: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Train `plan`; its state comes from, and goes to, the file `checkpoint`."""
        super().__init__(parent)
        self._plan = plan
        self._checkpoint = checkpoint
        self.end: RunEnd | None = None
        self.loop = TrainingLoop(
            self._prepare,
            speed,
            one_step=one_step,
            watch=watch,
            interrupted=self.isInterruptionRequested,
            keep=self._keep,
        )

    def run(self) -> None:
        """Train; every exception becomes the end of the run, since one that left a QThread would be lost."""
        try:
            end = self.loop.run()
        except (ConfigError, NotEnoughMemory) as error:
            log.warning("The run cannot be trained: %s", error)
            end = RunEnd(RunState.FAILED, 0, error=error)
        except (Exception, SystemExit) as error:
            log.exception("The run failed: %s", self._plan)
            end = RunEnd(RunState.FAILED, 0, error=error, details=traceback.format_exc())
        self.end = end
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
        from lora_gui.engine.resuming import trainer_for

        # The number of threads holds for the thread that sets it, so it is set in this one.
        torch.set_num_threads(choose_threads(self._plan.config))
        return trainer_for(self._plan, self._checkpoint, self.isInterruptionRequested)

    def _keep(self, trainer: "BaseTrainer", changes: tuple[Change, ...]) -> None:
        from lora_gui.engine.resuming import keep_state

        if self._checkpoint:
            keep_state(trainer, replace(self._plan, changes=self._plan.changes + changes), self._checkpoint)
