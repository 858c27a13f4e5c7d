"""The ticks of the table of runs: a box, and beside it the line that the run has on the plot."""

from PySide6.QtCore import QLineF, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lora_gui.ui.icons import draw
from lora_gui.ui.plots.palette import overlay_pen
from lora_gui.ui.runs.model import SLOT_ROLE
from lora_gui.ui.theme import theme

SAMPLE = 26
"""Pixels of the line."""


class TickDelegate(QStyledItemDelegate):
    """Paints the box itself: under a style sheet, the style's own is black on black."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground, the box, and the line of a ticked run."""
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        style = cell.widget.style() if cell.widget else QApplication.style()
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, cell, cell.widget)
        cell.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        slot = index.data(SLOT_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_box(painter, QRectF(box), ticked=slot is not None)
        if slot is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(overlay_pen(slot, theme()))
            y, left = cell.rect.center().y(), box.right() + 6
            painter.drawLine(QLineF(left, y, left + SAMPLE, y))
        painter.restore()


def _paint_box(painter: QPainter, box: QRectF, *, ticked: bool) -> None:
    colours = theme()
    painter.setPen(QPen(QColor(colours.accent if ticked else colours.muted), 1))
    painter.setBrush(QColor(colours.accent) if ticked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if ticked:
        draw("check", colours.on_accent, painter, box.adjusted(1, 1, -1, -1))
