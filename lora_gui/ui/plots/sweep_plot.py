"""The final loss against one field: every run a point, the mean over the seeds a line in a band."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from lora_gui.domain.spots import Spot, Spread
from lora_gui.ui.plots import sweep_marks
from lora_gui.ui.plots.chart import Chart, Floats
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.sweep_layers import Layers
from lora_gui.ui.plots.sweep_scale import Scale, loss_axis
from lora_gui.ui.plots.sweep_texts import SpotTexts
from lora_gui.ui.plots.ticks import Tick
from lora_gui.ui.theme import theme_switch

SEED_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class SweepPlot(Chart):
    """Spots in the order of their values; the arrows go from value to value, and from seed to seed.

    Signals:
        opened(object): a run was chosen: its index in the sweep.

    Attributes:
        spots: the runs at each value.
        seed: place of the seed pointed at, in `spots[pointed].runs`.

    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_plot")
        self.spots: tuple[Spot, ...] = ()
        self.seed = 0
        self._scale = Scale()
        self._spread = Spread.EXTREMES
        self._elbow: int | None = None
        self._texts = SpotTexts(self)
        theme_switch().changed.connect(self._refresh)
        self._retranslate()

    def show_spots(
        self,
        scale: Scale,
        spots: Sequence[Spot],
        *,
        elbow: int | None = None,
        spread: Spread = Spread.EXTREMES,
    ) -> None:
        """Show the runs at the values of `scale`; `elbow` is the place of the value to point out."""
        if scale.values != self._scale.values or scale.title != self._scale.title:
            self.pointed, self.seed = None, 0
        self._scale, self.spots = scale, tuple(spots)
        self._elbow, self._spread = elbow, spread
        self.across, self.across_title = scale.axis, scale.title
        floors = [spot.floor for spot in spots if spot.floor is not None]
        self.up = loss_axis(
            np.array([*floors, *(loss for spot in spots for loss in spot.losses)], np.float64)
        )
        self._refresh()

    def places(self) -> Floats:
        """Return where the values stand."""
        return self._scale.places

    def ticks_across(self, width: float) -> list[Tick]:
        """Return the values themselves, as far as there is room."""
        return self._scale.ticks(width, self.metrics)

    def reading(self, index: int) -> tuple[str, list[Row]]:
        """Return what the runs at one value say, beginning with that of the seed pointed at."""
        title = f"{self._scale.title} {self._scale.texts[index]}"
        return title, self._texts.rows(self.spots[index], self.seed, self._spread)

    def summary(self) -> str:
        """Return what a screen reader says while nothing is pointed at."""
        elbow = "" if self._elbow is None else self._texts.elbow(self._scale.texts[self._elbow])
        return ". ".join(filter(None, (elbow, self.toolTip())))

    def paint_data(self, painter: QPainter) -> None:
        """Paint from the back to the front."""
        layers = Layers(self, painter, self._scale, self._spread, self._texts)
        layers.paint_lost(self.spots)
        layers.paint_bands(self.spots)
        layers.paint_floor(self.spots)
        chosen = None if self.pointed is None else (self.pointed, self.seed)
        layers.paint_runs(self.spots, chosen)
        if self._elbow is not None:
            layers.paint_elbow(self.spots, self._elbow)

    def point_at(self, index: int | None) -> None:
        """Point at another value, at the same seed."""
        super().point_at(index if index is not None and index < len(self.spots) else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the run nearest to the mouse."""
        self._point_near(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the run nearest to the mouse."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._point_near(event)
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from seed to seed in the order of their losses, or open the run; the rest is the chart's."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self.pointed is None:
            super().keyPressEvent(event)
        elif key in SEED_STEPS:
            order = sorted(range(len(self.spots[self.pointed].runs)), key=self._heights(self.pointed).item)
            at = order.index(self.seed) + SEED_STEPS[key]
            self.seed = order[min(max(at, 0), len(order) - 1)]
            self.point_at(self.pointed)
        elif key in OPENING:
            self._open()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _point_near(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().x())
        if index is not None:
            area, (low, high, *_) = self.area, self.up
            height = low + (area.bottom() - event.position().y()) / area.height() * (high - low)
            self.seed = int(np.abs(self._heights(index) - height).argmin())
        self.point_at(index)

    def _open(self) -> None:
        if self.pointed is not None:
            self.opened.emit(self.spots[self.pointed].first + self.seed)

    def _heights(self, index: int) -> Floats:
        """Return where the runs of a spot stand; those without a loss at the top, where the crosses are."""
        finals = [sweep_marks.final_of(run) for run in self.spots[index].runs]
        places = self.up.place(np.array(finals, np.float64))
        return np.where(np.isfinite(places), places, self.up.high)

    def _refresh(self) -> None:
        if self.spots:
            self.seed = min(self.seed, len(self.spots[0].runs) - 1)
        self.legend = self._texts.legend(self.spots, self._spread)
        self.point_at(self.pointed)

    def _retranslate(self) -> None:
        self.title = self.tr("Final loss")
        self.setAccessibleName(self.tr("Final loss against the swept setting"))
        self.setToolTip(
            self.tr(
                "Every point is a run. Click on one, or choose it with the arrow keys and press Enter, to"
                " load its settings."
            )
        )
        self._refresh()
