"""The row of matrices with its signs and labels, laid out to scale in whatever room there is."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture
from lora_gui.ui.diagram.layout import Arrangement, Place, Row, row_of
from lora_gui.ui.diagram.matrix_view import MARGIN, MatrixView
from lora_gui.ui.diagram.rank_edge import RankEdge
from lora_gui.ui.diagram.texts import ICONS, ROLES, DiagramTexts
from lora_gui.ui.icons import draw
from lora_gui.ui.numbers import plain, tabular
from lora_gui.ui.theme import theme, theme_switch

LEAST = QSize(360, 96)
"""Pixels in which the row can still be read."""
SIGN_SIZE = 1.35
"""Size of the signs, in sizes of the text."""
ICON_GAP = 4
WITH_SCALING = ("+ s ·", "s ·")
"""The signs under which the value of s stands."""
PADDING = 6
"""Pixels around the frame that holds s · A · B = ΔW together."""


class Canvas(QWidget):
    """Places the views and paints what stands around them.

    Signals:
        arranged: the places have changed.

    Attributes:
        views: one per matrix, those not in the row hidden.
        edges: the handles on A and B.
        arrangement: where everything stands now.

    """

    arranged = Signal()

    def __init__(self, texts: DiagramTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._config = RunConfig()
        self._product = Matrix.MERGED
        self._distance: float | None = None
        self._short = False
        self.setFont(tabular())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.views = {matrix: MatrixView(matrix, self) for matrix in Matrix}
        self.edges = {
            Matrix.LORA_A: RankEdge(Qt.Orientation.Horizontal, self),
            Matrix.LORA_B: RankEdge(Qt.Orientation.Vertical, self),
        }
        self.arrangement = Arrangement({}, (), 1.0)
        self.arrange()
        theme_switch().changed.connect(self.update)

    def show_config(self, config: RunConfig, product: Matrix) -> None:
        """Lay out the shapes of `config` with MERGED or UPDATE as the product."""
        self._config, self._product = config, product
        self.arrange()

    def show_picture(self, picture: Picture | None) -> None:
        """Fill the shapes with values, or empty them."""
        for matrix, view in self.views.items():
            view.show_values(picture.maps.get(matrix) if picture else None, picture.extreme if picture else 0)
        distance = picture.distance if picture else None
        if distance != self._distance:
            self._distance = distance
            if place := self.arrangement.places.get(Matrix.PLANTED):
                self.update(place.label)

    def arrange(self) -> None:
        """Give everything its place; also after a change of language or font."""
        # The margin belongs to the views: their frames and what can be hit of them.
        room = self.rect().adjusted(PADDING, MARGIN, -PADDING, -1)
        self._short = False
        row = self._row()
        if row.is_crowded(room.size()):
            self._short = True
            row = self._row()
        self.arrangement = row.arrange(room.size())
        self._offset = room.topLeft()
        for matrix, view in self.views.items():
            place = self.arrangement.places.get(matrix)
            if place:
                view.place(place.rect.translated(self._offset))
                view.setAccessibleName(self._texts.name(matrix, self._config))
                view.setAccessibleDescription(self._texts.how_to())
            view.setVisible(place is not None)
        for matrix, edge in self.edges.items():
            rect = self.arrangement.places[matrix].rect.translated(self._offset)
            most = min(self._config.in_features, self._config.out_features)
            edge.place(rect, self.arrangement.scale, self._config.rank, most)
            edge.raise_()
        self.update()
        self.arranged.emit()

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which the row can be read."""
        return LEAST

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(2 * LEAST.width(), 2 * LEAST.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint signs, labels, and the outlines of what A and B would be at full rank."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Ten times a second only the values change; what stands around them need not be painted again.
        dirty = event.region().translated(-self._offset)
        painter.translate(self._offset)
        self._paint_group(painter)
        for text, rect in self.arrangement.signs:
            if dirty.intersects(rect):
                self._paint_sign(painter, text, rect)
        for matrix, place in self.arrangement.places.items():
            if place.room != place.rect and dirty.intersects(place.room):
                self._paint_room(painter, place.room)
            if dirty.intersects(place.label):
                self._paint_label(painter, matrix, place)
        painter.end()

    def _paint_group(self, painter: QPainter) -> None:
        places = self.arrangement.places
        if Matrix.UPDATE not in places:
            return
        rects = [r for sign, r in self.arrangement.signs if sign == "s ·"]
        rects += [places[m].label for m in (Matrix.LORA_A, Matrix.LORA_B, Matrix.UPDATE)]
        group = QRect(rects[0])
        for rect in rects[1:]:
            group |= rect
        top = min(place.room.top() for place in places.values())
        bottom = max(place.label.bottom() for place in places.values())
        group.setTop(top - MARGIN)
        group.setBottom(bottom)
        painter.setPen(QColor(theme().line))
        painter.setBrush(QColor(theme().field))
        painter.drawRoundedRect(group.adjusted(-PADDING + 2, 0, PADDING - 2, 0), PADDING, PADDING)

    def _paint_sign(self, painter: QPainter, text: str, rect: QRect) -> None:
        painter.setFont(self._sign_font())
        painter.setPen(QColor(theme().muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if text in WITH_SCALING:
            painter.setFont(self.font())
            below = rect.translated(0, QFontMetrics(self._sign_font()).height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._scaling())

    def _paint_room(self, painter: QPainter, room: QRect) -> None:
        pen = QPen(QColor(theme().line), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(0, 0, -1, -1))

    def _paint_label(self, painter: QPainter, matrix: Matrix, place: Place) -> None:
        role, height = ROLES.get(matrix, "text"), self.fontMetrics().height()
        first = QRect(place.label.topLeft(), QSize(place.label.width(), height))
        icon = self._icon_width(matrix)
        above, below = self._texts.label(matrix, self._config, self._distance, short=self._short)
        metrics = QFontMetrics(self._bold())
        above = metrics.elidedText(above, Qt.TextElideMode.ElideRight, first.width() - icon)
        left = first.x() + (first.width() - icon - metrics.horizontalAdvance(above)) // 2
        colour = QColor(getattr(theme(), role))
        if icon:
            spot = QRect(left, first.y() + 1, icon - ICON_GAP, icon - ICON_GAP)
            draw(ICONS[role], colour.name(), painter, spot)
        painter.setFont(self._bold())
        painter.setPen(colour)
        painter.drawText(
            QRect(left + icon, first.y(), first.width(), height), Qt.AlignmentFlag.AlignLeft, above
        )
        painter.setFont(self.font())
        painter.setPen(QColor(theme().muted))
        second = first.translated(0, height)
        below = self.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignHCenter, below)

    def _row(self) -> Row:
        items = row_of(self._product, planted=self._config.task == "low_rank")
        widths = {item: self._width(item) for item in items}
        return Row(self._config, items, widths, 2 * self.fontMetrics().height())

    def _width(self, item: Matrix | str) -> int:
        if not isinstance(item, Matrix):
            width = QFontMetrics(self._sign_font()).horizontalAdvance(item)
            scaling = self.fontMetrics().horizontalAdvance(self._scaling()) if item in WITH_SCALING else 0
            return max(width, scaling)
        # As wide as a far distance from the start, so that the row stands still.
        above, below = self._texts.label(item, self._config, 8.888, short=self._short)
        width = QFontMetrics(self._bold()).horizontalAdvance(above) + self._icon_width(item)
        return 2 + max(width, self.fontMetrics().horizontalAdvance(below))

    def _icon_width(self, matrix: Matrix) -> int:
        return self.fontMetrics().height() - 3 + ICON_GAP if matrix in ROLES else 0

    def _scaling(self) -> str:
        return f"s = {plain(self._config.scaling)}"

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _sign_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * SIGN_SIZE)
        return font
