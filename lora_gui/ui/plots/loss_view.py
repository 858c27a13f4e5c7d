"""The loss tab: the loss plot with the floors of the config shown, and beside it the floor at each rank."""

from typing import NamedTuple

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.outlook import Outlook, is_quick, is_same_task
from lora_gui.ui import numbers
from lora_gui.ui.cards import SPACING
from lora_gui.ui.plots.floor_chart import FloorChart
from lora_gui.ui.plots.floor_lines import FloorLine, FloorLines
from lora_gui.ui.plots.loss_plot import LossPlot
from lora_gui.ui.plots.ticks import loss_text

CHART_WIDTH = 165
"""Pixels of the chart of floors."""
REACHED = 5e-5
"""Share above its floor below which a run has reached it."""

BEYOND_MEASURE = 1e6
"""Share above its floor that only a run that diverges has; the number would leave the floor no room."""


class _Run(NamedTuple):
    # What the view must know of the run on the plot; `excess` above its floor in words.
    config: RunConfig
    outlook: Outlook | None
    floor: float | None = None
    excess: str = ""


class LossView(QWidget):
    """Joins the loss plot to what is known of the best possible losses.

    Attributes:
        plot: the losses.
        chart: the floor at each rank.

    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config = RunConfig()
        self._outlook: Outlook | None = None
        self._run: _Run | None = None
        self._layer: tuple[object, ...] = ()
        self._stale = False
        self.plot = LossPlot()
        self.chart = FloorChart()
        self.chart.setFixedWidth(CHART_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.plot, 1)
        row.addWidget(self.chart)
        self._refresh()

    def show_config(self, config: RunConfig) -> None:
        """Follow the settings; the floors stay until others are found, unless they cannot fit."""
        self._config = config
        self.plot.set_epochs(config.epochs)
        self._refresh()

    def show_outlook(self, outlook: Outlook | None) -> None:
        """Show the floors of `outlook`, None where they are not known."""
        self._outlook = outlook
        self._refresh()

    def show_run(self, loss: float | None, outlook: Outlook | None, config: RunConfig) -> None:
        """Follow the run of `config`, with its last loss, or None before the first; `refresh` draws it."""
        if loss is not None:
            self._follow_layer(config)
        run = None if loss is None else _Run(config, outlook)
        if run and loss is not None and (floors := _floors(outlook, config)):
            run = _Run(config, outlook, floors.of(config), self._excess(floors.excess(loss, config)))
        if run != self._run:
            self._run = run
            self._stale = True

    def refresh(self) -> None:
        """Draw what is new in the run, if somebody sees it."""
        if self._stale and self.isVisible():
            self._refresh()
        self.plot.refresh()

    def _follow_layer(self, config: RunConfig) -> None:
        layer = config.in_features, config.out_features, config.task
        if self._layer and layer != self._layer:
            # Losses of another layer or another kind of task are of another size, and mean something else.
            self.plot.forget_previous()
        self._layer = layer

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        config, run = self._config, self._run
        known = _floors(self._outlook, config)
        self.chart.setVisible(known is not None and config.has_adapter)
        self.chart.show_floors(known, config.rank)
        if run and not is_same_task(run.config, config):
            # The losses on the plot have floors of their own.
            config, known = run.config, _floors(run.outlook, run.config)
        self.plot.show_floors(
            self._lines(known, config) if known else FloorLines(reason=self._reason(config))
        )

    def _lines(self, floors: Floors, config: RunConfig) -> FloorLines:
        loss, full = floors.of(config), floors.full_fine_tuning
        text = self._name(config).format(rank=numbers.count(config.rank), loss=loss_text(loss))
        if self._run and self._run.excess and self._run.floor == loss:
            text = f"{text} ({self._run.excess})"
        lines = [FloorLine("rank", loss, text)]
        if config.method != "full":
            text = self.tr("full fine-tuning: {loss}").format(loss=loss_text(full))
            lines.append(FloorLine("full", full, text))
        return FloorLines(tuple(lines), (full, float(floors.losses[0])))

    def _name(self, config: RunConfig) -> str:
        if config.method == "full":
            return self.tr("best possible with full fine-tuning: {loss}")
        if config.method == "bias":
            return self.tr("best possible with the bias alone: {loss}")
        if config.method == "none":
            return self.tr("the base layer: {loss}")
        if config.scaling == 0:
            return self.tr("best possible with the adapter muted (s = 0): {loss}")
        return self.tr("best possible at rank {rank}: {loss}")

    def _reason(self, config: RunConfig) -> str:
        if not config.is_full_batch:
            return self.tr(
                "No best possible loss is drawn: each mini-batch is measured with weights of its own, so an"
                " epoch's loss may lie below it."
            )
        if not is_quick(config):
            return self.tr(
                "No best possible loss is drawn: for a layer of this size it takes too long to find."
            )
        return ""

    def _excess(self, share: float) -> str:
        if share >= BEYOND_MEASURE:
            return ""
        if share >= 1:
            return self.tr("run: {ratio} ×").format(ratio=numbers.figures(share + 1))
        if share < REACHED:
            return self.tr("reached")
        return self.tr("run: +{share}").format(share=numbers.percent(share))


def _floors(outlook: Outlook | None, config: RunConfig) -> Floors | None:
    fits = outlook is not None and outlook.has_ranks_of(config) and config.is_full_batch
    return outlook.floors if outlook and fits else None
