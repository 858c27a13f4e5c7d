"""The bar that shows at a glance how much of a layer is frozen and how much is trained."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lora_gui.ui.icons import draw
from lora_gui.ui.theme import theme, theme_switch

HEIGHT = 20
"""Pixels."""
RADIUS = 5
"""Pixels of the round corners."""
GAP = 2
"""Pixels between the two parts, so that they stay apart without their colours."""
LEAST_PART = 4
"""Pixels that even the smallest part takes: one in a million is still some."""
ICON = 14
"""Pixels of the icon in a part wide enough for it."""


class ParameterBar(QWidget):
    """Frozen to the left with a snowflake, trainable to the right with a flame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parameter_bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share = 0.0
        theme_switch().changed.connect(self.update)

    @property
    def share(self) -> float:
        """Trainable part of the whole, 0 to 1."""
        return self._share

    def show_share(self, share: float) -> None:
        """Show the trainable `share`, 0 to 1."""
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        """Return a width that shows something, and the height it always has."""
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which both parts can be told apart."""
        return QSize(4 * LEAST_PART, HEIGHT)

    def parts(self) -> tuple[QRectF, QRectF]:
        """Return where the frozen and the trainable part are drawn."""
        room = self.width() - GAP
        trainable = self._share * room
        if 0 < self._share < 1:
            trainable = min(max(trainable, LEAST_PART), room - LEAST_PART)
        return (
            QRectF(0, 0, room - trainable, self.height()),
            QRectF(room - trainable + GAP, 0, trainable, self.height()),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both parts inside one bar with round ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(outline)
        frozen, trainable = self.parts()
        _draw_part(painter, frozen, theme().frozen, "snowflake")
        _draw_part(painter, trainable, theme().trainable, "flame")
        painter.end()


def _draw_part(painter: QPainter, part: QRectF, colour: str, name: str) -> None:
    painter.fillRect(part, QColor(colour))
    if part.width() >= ICON + 8:
        spot = QRectF(0, 0, ICON, ICON)
        spot.moveCenter(part.center())
        draw(name, theme().on_accent, painter, spot)
