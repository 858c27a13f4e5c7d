"""What the loss plot says: names of its curves and axes, what is missing, and how to move about in it."""

from typing import NamedTuple

from PySide6.QtCore import QObject


class Shown(NamedTuple):
    """What there is to remark on.

    `curves` says that there are any, `blank` that none of them is visible, `gaps` that some losses have no
    place on a logarithmic axis, and `timeless` that the run shown has no clock to be drawn by.
    """

    curves: bool
    blank: bool
    gaps: bool
    timeless: bool


class PlotTexts(QObject):
    """The loss plot's texts in the language in force."""

    def names(self) -> dict[str, str]:
        """Return the names of the curves of the run shown and the one before it."""
        return {
            "training": self.tr("Training"),
            "test": self.tr("Test"),
            "previous": self.tr("Previous run"),
        }

    def across(self, *, by_seconds: bool) -> str:
        """Return what the x axis shows."""
        return self.tr("Seconds in training") if by_seconds else self.tr("Epoch")

    def up(self) -> str:
        """Return what the y axis shows."""
        return self.tr("Loss (mean squared error)")

    def remarks(self, reason: str, shown: Shown) -> tuple[str, str]:
        """Return the text in the middle of the plot and the one below it.

        `reason` is why there are no floors.
        """
        if not shown.curves:
            idle = self._timeless() if shown.timeless else self.tr("Press Start to train.")
            return idle, reason
        if shown.blank and shown.gaps:
            return self.tr("These losses are zero: a logarithmic axis has no place for them."), ""
        if shown.gaps:
            return "", self.tr("Losses of zero have no place on a logarithmic axis.")
        return "", self._timeless() if shown.timeless else reason

    def _timeless(self) -> str:
        return self.tr("The times of the run shown are not known, so its losses cannot be drawn by seconds.")

    def more(self, count: int) -> str:
        """Say how many runs the legend leaves out."""
        return self.tr("%n more run(s)", "", count)

    def what_keys_do(self) -> str:
        """Return how mouse and keys move about in the plot."""
        return self.tr(
            "Wheel: zoom, also over one axis alone. Drag: move. Right drag: stretch. Double click or F:"
            " fit. Left and right arrows: move the crosshair. Plus and minus: zoom. X, Y: kind of axis."
        )
