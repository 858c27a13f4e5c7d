"""The scale that all heat maps share: its colours, and the values at its ends."""

from PySide6.QtCore import QLocale, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lora_gui.ui import numbers
from lora_gui.ui.theme import theme, theme_switch

WIDTH, HEIGHT = 68, 10
"""Pixels of the colours."""
GAP = 6
WIDEST = "-0.00888"
"""The text that is given room, so that the bar stands still while the values change."""


class ColourBar(QWidget):
    """From −extreme over zero to +extreme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("colour_bar")
        self.setFont(numbers.tabular())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._extreme = 0.0
        theme_switch().changed.connect(self.update)

    @property
    def texts(self) -> tuple[str, str]:
        """What stands at the two ends."""
        return end_text(-self._extreme), end_text(self._extreme)

    def show_extreme(self, extreme: float) -> None:
        """Show ±`extreme` at the ends; 0 before there is any value."""
        self._extreme = extreme
        low, high = self.texts
        name = self.tr("Colours from {low}, blue, to {high}, orange")
        self.setAccessibleName(name.format(low=low, high=high))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the bar and its widest texts."""
        metrics = self.fontMetrics()
        return QSize(2 * (metrics.horizontalAdvance(WIDEST) + GAP) + WIDTH, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colours between the two values, as soon as there are any."""
        if not self._extreme:
            return
        from lora_gui.ui.diagram.heat_map import scale_image  # needs NumPy; there are values, so it is there

        colours = theme()
        bar = QRect((self.width() - WIDTH) // 2, (self.height() - HEIGHT) // 2, WIDTH, HEIGHT)
        painter = QPainter(self)
        painter.drawImage(bar, scale_image(4 * WIDTH, colours))
        painter.setPen(QColor(colours.line))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
        painter.setPen(QColor(colours.muted))
        low, high = self.texts
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.drawText(QRect(0, 0, bar.left() - GAP, self.height()), middle | right, low)
        painter.drawText(QRect(bar.right() + 1 + GAP, 0, self.width(), self.height()), middle, high)
        painter.end()


def end_text(value: float) -> str:
    """Write an end of the scale: three digits, or an exponent where that would be long."""
    if value == 0 or 0.001 <= abs(value) < 100_000:
        return numbers.figures(value)
    return QLocale().toString(value, "e", 1)
