"""A record run again, from its config and its changes alone, and compared."""

import time

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.pace import Pace
from lora_gui.domain.record import Outcome, RunRecord, verify
from lora_gui.domain.replay import ReplayResult
from lora_gui.engine.trainers import make_trainer


class Replay:
    """One replay, to be advanced until it is finished.

    Attributes:
        trainer: runs it.
        losses: what it gave so far, in parts.

    """

    def __init__(self, record: RunRecord) -> None:
        """Prepare; raises what make_trainer raises."""
        self._record = record
        # A run that diverged must do so again, in the epoch after its last loss.
        self._until = len(record.losses) + (record.outcome is Outcome.DIVERGED)
        self._pace = Pace()
        self.trainer = make_trainer(record.config, record.changes)
        self.losses: list[NDArray[np.float64]] = []

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.trainer.finished or self.trainer.epoch >= self._until

    def advance(self) -> NDArray[np.float64]:
        """Train for a moment; returns the losses."""
        start, epochs = time.perf_counter(), min(self._pace.due, self._until - self.trainer.epoch)
        losses = self.trainer.advance(epochs).losses
        self._pace.done(epochs, time.perf_counter() - start)
        self.losses.append(losses)
        return losses

    def result(self) -> ReplayResult:
        """Compare, bit for bit."""
        record, replayed = self._record, np.concatenate([np.empty(0), *self.losses])
        epoch = verify(record, replayed)
        return ReplayResult(
            epochs=len(record.losses),
            differs_at=epoch,
            recorded=_at(record.losses, epoch),
            replayed=_at(replayed, epoch),
            versions=record.versions,
        )


def _at(losses: NDArray[np.float32] | NDArray[np.float64], epoch: int | None) -> float | None:
    return float(losses[epoch - 1]) if epoch and epoch <= len(losses) else None
