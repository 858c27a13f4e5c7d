"""What lies over the curves in pixels: marker labels, legend, crosshair with its values, messages."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from lora_gui.ui.plots import floor_lines, markers
from lora_gui.ui.plots.crosshair import Crosshair
from lora_gui.ui.plots.floor_lines import FloorLabel
from lora_gui.ui.plots.key import Key, Row
from lora_gui.ui.plots.markers import Label
from lora_gui.ui.theme import theme

INSET = 6.0
LEGEND_SHARE = 0.7
"""Of the height: the rest is left to the curves."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is painted over the curves; places are in pixels."""

    area: QRectF = field(default_factory=QRectF)
    legend: list[Row] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    floors: list[FloorLabel] = field(default_factory=list)
    crosshair: Crosshair | None = None
    message: str = ""
    focus: bool = False


class Overlay(QWidget):
    """Paints a Scene and lets every mouse event through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scene = Scene()

    def show_scene(self, scene: Scene) -> None:
        """Paint `scene` from now on."""
        if scene != self.scene:  # what lies under it is painted again with it
            self.scene = scene
            self.update()

    @property
    def metrics(self) -> QFontMetricsF:
        """Sizes of the text painted here."""
        return QFontMetricsF(self.font())

    def legend_rect(self, area: QRectF, rows: list[Row]) -> QRectF:
        """Return where the legend of `rows` goes in `area`; empty without rows."""
        if not rows:
            return QRectF()
        key = Key("", rows, self.metrics)
        return QRectF(area.right() - key.width - INSET, area.top() + INSET, key.width, key.height)

    def fitting(self, rows: list[Row], area: QRectF, more: Callable[[int], str]) -> list[Row]:
        """Return as many `rows` as a legend has room for, and where some are left out, how many `more`."""
        room = max(int((area.height() * LEGEND_SHARE) // (self.metrics.height() + 2)), 2)
        if len(rows) <= room:
            return rows
        return [*rows[: room - 1], Row(more(len(rows) - room + 1), QPen(Qt.PenStyle.NoPen))]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint from the back to the front."""
        scene, colours, metrics = self.scene, theme(), self.metrics
        painter = QPainter(self)
        painter.setClipRect(scene.area.adjusted(-1, -1, 2, 2))
        if scene.focus:
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(scene.area)
        floor_lines.paint(scene.floors, painter, scene.area, metrics, colours)
        if scene.legend:
            rect = self.legend_rect(scene.area, scene.legend)
            Key("", scene.legend, metrics).paint(painter, rect, colours, framed=False)
        if scene.crosshair is not None:
            self._paint_line(painter, scene.crosshair)
        markers.paint(scene.labels, painter, scene.area, metrics, colours)
        if scene.message:
            self._paint_message(painter, scene)
        if scene.crosshair is not None:
            self._paint_values(painter, scene.crosshair)
        painter.end()

    def _paint_message(self, painter: QPainter, scene: Scene) -> None:
        text, room = scene.message, scene.area.adjusted(24, 12, -24, -12)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        # Lines across the middle leave the room above them.
        flags |= Qt.AlignmentFlag.AlignTop if scene.floors else Qt.AlignmentFlag.AlignVCenter
        # On a ground of its own, no grid line runs through it.
        painter.fillRect(painter.boundingRect(room, flags, text).adjusted(-8, -4, 8, 4), QColor(theme().card))
        painter.setPen(QColor(theme().muted))
        painter.drawText(room, flags, text)

    def _paint_line(self, painter: QPainter, crosshair: Crosshair) -> None:
        area, x = self.scene.area, round(crosshair.x)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme().muted), 1))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))

    def _paint_values(self, painter: QPainter, crosshair: Crosshair) -> None:
        area, x, colours = self.scene.area, crosshair.x, theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.card), 1.5))
        for place, colour in crosshair.dots:
            painter.setBrush(colour)
            painter.drawEllipse(place, 4, 4)
        room = max(int(area.height() / (self.metrics.height() + 2)) - 3, 1)
        rows = crosshair.rows[:room] + [Row("…", QPen(Qt.PenStyle.NoPen))] * (len(crosshair.rows) > room)
        key = Key(crosshair.title, rows, self.metrics)
        # Losses fall, so a run leaves room above on the right of a point and below on its left.
        lowest = area.height() - key.height - INSET
        if x + 12 + key.width <= area.right():
            left, down = x + 12, min(area.height() * 0.3, lowest)
        else:
            left, down = max(x - 12 - key.width, area.left()), lowest
        top = area.top() + max(INSET, down)
        key.paint(painter, QRectF(left, top, key.width, key.height), colours, framed=True)
