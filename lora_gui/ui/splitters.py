"""The panels that can be dragged larger and smaller, and how their sizes are remembered."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QDataStream, QIODevice, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from lora_gui.ui.cards import SPACING


def splitter(
    name: str, orientation: Qt.Orientation, widgets: Sequence[QWidget], shares: Sequence[int]
) -> QSplitter:
    """Put `widgets` side by side, or one above the other; what room is added they share by `shares`."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(SPACING)
    for index, (widget, share) in enumerate(zip(widgets, shares, strict=True)):
        made.addWidget(widget)
        made.setStretchFactor(index, share)
    return made


def save(splitters: Sequence[QSplitter]) -> QByteArray:
    """Return the sizes of all, to be remembered."""
    state = QByteArray()
    stream = QDataStream(state, QIODevice.OpenModeFlag.WriteOnly)
    for each in splitters:
        stream << each.saveState()
    return state


def restore(splitters: Sequence[QSplitter], state: QByteArray) -> None:
    """Bring back what `save` returned; what cannot be read leaves the sizes as they are."""
    stream = QDataStream(state)
    for each in splitters:
        sizes = QByteArray()
        stream >> sizes
        if stream.status() == QDataStream.Status.Ok:
            each.restoreState(sizes)
