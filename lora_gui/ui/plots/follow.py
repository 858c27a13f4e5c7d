"""Which ranges to show while the view follows a run that grows."""

from math import floor, log10

from lora_gui.ui.plots.frame import Extent
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.runs import Runs

STEPS = (1, 1.5, 2, 3, 4, 6, 8, 10)
DECADES = 4
X_PADDING = 0.015
Y_PADDING = 0.06
SLACK = 0.6
"""The data may shrink to this share of the height before the y axis closes in on it."""


def shown_end(epochs: int, planned: int) -> int:
    """Return the last epoch to show when `epochs` of `planned` are done.

    The axis grows in steps of a fifth to a half: at most a third of the width stays empty, the curve is seen
    growing, and the axis is redrawn now and then, not thirty times a second. It never promises more than is
    planned. Before the first epoch it shows the plan.
    """
    if epochs == 0:
        return max(planned, 2)
    if planned <= epochs:
        return max(epochs, 2)
    unit = 10.0 ** floor(log10(epochs))
    step = next(round(factor * unit) for factor in STEPS if factor * unit >= epochs)
    return max(min(max(step, 10), planned), 2)


def end(runs: Runs, planned: int, options: PlotOptions) -> float:
    """Return where the x axis of `runs` ends (epochs or seconds) while it follows the one shown."""
    if options.by_seconds:
        return shown_seconds(runs.end(by_seconds=True))
    overlaid = runs.overlaid_end(by_seconds=False)
    if overlaid and not runs.epochs:
        return max(overlaid, 2)
    return max(shown_end(runs.epochs, planned), overlaid)


def shown_seconds(seconds: float) -> float:
    """Return the last second to show when a run has trained for so long; it grows in the same steps."""
    if seconds <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(seconds))
    return next(factor * unit for factor in STEPS if factor * unit >= seconds * (1 - 1e-9))


def x_range(end: float, options: PlotOptions) -> tuple[float, float]:
    """Return the x range (axis units) that shows the epochs from 1 to `end`, or the seconds from 0.

    Logarithmic seconds begin four powers of ten before the end.
    """
    first, last = (0.0, log10(end)) if options.log_x else (1.0, float(end))
    if options.by_seconds:
        first = last - DECADES if options.log_x else 0.0
    padding = X_PADDING * (last - first)
    return first - padding, last + padding


def y_range(extent: Extent, options: PlotOptions) -> tuple[float, float]:
    """Return a y range (axis units) with some air around `extent`; around 1 when that is empty."""
    if not extent:
        return (-1.0, 1.0) if options.log_y else (0.0, 1.0)
    span = extent.high - extent.low
    # A constant loss gets a range of its own size; the last term keeps zero from having none.
    padding = Y_PADDING * span or (0.05 if options.log_y else 0.05 * abs(extent.high) or 1.0)
    return extent.low - padding, extent.high + padding


def fits(shown: tuple[float, float], extent: Extent, options: PlotOptions) -> bool:
    """Return whether the y range `shown` still suits `extent`, so that the axis can stand still."""
    low, high = shown
    inside = low <= extent.low and extent.high <= high
    needed = y_range(extent, options)
    return inside and needed[1] - needed[0] >= SLACK * (high - low)
