"""The curves of the runs that lie over the one shown, each in a colour and dashes of its own."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QPen

from lora_gui.ui.plots.curves import RunCurve
from lora_gui.ui.plots.frame import Extent, Frame
from lora_gui.ui.plots.overlaid import OverlaidRun
from lora_gui.ui.plots.palette import overlay_pen
from lora_gui.ui.theme import Theme

DEPTH = 1
"""Behind the run shown."""


class OverlaidCurves:
    """The curves of the overlaid runs, from the first to the last."""

    def __init__(self, view: pg.ViewBox) -> None:
        self._view = view
        self._curves: dict[OverlaidRun, RunCurve] = {}
        self._theme: Theme | None = None
        self.pens: dict[str, QPen] = {}

    def show(self, runs: Sequence[OverlaidRun]) -> None:
        """Draw exactly these from now on."""
        for run in [run for run in self._curves if run not in runs]:
            self._curves.pop(run).remove()
        for run in runs:
            if run not in self._curves:
                self._curves[run] = RunCurve(self._view, DEPTH, raw_behind=False)
        if self._theme:
            self.wear(self._theme)

    def wear(self, theme: Theme) -> None:
        """Draw in the colours of `theme`; `pens` then has the pen of each run by its kind."""
        self._theme = theme
        self.pens = {run.kind: overlay_pen(run.run.slot, theme) for run in self._curves}
        for run, curve in self._curves.items():
            curve.wear(self.pens[run.kind], self.pens[run.kind])

    def draw(self, frame: Frame) -> Extent:
        """Draw what `frame` shows of each, and return how far they reach up and down."""
        found = Extent()
        for run, curve in self._curves.items():
            found |= curve.draw(run.history, frame.by(run.clock))
        return found

    @property
    def gaps(self) -> bool:
        """Whether a visible loss has no place on a logarithmic axis."""
        return any(curve.gaps for curve in self._curves.values())
