"""The crosshair: which epoch it points at, and what the curves say there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from PySide6.QtCore import QLocale, QObject, QPointF, QRectF
from PySide6.QtGui import QColor, QPen

from lora_gui.ui.plots.frame import Frame
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.runs import Reading, Runs
from lora_gui.ui.plots.ticks import loss_text, number


@dataclass(frozen=True, slots=True)
class Crosshair:
    """The epoch pointed at: the pixel its line stands on, points on the curves there, and what they say."""

    x: float
    dots: list[tuple[QPointF, QColor]]
    title: str
    rows: list[Row]

    @property
    def text(self) -> str:
        """All of it in one line, for a screen reader."""
        return ", ".join([self.title, *(f"{row.name} {row.value}" for row in self.rows)])


class Pointer(QObject):
    """Points at a whole epoch of `runs`, or at a second, or (at None) at nothing.

    Attributes:
        at: the value on the x axis.
        by_seconds: whether that is a second.

    """

    def __init__(self, runs: Runs, parent: QObject) -> None:
        super().__init__(parent)
        self._runs = runs
        self.at: float | None = None
        self.by_seconds = False

    def point(self, value: float) -> None:
        """Point at the whole epoch, or the second, nearest to `value` that any curve has."""
        last = self._runs.end(by_seconds=self.by_seconds)
        if not last:
            self.at = None
        else:
            self.at = min(max(value, 0.0), last) if self.by_seconds else round(min(max(value, 1), last))

    def step(self, pixels: float, frame: Frame) -> None:
        """Go so many pixels on, one epoch at least; infinity is an end of the run."""
        least = 0 if self.by_seconds else 1
        forward = pixels > 0
        if self.at is None and isfinite(pixels):
            # In from the edge that the key comes from.
            self.point(frame.value(frame.low if forward else frame.high))
            return
        here = self.at or least
        there = frame.value(frame.position(here) + pixels * frame.pixel)
        self.point(max(there, here + least) if forward else min(there, here - least))

    def crosshair(
        self,
        area: QRectF,
        place: Callable[[float, float], QPointF],
        pens: Mapping[str, QPen],
        names: Mapping[str, str],
    ) -> Crosshair | None:
        """Return what to draw, None when the value is not in sight.

        `place` says where in `area` (pixels) a loss at a value of the x axis lies; `pens` and `names` go
        by the curve.
        """
        if self.at is None:
            return None
        x = place(self.at, 1.0).x()
        if not area.left() - 1 <= x <= area.right() + 1:
            return None
        readings = self._runs.at(self.at, by_seconds=self.by_seconds)
        return Crosshair(
            x,
            [(place(r.at, r.loss), pens[r.kind].color()) for r in readings],
            self._title(self.at),
            [Row(self._name(r, names), pens[r.kind], loss_text(r.loss)) for r in readings],
        )

    def _title(self, at: float) -> str:
        if self.by_seconds:
            return self.tr("{seconds} s in training").format(seconds=number(at, 4))
        return self.tr("Epoch {epoch}").format(epoch=_whole(round(at)))

    def _name(self, reading: Reading, names: Mapping[str, str]) -> str:
        name = names[reading.kind]
        if reading.epoch == self.at and not self.by_seconds:
            return name
        return self.tr("{curve}, epoch {epoch}").format(curve=name, epoch=_whole(reading.epoch))


def _whole(epoch: int) -> str:
    return QLocale().toString(epoch)
