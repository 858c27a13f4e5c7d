"""The right side of the window: the parameters, and under them how it works."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from lora_gui.ui.cards import SPACING
from lora_gui.ui.how_it_works import HowItWorks

SHARES = 45, 55
"""How the column is divided until a person drags the handle."""
LEAST_ABOVE = 176
"""Pixels that keep the counts in sight."""
LEAST_BELOW = 200
NO_LIMIT = 16_777_215
"""Qt's own for the height of a widget."""


class SideColumn(QSplitter):
    """Two cards with a handle between them; a folded one below leaves its room to the one above."""

    def __init__(self, above: QWidget, below: HowItWorks, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setObjectName("side")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(SPACING)
        above.setMinimumHeight(LEAST_ABOVE)
        self._below = below
        for index, widget in enumerate((above, below)):
            self.addWidget(widget)
            self.setStretchFactor(index, SHARES[index])
        # Sizes are scaled to the height there is, so any multiple of the shares will do.
        self._unfolded = [10 * share for share in SHARES]
        self.setSizes(self._unfolded)
        below.folded.connect(self._fold)
        self._fold(not below.is_open)

    def _fold(self, folded: bool) -> None:
        if folded:
            if self.isVisible():
                self._unfolded = self.sizes()
            height = self._below.body.contentsMargins().top() + self._below.body.contentsMargins().bottom()
            height += self._below.header.sizeHint().height()
            self._below.setMinimumHeight(height)
            self._below.setMaximumHeight(height)
            self.setSizes([max(1, self.height() - height), height])
        else:
            self._below.setMinimumHeight(LEAST_BELOW)
            self._below.setMaximumHeight(NO_LIMIT)
            self.setSizes(self._unfolded)
        self.handle(1).setEnabled(not folded)
