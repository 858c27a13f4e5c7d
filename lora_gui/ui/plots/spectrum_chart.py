"""Singular values of the update that was learned, over those of the one to be found."""

import numpy as np
from PySide6.QtCore import QEvent, QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from lora_gui.domain.spectrum import Floats, Spectrum
from lora_gui.ui import numbers
from lora_gui.ui.plots.chart import Axis, Chart
from lora_gui.ui.plots.curves import line_pen
from lora_gui.ui.plots.key import Row
from lora_gui.ui.theme import theme, theme_switch

DECADES = 10
"""Powers of ten below the largest value that a logarithmic axis shows."""
BAR = 0.6
"""Width of a bar, as a share of the distance between two."""
MOST_BAR = 28.0
"""Pixels of the widest bar."""


class SpectrumChart(Chart):
    """Learned values as bars, the target's as strokes across them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spectrum_chart")
        self.log_y = False
        self.learned: Spectrum | None = None
        self.target: Spectrum | None = None
        self._target_name = self._nothing = ""
        theme_switch().changed.connect(self._arrange)
        self._retranslate()

    def show_spectra(
        self, learned: Spectrum | None, target: Spectrum | None, target_name: str, nothing: str = ""
    ) -> None:
        """Show these, None for what is not known.

        `target_name` says what the target is, `nothing` why there is neither, where a run is under way.
        """
        self.learned, self.target, self._target_name, self._nothing = learned, target, target_name, nothing
        self._arrange()

    def set_log_y(self, on: bool) -> None:
        """Show values on a logarithmic axis or a plain one."""
        self.log_y = on
        self._arrange()

    def places(self) -> Floats:
        """Return the numbers of the values, from 1."""
        count = max((len(s.values) for s in (self.learned, self.target) if s is not None), default=0)
        return np.arange(1, count + 1, dtype=np.float64)

    def reading(self, index: int) -> tuple[str, list[Row]]:
        """Return both values of one number."""
        rows = [
            Row(name, pen, numbers.figures(float(spectrum.values[index])))
            for name, pen, spectrum in self._shown()
            if index < len(spectrum.values)
        ]
        return self.tr("Singular value {number}").format(number=numbers.count(index + 1)), rows

    def paint_data(self, painter: QPainter) -> None:
        """Paint bars, then the strokes over them."""
        area, colours = self.area, theme()
        distance = area.width() / (self.across.high - self.across.low)
        if self.learned is not None:
            width = max(min(BAR * distance, MOST_BAR), 1.0)
            painter.setPen(
                QPen(QColor(colours.trainable), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            for point in self._points(self.learned):
                painter.drawLine(QLineF(point.x(), area.bottom(), point.x(), point.y()))
        if self.target is not None:
            painter.setPen(self._target_pen())
            half = max(min(0.45 * distance, MOST_BAR), 1.0)
            for point in self._points(self.target):
                painter.drawLine(QLineF(point.x() - half, point.y(), point.x() + half, point.y()))

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _points(self, spectrum: Spectrum) -> list:  # type: ignore[type-arg]
        values = spectrum.values
        heights = self.up.place(np.maximum(values, 10.0**self.up.low) if self.up.log else values)
        return self.points(np.arange(1, len(values) + 1, dtype=np.float64), heights)

    def _shown(self) -> list[tuple[str, QPen, Spectrum]]:
        shown = []
        if self.learned is not None:
            shown.append((self.tr("ΔW, learned"), line_pen(theme().trainable, 4), self.learned))
        if self.target is not None:
            shown.append((self._target_name, self._target_pen(), self.target))
        return shown

    def _target_pen(self) -> QPen:
        return line_pen(theme().accent, 2)

    def _arrange(self) -> None:
        shown = self._shown()
        self.legend = [Row(name, pen) for name, pen, _ in shown]
        self.message = "" if shown else self._nothing or self.tr("Press Start to train.")
        count = max(len(self.places()), 1)
        self.across = Axis(0.4, count + 0.6, whole=True)
        values = np.concatenate([s.values for *_, s in shown]) if shown else np.empty(0)
        highest = float(np.max(values[np.isfinite(values)], initial=0.0)) or 1.0
        if self.log_y:
            self.up = Axis(*self._decades(values, highest), log=True)
        elif not 0.75 * self.up.high <= highest <= self.up.high or self.up.log:
            # With some air, so that the axis need not move with every picture.
            self.up = Axis(0.0, 1.15 * highest)
        self.setAccessibleDescription(self.summary())
        self.update()

    def _decades(self, values: Floats, highest: float) -> tuple[float, float]:
        known = values[values > highest * 10.0**-DECADES]
        top = float(np.log10(highest))
        bottom = float(np.log10(known.min())) if len(known) else top - 1
        return bottom - 0.1 * (top - bottom) - 0.2, top + 0.1 * (top - bottom) + 0.1

    def _retranslate(self) -> None:
        self.across_title = self.tr("Singular values σ, from the largest")
        self.setAccessibleName(self.tr("Singular values of ΔW"))
        self._arrange()
