"""A small chart painted by itself: two axes with a grid, and a value to point at by mouse and by keys."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from lora_gui.ui.plots.curves import mixed
from lora_gui.ui.plots.key import SAMPLE, Key, Row
from lora_gui.ui.plots.ticks import Tick, ticks
from lora_gui.ui.theme import theme, theme_switch

Floats = NDArray[np.float64]

GAP = 6.0
"""Pixels between the axes and their numbers."""
X_SPACING, Y_SPACING = 70, 34
"""Pixels from one number to the next, about."""
MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class Axis(NamedTuple):
    """What one axis shows; on a logarithmic one, `low` and `high` are powers of ten."""

    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False

    def place(self, values: Floats) -> Floats:
        """Return the values in axis units, NaN where they have no place."""
        if not self.log:
            return values
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)


class Chart(QWidget):
    """Paints axes, grid and a message, and keeps what is pointed at; a subclass paints its data.

    Attributes:
        across, up: the axes.
        message: shown in the middle instead of data, if any.
        pointed: index of the value pointed at, None for none.

    Signals:
        pointing: `pointed` is another one, perhaps.

    """

    pointing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.across, self.up = Axis(), Axis()
        self.title = self.across_title = self.message = ""
        self.legend: list[Row] = []
        self.pointed: int | None = None
        self._margin_key: object = None
        self._margin_width = 0.0
        theme_switch().changed.connect(self.update)

    def places(self) -> Floats:
        """Return where on the x axis (axis units, rising) there are values to point at."""
        raise NotImplementedError

    def paint_data(self, painter: QPainter) -> None:
        """Paint the data into `area`, to which the painter is clipped."""
        raise NotImplementedError

    def reading(self, index: int) -> tuple[str, list[Row]]:
        """Return what to say about a value: a title, and a row for each curve."""
        raise NotImplementedError

    def summary(self) -> str:
        """Return what a screen reader says while nothing is pointed at."""
        return self.message

    def ticks_across(self, width: float) -> list[Tick]:
        """Return what stands along the x axis of so many pixels."""
        low, high, log, whole = self.across
        return ticks(low, high, max(int(width / X_SPACING), 2), log=log, whole=whole)

    @property
    def metrics(self) -> QFontMetricsF:
        """Sizes of the text painted here."""
        return QFontMetricsF(self.font())

    @property
    def area(self) -> QRectF:
        """Where the data go, in pixels."""
        metrics, left = self.metrics, self._margin()
        top = metrics.height() * (1.4 if self.title or self.legend else 0.5)
        bottom = metrics.height() * (2.2 if self.across_title else 1.2) + GAP
        return QRectF(left, top, self.width() - left - 2 * GAP, self.height() - top - bottom)

    def point(self, x: float, y: float) -> QPointF:
        """Return the pixel of a point (axis units)."""
        area, (left, right, *_), (low, high, *_) = self.area, self.across, self.up
        return QPointF(
            area.left() + area.width() * (x - left) / (right - left),
            area.bottom() - area.height() * (y - low) / (high - low),
        )

    def points(self, x: Floats, y: Floats) -> list[QPointF]:
        """Return the pixels of the points (axis units) that have a place."""
        area, (left, right, *_), (low, high, *_) = self.area, self.across, self.up
        known = np.isfinite(x) & np.isfinite(y)
        px = area.left() + area.width() * (x[known] - left) / (right - left)
        py = area.bottom() - area.height() * (y[known] - low) / (high - low)
        return [QPointF(a, b) for a, b in zip(px.tolist(), py.tolist(), strict=True)]

    def index_at(self, pixel: float) -> int | None:
        """Return the value nearest to a pixel's column, None without values."""
        places = self.places()
        if not len(places):
            return None
        area, (left, right, *_) = self.area, self.across
        return int(np.abs(places - (left + (pixel - area.left()) / area.width() * (right - left))).argmin())

    def point_at(self, index: int | None) -> None:
        """Point at another value, and tell a screen reader what is there."""
        self.pointed = index
        text = self.summary()
        if index is not None:
            title, rows = self.reading(index)
            text = ", ".join([title, *(f"{row.name} {row.value}" for row in rows)])
        self.setAccessibleDescription(text)
        self.update()
        self.pointing.emit()

    def sizeHint(self) -> QSize:
        """Return a size in which everything can be read."""
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least that is still a chart."""
        return QSize(150, 110)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is nearest."""
        self.point_at(self.index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point with the arrows, page keys, Home and End; Escape lets go."""
        last = len(self.places()) - 1
        key = Qt.Key(event.key())
        if last < 0 or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in MOVES:
            start = self.pointed if self.pointed is not None else (-1 if MOVES[key] > 0 else last + 1)
            self.point_at(min(max(start + MOVES[key], 0), last))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.point_at(0 if key == Qt.Key.Key_Home else last)
        elif key == Qt.Key.Key_Escape and self.pointed is not None:
            self.point_at(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys work here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys no longer work here."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint from the back to the front."""
        painter = QPainter(self)
        area, colours = self.area, theme()
        self._paint_axes(painter, area)
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.line), 1))
        painter.drawRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.message:
            self._paint_message(painter, area)
        else:
            painter.save()
            painter.setClipRect(area.adjusted(-6, -6, 6, 6))
            self.paint_data(painter)
            painter.restore()
        self._paint_legend(painter, area)
        if self.pointed is not None and self.pointed < len(self.places()):
            self._paint_reading(painter, area, self.pointed)
        painter.end()

    def _margin(self) -> float:
        # Many places ask for the area at each painting, and its numbers seldom change.
        key = (self.height(), self.up, self.font().key(), QLocale().name())
        if key != self._margin_key:
            widths = [self.metrics.horizontalAdvance(tick.text) for tick in self._ticks_up(self.height())]
            self._margin_key, self._margin_width = key, max(widths, default=0.0) + 2 * GAP
        return self._margin_width

    def _ticks_up(self, height: float) -> list[Tick]:
        return ticks(self.up.low, self.up.high, max(int(height / Y_SPACING), 2), log=self.up.log)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        colours, metrics = theme(), self.metrics
        grid, numbers = QPen(mixed(colours.line, colours.card, 0.75), 1), QPen(QColor(colours.muted))
        height = metrics.height()
        low = self.across.low
        for tick in self._ticks_up(area.height()):
            y = round(self.point(low, tick.position).y())
            painter.setPen(grid)
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(numbers)
            text = QRectF(0, y - height / 2, area.left() - GAP, height)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
        for tick in self.ticks_across(area.width()):
            x = round(self.point(tick.position, self.up.low).x())
            painter.setPen(grid)
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
            painter.setPen(numbers)
            wide = max(X_SPACING, metrics.horizontalAdvance(tick.text))
            text = QRectF(x - wide / 2, area.bottom() + GAP / 2, wide, height)
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, tick.text)
        painter.setPen(numbers)
        below = QRectF(area.left(), self.height() - height - 1, area.width(), height)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.across_title)
        if self.title:
            painter.drawText(QRectF(0, 0, self.width(), height), Qt.AlignmentFlag.AlignLeft, self.title)

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        # Above the data, in one line from the right: inside it would cover some of them.
        metrics, x = self.metrics, area.right()
        for row in reversed(self.legend):
            x -= metrics.horizontalAdvance(row.name)
            painter.setPen(QColor(theme().text))
            painter.drawText(QPointF(x, metrics.ascent()), row.name)
            painter.setPen(row.pen)
            y = round(metrics.height() / 2) + 0.5
            painter.drawLine(QLineF(x - GAP - SAMPLE, y, x - GAP, y))
            x -= 3 * GAP + SAMPLE

    def _paint_message(self, painter: QPainter, area: QRectF) -> None:
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = area.adjusted(GAP, GAP, -GAP, -GAP)
        ground = painter.boundingRect(room, flags, self.message).adjusted(-GAP, -GAP, GAP, GAP)
        painter.fillRect(ground, QColor(theme().card))
        painter.setPen(QColor(theme().muted))
        painter.drawText(room, flags, self.message)

    def _paint_reading(self, painter: QPainter, area: QRectF, index: int) -> None:
        x = round(self.point(float(self.places()[index]), self.up.low).x())
        painter.setPen(QPen(QColor(theme().muted), 1))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        key = Key(*self.reading(index), self.metrics)
        left = x + GAP if x + GAP + key.width <= self.width() else max(x - GAP - key.width, 0)
        top = min(area.top() + GAP, self.height() - key.height)
        key.paint(painter, QRectF(left, top, key.width, key.height), theme(), framed=True)
