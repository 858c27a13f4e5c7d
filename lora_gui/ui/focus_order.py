"""Where in the order of the Tab key something comes in that was built later than what surrounds it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def come_after(before: QWidget, part: QWidget) -> None:
    """Let the Tab key go from the last widget in `before` through those in `part`; both are in one window."""
    last = _reached_by_tab(before)[-1]
    for widget in _reached_by_tab(part):
        QWidget.setTabOrder(last, widget)
        last = widget


def _reached_by_tab(part: QWidget) -> list[QWidget]:
    found = []
    widget = part.window().nextInFocusChain()
    while widget is not None and widget is not part.window():
        inside = widget is part or part.isAncestorOf(widget)
        if inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found
