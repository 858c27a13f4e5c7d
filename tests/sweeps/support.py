"""What the tests of sweeps share."""

from lora_gui.domain.config import RunConfig
from lora_gui.domain.sweep_plan import Piece
from lora_gui.domain.sweep_results import SweepRun
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
