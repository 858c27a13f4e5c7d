"""Grid lines and axis numbers from one list of ticks per axis.

pyqtgraph's showGrid costs 15 to 20 ms at every repaint; one curve of separate strokes costs a third of one.
"""

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from lora_gui.ui.plots.curves import line_pen, mixed
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.ticks import Tick, ticks
from lora_gui.ui.theme import Theme

X_SPACING = 95
Y_SPACING = 42
"""Pixels from one number to the next, about."""


class Grid:
    """The ticks of both axes of a plot: numbers beside it, lines behind the curves."""

    def __init__(self, view: pg.ViewBox, left: pg.AxisItem, bottom: pg.AxisItem) -> None:
        self._view, self._left, self._bottom = view, left, bottom
        self._ticks: dict[pg.AxisItem, list[Tick]] = {}
        self._lines = pg.PlotCurveItem(connect="pairs", antialias=False)
        self._lines.setZValue(-10)
        view.addItem(self._lines, ignoreBounds=True)
        for axis in (left, bottom):
            axis.enableAutoSIPrefix(False)
            # A width that only grows: the plot does not jump as the numbers change.
            axis.setStyle(tickLength=0, tickTextOffset=8, autoReduceTextSpace=False, hideOverlappingLabels=24)

    def wear(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._lines.setPen(line_pen(mixed(theme.line, theme.card, 0.75), 1))
        for axis in (self._left, self._bottom):
            axis.setPen(line_pen(theme.line, 1))
            axis.setTextPen(QColor(theme.muted))

    def update(self, options: PlotOptions) -> None:
        """Put ticks into what the plot shows now."""
        view = self._view
        (left, right), (bottom, top) = view.viewRange()
        whole = not options.by_seconds
        across = ticks(left, right, max(int(view.width() / X_SPACING), 2), log=options.log_x, whole=whole)
        up = ticks(bottom, top, max(int(view.height() / Y_SPACING), 2), log=options.log_y)
        if whole:
            across = [tick for tick in across if tick.position >= (0 if options.log_x else 1)]
        elif not options.log_x:
            across = [tick for tick in across if tick.position >= 0]
        # pyqtgraph lays the numbers out anew whenever it is given some, which takes a millisecond an axis.
        for axis, of_axis in ((self._bottom, across), (self._left, up)):
            if self._ticks.get(axis) != of_axis:
                self._ticks[axis] = of_axis
                axis.setTicks([of_axis])
        lines = [(tick.position, bottom, tick.position, top) for tick in across]
        lines += [(left, tick.position, right, tick.position) for tick in up]
        ends = np.array(lines, np.float64).reshape(-1, 2)
        self._lines.setData(ends[:, 0], ends[:, 1])
