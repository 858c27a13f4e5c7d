"""A button that says something else for a while and keeps its width."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton


class SteadyButton(QToolButton):
    """As wide with its shortest text as with its longest, so that nothing beside it moves."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: Sequence[str] = ()

    def reserve(self, texts: Sequence[str]) -> None:
        """Keep room for the longest of `texts`, what it says now among them."""
        self._texts = texts
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size with the longest text."""
        spare = max(map(self._width, self._texts), default=0) - self._width(self.text())
        return super().sizeHint() + QSize(max(0, spare), 0)

    def minimumSizeHint(self) -> QSize:
        """Never give that room up."""
        return self.sizeHint()

    def _width(self, text: str) -> int:
        # As QToolButton measures it; an advance would be rounded another way.
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()
