"""What a plot of a sweep says about runs and their spread, and the pens that go with it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPen

from lora_gui.domain.run import RunState
from lora_gui.domain.spots import Spot, Spread
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.ui import numbers
from lora_gui.ui.plots.key import SAMPLE, Row
from lora_gui.ui.theme import Theme, theme

BAND_ALPHA = 55
DOT = 7.0
"""Pixels of the point in a legend."""


def band_colour(colours: Theme) -> QColor:
    """Return the colour of the band, through which the grid is seen."""
    colour = QColor(colours.trainable)
    colour.setAlpha(BAND_ALPHA)
    return colour


def pens() -> dict[str, QPen]:
    """Return how each part is drawn, by its name."""
    colours = theme()
    return {
        "run": _dot(QColor(colours.trainable)),
        "mean": QPen(QColor(colours.trainable), 2),
        "band": QPen(band_colour(colours), 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap),
        "floor": QPen(QColor(colours.accent), 1.5, Qt.PenStyle.DashLine),
        "lost": QPen(QColor(colours.error), 2),
    }


def _dot(colour: QColor) -> QPen:
    # Where others draw a line, the sample of a run is a single point in the middle of it.
    pen = QPen(colour, DOT, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
    pen.setDashPattern([0.01, 10])
    pen.setDashOffset(-SAMPLE / 2 / DOT)
    return pen


class SpotTexts(QObject):
    """The words of a plot, in the language in force."""

    def fate(self, run: SweepRun | None) -> str:
        """Return the final loss of a run, or the word for what became of it."""
        if run is None:
            return self.tr("not trained yet")
        if run.outcome is RunState.FINISHED:
            return numbers.loss(run.final)
        return self.outcome(run.outcome)

    def outcome(self, outcome: RunState) -> str:
        """Return the word for how a run ended."""
        return {
            RunState.FINISHED: self.tr("finished"),
            RunState.DIVERGED: self.tr("diverged"),
            RunState.FAILED: self.tr("failed"),
        }.get(outcome, str(outcome))

    def lost(self, spot: Spot) -> str:
        """Return the word over what is missing from the mean."""
        return self.outcome(RunState.DIVERGED if spot.count(RunState.DIVERGED) else RunState.FAILED)

    def elbow(self, rank: str) -> str:
        """Return the label of the elbow."""
        return self.tr("elbow: rank {rank}").format(rank=rank)

    def seed(self, seed: int) -> str:
        """Name a run among those of its spot."""
        return self.tr("seed {seed}").format(seed=numbers.plain(seed))

    def band(self, spread: Spread) -> str:
        """Name the band."""
        return self.tr("min – max") if spread is Spread.EXTREMES else self.tr("mean ± std")

    def rows(self, spot: Spot, seed: int, spread: Spread) -> list[Row]:
        """Return what the runs of a spot say, that of the seed at place `seed` first."""
        drawn, run = pens(), spot.runs[seed]
        name = self.seed(run.config.seed) if run else self.tr("this seed")
        rows = [Row(name, drawn["run"], self.fate(run))]
        band = spot.band(spread)
        if spot.mean is not None and band is not None and len(spot.runs) > 1:
            rows.append(Row(self.tr("mean"), drawn["mean"], numbers.loss(spot.mean)))
            ends = f"{numbers.loss(band[0])} – {numbers.loss(band[1])}"
            rows.append(Row(self.band(spread), drawn["band"], ends))
        if spot.floor is not None:
            rows.append(Row(self.tr("best possible"), drawn["floor"], numbers.loss(spot.floor)))
        for outcome in (RunState.DIVERGED, RunState.FAILED):
            if number := spot.count(outcome):
                text = self.tr("{count} of {total}").format(
                    count=numbers.count(number), total=numbers.count(len(spot.runs))
                )
                rows.append(Row(self.outcome(outcome), drawn["lost"], text))
        return rows

    def legend(self, spots: Sequence[Spot], spread: Spread) -> list[Row]:
        """Return the rows of the legend: what there is to see."""
        drawn, rows = pens(), []
        several = any(len(spot.runs) > 1 for spot in spots)
        if any(spot.mean is not None for spot in spots):
            name = self.tr("mean over the seeds") if several else self.tr("final loss")
            rows.append(Row(name, drawn["mean"]))
            if several:
                rows.append(Row(self.band(spread), drawn["band"]))
        if any(spot.floor is not None for spot in spots):
            rows.append(Row(self.tr("best possible"), drawn["floor"]))
        return rows
