"""What the tests of sweeps share; no torch, so that a process which is to die is soon there."""

import os
import signal
import time
from pathlib import Path

from lora_gui.domain.config import RunConfig
from lora_gui.domain.sweep_plan import Piece
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.sweeps import worker
from lora_gui.sweeps.crew import Processes, Result
from lora_gui.sweeps.training import train


def results(piece: Piece) -> tuple[SweepRun, ...]:
    """Train a piece without any job."""
    stretches = train(piece)
    while True:
        try:
            next(stretches)
        except StopIteration as end:
            runs: tuple[SweepRun, ...] = end.value
            return runs


def alone(config: RunConfig, index: int = 0) -> SweepRun:
    """Train one run by itself."""
    (run,) = results(Piece(((index, config),), together=False, seconds=1.0))
    return run


class FragileProcesses(Processes):
    """One process, which dies at its first piece; the next one lives."""

    def __init__(self, mark: Path) -> None:
        super().__init__(1)
        self._mark = mark

    def submit(self, piece: Piece) -> Result:
        return self._pool.submit(_die_once, self._mark, piece)


def _die_once(mark: Path, piece: Piece) -> tuple[SweepRun, ...]:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return worker.work(piece)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
    raise AssertionError("unreachable")
