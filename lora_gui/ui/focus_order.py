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
    # Not by nextInFocusChain(): PySide takes what that returns for a child of the widget asked, and lets go
    # of it and of all its own children together with that one's Python object.
    inside = [w for w in part.findChildren(QWidget) if w.window() is part.window()]
    return [w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
