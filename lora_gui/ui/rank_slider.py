"""A slider for ranks that stays exact for small layers and usable for large ones."""

from bisect import bisect_right

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider

from lora_gui.ui.wheel_guard import WheelGuard

POSITIONS = 128
"""Up to this rank every position is one rank; beyond, positions grow apart geometrically."""


class RankSlider(QSlider):
    """A horizontal slider from rank 1 to a maximum; `moved_to(rank)` says what a person chose."""

    moved_to = Signal(int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("rank_slider")
        self._ranks = [1]
        WheelGuard(self)
        self.valueChanged.connect(lambda position: self.moved_to.emit(self._ranks[position - 1]))

    def show_rank(self, rank: int, maximum: int) -> None:
        """Show `rank` of at most `maximum` at the nearest position below, without saying `moved_to`."""
        if maximum != self._ranks[-1]:
            self._ranks = _ranks_up_to(maximum)
        with QSignalBlocker(self):
            self.setRange(1, len(self._ranks))
            self.setPageStep(max(1, len(self._ranks) // 8))
            self.setValue(bisect_right(self._ranks, rank))
        self.update()


def _ranks_up_to(maximum: int) -> list[int]:
    if maximum <= POSITIONS:
        return list(range(1, maximum + 1))
    return sorted({round(maximum ** (i / (POSITIONS - 1))) for i in range(POSITIONS)})
