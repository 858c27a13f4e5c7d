"""How a person likes to see the losses: a value that settings can remember."""

from dataclasses import dataclass

MAX_SMOOTHING = 0.99


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """Logarithmic or linear axes, smoothing from 0 (the losses as they are) to 0.99, epochs or seconds.

    A logarithmic loss is the default: it shows the last tenth of a per cent as well as the first drop.
    Smoothing out of its limits, from a settings store edited by hand say, is brought back into them.
    """

    log_x: bool = False
    log_y: bool = True
    smoothing: float = 0.0
    by_seconds: bool = False

    def __post_init__(self) -> None:
        # not (a >= b) is true for NaN too.
        smoothing = 0.0 if not self.smoothing >= 0 else min(float(self.smoothing), MAX_SMOOTHING)
        object.__setattr__(self, "smoothing", smoothing)
