"""The crosshair: which epoch it points at, and what the curves say there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from PySide6.QtCore import QLocale, QObject, QPointF, QRectF
from PySide6.QtGui import QColor, QPen

from lora_gui.ui.plots.frame import Frame
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.runs import Reading, Runs
from lora_gui.ui.plots.ticks import loss_text


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
    """Points at a whole epoch of `runs`, or (epoch None) at nothing."""

    def __init__(self, runs: Runs, parent: QObject) -> None:
        super().__init__(parent)
        self._runs = runs
        self.epoch: int | None = None

    def point(self, epoch: float) -> None:
        """Point at the whole epoch nearest to `epoch` that any curve has."""
        last = self._runs.last_epoch
        self.epoch = round(min(max(epoch, 1), last)) if last else None

    def step(self, pixels: float, frame: Frame) -> None:
        """Go so many pixels on, one epoch at least; infinity is an end of the run."""
        forward = pixels > 0
        if self.epoch is None and isfinite(pixels):
            # In from the edge that the key comes from.
            self.point(frame.epoch(frame.low if forward else frame.high))
            return
        here = self.epoch or 1
        there = frame.epoch(frame.position(here) + pixels * frame.pixel)
        self.point(max(there, here + 1) if forward else min(there, here - 1))

    def crosshair(
        self,
        area: QRectF,
        place: Callable[[float, float], QPointF],
        pens: Mapping[str, QPen],
        names: Mapping[str, str],
    ) -> Crosshair | None:
        """Return what to draw, None when the epoch is not in sight.

        `place` says where in `area` (pixels) a loss of an epoch lies; `pens` and `names` go by the curve.
        """
        if self.epoch is None:
            return None
        x = place(self.epoch, 1.0).x()
        if not area.left() - 1 <= x <= area.right() + 1:
            return None
        readings = self._runs.at(self.epoch)
        return Crosshair(
            x,
            [(place(r.epoch, r.loss), pens[r.kind].color()) for r in readings],
            self.tr("Epoch {epoch}").format(epoch=_whole(self.epoch)),
            [Row(self._name(r, names), pens[r.kind], loss_text(r.loss)) for r in readings],
        )

    def _name(self, reading: Reading, names: Mapping[str, str]) -> str:
        name = names[reading.kind]
        if reading.epoch == self.epoch:
            return name
        return self.tr("{curve}, epoch {epoch}").format(curve=name, epoch=_whole(reading.epoch))


def _whole(epoch: int) -> str:
    return QLocale().toString(epoch)
