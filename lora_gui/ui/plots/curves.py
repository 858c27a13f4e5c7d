"""The curves: training, test and the previous run, drawn from views that cost the same for any length."""

from math import frexp, isfinite

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from lora_gui.domain.history import LossHistory
from lora_gui.ui.plots.evaluations import EvaluationPoints
from lora_gui.ui.plots.frame import Extent, Floats, Frame, extent_within
from lora_gui.ui.plots.runs import Runs
from lora_gui.ui.plots.smoothing import smooth
from lora_gui.ui.plots.thinning import thin
from lora_gui.ui.theme import Theme

SYMBOL_SPACING = 25
"""Pixels that each evaluation needs, about, to have a symbol of its own; closer ones would hide the line."""

CALM = 8
"""A curve that travels up and down this many times its own height is noise.

An antialiased line of width 2 costs 2 ms for 3600 points of a calm curve and 39 ms for as many of noise,
which one of width 1 draws in a millisecond, and more legibly.
"""

TOLERANCE = 0.125
"""Pixels that a line may miss a loss by; at most twice as many after the view has changed a little."""


def mixed(colour: str, ground: str, share: float) -> QColor:
    """Return `colour` thinned with `ground`: a faint colour that is still opaque, which paints far faster."""
    a, b = QColor(colour), QColor(ground)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(share * over + (1 - share) * under) for over, under in pairs))


def line_pen(colour: str | QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen whose width is in pixels however the plot is scaled."""
    pen = QPen(QColor(colour), width, style)
    pen.setCosmetic(True)
    return pen


class RunCurve:
    """One run's losses: the losses themselves, and over them, when smoothing is on, their smooth line."""

    def __init__(self, view: pg.ViewBox, depth: int, *, raw_behind: bool) -> None:
        self._view = view
        self._raw_behind = raw_behind
        self._raw, self._line = _curve(view, depth), _curve(view, depth + 1)
        self._full = self._faint = QPen()
        self._key: object = None
        self._drawn = Extent()
        self.gaps = False

    def wear(self, full: QPen, faint: QPen) -> None:
        """Draw with these pens: `full` for the line that counts, `faint` for what it smooths."""
        self._full, self._faint, self._key = full, faint, None

    def remove(self) -> None:
        """Take the curve out of the plot."""
        self._view.removeItem(self._raw)
        self._view.removeItem(self._line)

    def draw(self, history: LossHistory | None, frame: Frame) -> Extent:
        """Draw what `frame` shows of `history` and return how far it reaches up and down.

        `gaps` says afterwards whether a visible loss has no place on the axis.
        """
        # The history itself, not its id: a new run may get the address of one just freed.
        key = (history, len(history) if history else 0, frame, _magnification(self._view))
        if key != self._key:
            self._key = key
            self._drawn = self._redraw(history, frame)
        return self._drawn

    def _redraw(self, history: LossHistory | None, frame: Frame) -> Extent:
        if not history:
            self.gaps = False
            _clear(self._raw)
            _clear(self._line)
            return Extent()
        view = frame.fold(history)
        x = frame.x(view.epochs)
        low, high, mean = frame.y(view.low), frame.y(view.high), frame.y(view.mean)
        self.gaps = frame.options.log_y and bool((view.low <= 0).any())
        if not frame.options.smoothing:
            _clear(self._line)
            self._draw_raw(x, low, high, self._full)
            return extent_within(frame, x, low, high)
        y = smooth(mean, frame.options.smoothing)
        _set(self._view, self._line, x, y, self._full)
        if not self._raw_behind:
            _clear(self._raw)
            return extent_within(frame, x, y)
        self._draw_raw(x, low, high, self._faint)
        return extent_within(frame, x, low, high, y)

    def _draw_raw(self, x: Floats, low: Floats, high: Floats, pen: QPen) -> None:
        if np.array_equal(low, high, equal_nan=True):
            _set(self._view, self._raw, x, high, pen)
            return
        # Down and up at each bucket: a vertical stroke per pixel or so, from the lowest to the highest loss.
        zigzag = np.empty(2 * len(x))
        zigzag[0::2], zigzag[1::2] = high, np.where(np.isnan(low), high, low)
        _set(self._view, self._raw, np.repeat(x, 2), zigzag, pen)


class TestCurve:
    """The losses on held-out data: a dashed line, with symbols while they are few."""

    __test__ = False

    def __init__(self, view: pg.ViewBox, depth: int) -> None:
        self._view = view
        self._line = _curve(view, depth)
        self._symbols = pg.ScatterPlotItem(size=7, symbol="s", pxMode=True)
        self._symbols.setZValue(depth)
        view.addItem(self._symbols, ignoreBounds=True)
        self._pen = QPen()
        self._key: object = None
        self._drawn = Extent()
        self.gaps = False

    def wear(self, pen: QPen) -> None:
        """Draw with this pen."""
        self._pen, self._key = pen, None
        self._symbols.setPen(None)
        self._symbols.setBrush(pen.color())

    def draw(self, points: EvaluationPoints, frame: Frame) -> Extent:
        """Draw what `frame` shows of `points` and return how far it reaches up and down."""
        key = (points, len(points), frame, _magnification(self._view))
        if key != self._key:
            self._key = key
            self._drawn = self._redraw(points, frame)
        return self._drawn

    def _redraw(self, points: EvaluationPoints, frame: Frame) -> Extent:
        epochs, losses = points.between(frame.epoch(frame.low), frame.epoch(frame.high), frame.pixels // 2)
        x, y = frame.x(epochs), frame.y(losses)
        self.gaps = frame.options.log_y and bool((losses <= 0).any())
        _set(self._view, self._line, x, y, self._pen)
        shown = np.isfinite(y) & (len(y) * SYMBOL_SPACING <= frame.pixels)
        self._symbols.setData(x[shown], y[shown])
        return extent_within(frame, x, y)


class Curves:
    """All curves of the loss plot, from the back to the front."""

    def __init__(self, view: pg.ViewBox) -> None:
        self._previous = RunCurve(view, 1, raw_behind=False)
        self._training = RunCurve(view, 3, raw_behind=True)
        self._test = TestCurve(view, 5)
        self.pens: dict[str, QPen] = {}

    def wear(self, theme: Theme) -> None:
        """Draw in the colours of `theme`. `pens` then has the pens of training, test and previous."""
        training = line_pen(theme.trainable, 2)
        previous = line_pen(mixed(theme.muted, theme.card, 0.65), 1)
        self._training.wear(training, line_pen(mixed(theme.trainable, theme.card, 0.35), 1))
        self._previous.wear(previous, previous)
        test = line_pen(theme.good, 2, Qt.PenStyle.CustomDashLine)
        test.setDashPattern([3, 2])
        test.setCapStyle(Qt.PenCapStyle.FlatCap)  # others grow into the gaps
        self._test.wear(test)
        self.pens = {"training": training, "test": test, "previous": previous}

    def draw(self, runs: Runs, frame: Frame) -> Extent:
        """Draw what `frame` shows of each and return how far they reach up and down.

        A previous run that diverged counts up to where it began: it must not press the run shown flat.
        """
        by_seconds = frame.options.by_seconds
        history, points, previous = runs.drawn(by_seconds=by_seconds)
        # Clocks of a run that grows are made anew at each frame, so only where they are read.
        own, before = (frame.by(runs.clock_of(h)) if by_seconds else frame for h in (history, previous))
        behind = self._previous.draw(previous, before)
        shown = self._training.draw(history, own) | self._test.draw(points, own)
        if shown and previous and isfinite(start := frame.height(previous.at(1) or 0.0)):
            behind = Extent(behind.low, min(behind.high, start))
        return shown | behind

    @property
    def gaps(self) -> bool:
        """True when a visible loss has no place on a logarithmic axis."""
        return self._training.gaps or self._test.gaps or self._previous.gaps


def _curve(view: pg.ViewBox, depth: int) -> pg.PlotCurveItem:
    curve = pg.PlotCurveItem(connect="finite", antialias=True)
    curve.setZValue(depth)
    view.addItem(curve, ignoreBounds=True)
    return curve


def _clear(curve: pg.PlotCurveItem) -> None:
    curve.setData(np.empty(0), np.empty(0))
    curve.hide()


def _set(view: pg.ViewBox, curve: pg.PlotCurveItem, x: Floats, y: Floats, pen: QPen) -> None:
    known = y[np.isfinite(y)]
    if not len(known):
        _clear(curve)
        return
    height = float(np.ptp(known))
    if np.abs(np.diff(known)).sum() > CALM * height:
        pen = QPen(pen)
        pen.setWidthF(1)
    tolerance = TOLERANCE * min(height, _span(view)) / max(view.height(), 1.0)
    curve.setData(*thin(x, y, tolerance), pen=pen)
    curve.show()


def _span(view: pg.ViewBox) -> float:
    low, high = view.viewRange()[1]
    return float(high - low)


def _magnification(view: pg.ViewBox) -> int:
    """Return a number that changes when the view shows about half, or twice, as much of the y axis."""
    return frexp(_span(view))[1]
