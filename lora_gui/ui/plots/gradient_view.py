"""The gradients tab: how strongly each epoch pulls at A and B, and how far the update has moved W0."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from lora_gui.domain.history import LossHistory
from lora_gui.ui import numbers
from lora_gui.ui.cards import prose_label
from lora_gui.ui.plots.chart import Axis, Chart, Floats
from lora_gui.ui.plots.curves import line_pen
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.ticks import loss_text
from lora_gui.ui.theme import theme, theme_switch

CURVES = ("gradient_A", "gradient_B", "update")
MOST_DOTS = 60
"""Points that each get a dot; more would hide the line."""


class GradientChart(Chart):
    """‖∇A‖, ‖∇B‖ and ‖ΔW‖ / ‖W0‖ over the epochs, logarithmic; exact zeros stand on the lower edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradient_chart")
        self.log_x = False
        self._epochs: Floats = np.empty(0)
        self._values: dict[str, Floats] = {name: np.empty(0) for name in CURVES}
        self._names: dict[str, str] = {}
        self._epochs_done = 0
        self._pens: dict[str, QPen] = {}
        theme_switch().changed.connect(self._wear)
        self._wear()
        self.retranslate()

    def show_history(self, history: LossHistory | None) -> None:
        """Show the norms that a run has by now."""
        norms = history.norms if history else []
        self._epochs_done = len(history) if history else 0
        self._epochs = np.array([n.epoch for n in norms], np.float64)
        self._values = {name: np.array([getattr(n, name) for n in norms], np.float64) for name in CURVES}
        self._arrange()

    def set_log_x(self, on: bool) -> None:
        """Show logarithmic epochs or plain ones."""
        self.log_x = on
        self._arrange()

    @property
    def zeros(self) -> dict[str, Floats]:
        """The epochs at which a curve is exactly zero, by its name."""
        found = {name: self._epochs[values == 0] for name, values in self._values.items()}
        return {name: epochs for name, epochs in found.items() if len(epochs)}

    def places(self) -> Floats:
        """Return the epochs measured."""
        return self.across.place(self._epochs)

    def reading(self, index: int) -> tuple[str, list[Row]]:
        """Return what was measured at one epoch."""
        title = self.tr("Epoch {epoch}").format(epoch=numbers.count(int(self._epochs[index])))
        return title, [
            Row(self._names[name], self._pens[name], _text(float(self._values[name][index])))
            for name in CURVES
        ]

    def paint_data(self, painter: QPainter) -> None:
        """Paint each curve, and the zeros that a logarithmic axis has no place for."""
        x = self.places()
        for name in reversed(CURVES):
            points = self.points(x, self.up.place(self._values[name]))
            painter.setPen(self._pens[name])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(points))
            if len(points) <= MOST_DOTS:
                painter.setBrush(self._pens[name].color())
                painter.setPen(Qt.PenStyle.NoPen)
                for point in points:
                    painter.drawEllipse(point, 2.5, 2.5)
            self._paint_zeros(painter, name)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Take every text from the language in force."""
        self.across_title = self.tr("Epoch")
        self.setAccessibleName(self.tr("Norms of gradients and update"))
        self._names = {
            "gradient_A": self.tr("‖∇A‖", "norm of a gradient"),
            "gradient_B": self.tr("‖∇B‖", "norm of a gradient"),
            "update": self.tr("‖ΔW‖ / ‖W₀‖", "ratio of norms"),
        }
        self._arrange()

    def _arrange(self) -> None:
        some = len(self._epochs) > 0
        if some:
            self.message = ""
        elif self._epochs_done:
            self.message = self.tr("This run trains no adapter.")
        else:
            self.message = self.tr("Press Start to train.")
        self.legend = [Row(self._names[name], self._pens[name]) for name in CURVES] if some else []
        last = max(float(self._epochs[-1]) if some else 10.0, 2.0)
        end = np.log10(last) if self.log_x else last
        start = 0.0 if self.log_x else 1.0
        spare = 0.015 * (end - start)
        # There is no epoch 0 to be written at the left.
        self.across = Axis(start - min(spare, 0.4), end + spare, self.log_x, whole=True)
        every = np.concatenate([v[v > 0] for v in self._values.values()]) if some else np.empty(0)
        low, high = (np.log10(every.min()), np.log10(every.max())) if len(every) else (-1.0, 1.0)
        spare = 0.08 * (high - low) or 0.5
        self.up = Axis(float(low - spare), float(high + spare), log=True)
        self.update()

    def _paint_zeros(self, painter: QPainter, name: str) -> None:
        epochs = self.zeros.get(name)
        if epochs is None:
            return
        pen = QPen(self._pens[name].color(), 2)
        painter.setPen(pen)
        painter.setBrush(theme().card)
        bottom = self.area.bottom()
        for x in self.across.place(epochs[:MOST_DOTS]).tolist():
            pixel = self.point(x, self.up.low).x()
            shape = [
                QPointF(pixel - 6, bottom - 11),
                QPointF(pixel + 6, bottom - 11),
                QPointF(pixel, bottom - 2),
            ]
            painter.drawPolygon(QPolygonF(shape))

    def _wear(self) -> None:
        colours = theme()
        self._pens = {
            "gradient_A": line_pen(colours.trainable, 2),
            "gradient_B": line_pen(colours.good, 2, Qt.PenStyle.DashLine),
            "update": line_pen(colours.accent, 2, Qt.PenStyle.DotLine),
        }
        if self._names:
            self._arrange()


class GradientView(QWidget):
    """The chart, the kind of its axis, and what to notice in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradient_view")
        self._history: LossHistory | None = None
        self._shown: tuple[int, bool] | None = None
        self.chart = GradientChart()
        self._note = prose_label("muted")
        self._note.setObjectName("gradient_note")
        self._log_x = QToolButton()
        self._log_x.setObjectName("gradient_log_x")
        self._log_x.setCheckable(True)
        self._log_x.toggled.connect(self.chart.set_log_x)
        self._caption = QLabel()
        self._caption.setProperty("role", "muted")
        top = QHBoxLayout()
        top.addWidget(self._caption, 1)
        top.addWidget(self._log_x)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.chart, 1)
        column.addWidget(self._note)
        self._retranslate()

    def show_history(self, history: LossHistory | None) -> None:
        """Show the norms of another run (or none) from now on; they are read at every refresh()."""
        self._history = history
        self._shown = None
        self.refresh()

    def refresh(self) -> None:
        """Draw what is new; costs nothing when nothing is, or when nobody sees it."""
        history = self._history
        size = (len(history.norms), len(history) > 0) if history else (0, False)
        if self.isVisible() and size != self._shown:
            self._shown = size
            self.chart.show_history(self._history)
            self._say()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _say(self) -> None:
        zeros = self.chart.zeros
        first = {name for name, epochs in zeros.items() if epochs[0] == 1}
        if "gradient_A" in first and "gradient_B" not in first:
            text = self.tr(
                "▽ At epoch 1, ∇A is exactly zero, which a logarithmic axis has no place for:"
                " ∇A = s · xᵀ(∂L/∂y) Bᵀ, and B starts at zero. B moves first; from epoch 2 on A has"
                " something to follow."
            )
        elif zeros:
            text = self.tr("▽ Exactly zero there, which a logarithmic axis has no place for.")
        else:
            text = ""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _retranslate(self) -> None:
        self._caption.setText(self.tr("Frobenius norms before each epoch's step"))
        self._caption.setToolTip(
            self.tr("Measured at every epoch up to 100, then every tenth up to 1000, and so on.")
        )
        self._log_x.setText(self.tr("Log &x"))
        self._log_x.setToolTip(
            self.tr("Logarithmic epochs: the first ten get as much room as the next ninety")
        )
        self._log_x.setAccessibleName(self.tr("Logarithmic epoch axis"))
        self._say()


def _text(value: float) -> str:
    return loss_text(value) if value else "0"
