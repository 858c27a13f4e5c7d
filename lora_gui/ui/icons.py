"""Icons drawn in the theme's colours, sharp at every screen scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from lora_gui.domain.assets import asset
from lora_gui.ui.theme import theme


def draw(name: str, colour: str, painter: QPainter, rect: QRect | QRectF) -> None:
    """Paint icon `name` (assets/icons/NAME.svg) in `colour` into `rect`."""
    QSvgRenderer(QByteArray(_svg(name, colour))).render(painter, QRectF(rect))


@lru_cache(maxsize=256)
def _svg(name: str, colour: str) -> bytes:
    return asset(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour).encode()


class _ThemedIcon(QIconEngine):
    # An engine draws at the moment of painting, so a theme switch or a 4K screen needs no refresh.

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        role = "muted" if mode == QIcon.Mode.Disabled else self._role
        draw(self._name, getattr(theme(), role), painter, rect)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _ThemedIcon(self._name, self._role)


def icon(name: str, role: str = "text") -> QIcon:
    """Return icon `name` drawn in the colour that the theme gives to `role`."""
    return QIcon(_ThemedIcon(name, role))
