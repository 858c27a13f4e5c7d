"""The loss tab: the loss plot with the floors of the config shown, and beside it the floor at each rank."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lora_gui.domain.analysis import Floors, has_floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.outlook import Outlook, is_quick
from lora_gui.ui import numbers
from lora_gui.ui.cards import SPACING
from lora_gui.ui.plots.floor_chart import FloorChart
from lora_gui.ui.plots.floor_lines import FloorLine, FloorLines
from lora_gui.ui.plots.loss_plot import LossPlot

CHART_WIDTH = 190
"""Pixels of the chart of floors."""


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
        self._refresh()

    def show_outlook(self, outlook: Outlook | None) -> None:
        """Show the floors of `outlook`, None where they are not known."""
        self._outlook = outlook
        self._refresh()

    def show_excess(self, loss: float | None, floors: Floors | None, config: RunConfig) -> None:
        """Say how far the run of `config` is above its floor."""
        text = ""
        if loss is not None and floors is not None and has_floors(config):
            text = self._excess(floors.excess(loss, config))
        self.plot.show_excess(text)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()

    def _refresh(self) -> None:
        config = self._config
        fits = self._outlook is not None and self._outlook.has_ranks_of(config) and has_floors(config)
        floors = self._outlook.floors if self._outlook and fits else None
        self.plot.show_floors(self._lines(floors) if floors else FloorLines(reason=self._reason()))
        self.chart.setVisible(floors is not None)
        self.chart.show_floors(floors, config.rank)

    def _lines(self, floors: Floors) -> FloorLines:
        config, loss = self._config, floors.of(self._config)
        if config.scaling:
            text = self.tr("best possible at rank {rank}: {loss}")
        else:
            text = self.tr("best possible with the adapter muted (s = 0): {loss}")
        full = self.tr("full fine-tuning: {loss}").format(loss=numbers.loss(floors.full_fine_tuning))
        lines = (
            FloorLine("rank", loss, text.format(rank=numbers.count(config.rank), loss=numbers.loss(loss))),
            FloorLine("full", floors.full_fine_tuning, full),
        )
        return FloorLines(lines, (floors.full_fine_tuning, float(floors.losses[0])))

    def _reason(self) -> str:
        config = self._config
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
        if share == float("inf"):
            return ""
        if share >= 1:
            return self.tr("{ratio} × its floor").format(ratio=numbers.figures(share + 1))
        return self.tr("{share} above its floor").format(share=numbers.percent(share))
