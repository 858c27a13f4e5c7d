"""Frames around the parts of a window that are being spoken of, each with a label that says by whom."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QLabel, QScrollArea, QScrollBar, QWidget

from lora_gui.ui.theme import theme, theme_switch

Groups = Sequence[Sequence[str]]
"""Object names; what stands together in a group gets one frame."""

WIDTH = 2
"""Pixels of a frame."""
GAP = 4
"""Pixels between a frame and what it is around."""
RADIUS = 7
LABEL_PADDING = 6
PLACING = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
)
"""What may move a widget on the screen, when it happens to it or to something that holds it."""


class Spotlight(QWidget):
    """Lies over a window, lets every click through, and follows what it frames.

    Attributes:
        frames: where the frames are, in the window's coordinates; those that cannot be seen are missing.

    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("spotlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frames: tuple[QRect, ...] = ()
        self._window = window
        self._groups: Groups = ()
        self._label = ""
        self._followed: list[QWidget] = []
        self._scrolled: dict[QScrollBar, tuple[int, int]] = {}
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self._place)
        theme_switch().changed.connect(self.update)
        self.hide()

    def light(self, groups: Groups, label: str) -> None:
        """Frame what carries these names, scrolled to where it can be seen; `label` stands on each frame."""
        self.off()
        self._groups, self._label = groups, label
        self._reveal()
        self._follow()
        self._place()

    def off(self) -> None:
        """Take every frame away."""
        for widget in self._followed:
            widget.removeEventFilter(self)
        for bar, (before, after) in self._scrolled.items():
            if bar.value() == after:  # else somebody has scrolled on
                bar.setValue(before)
        self._followed, self._scrolled, self._groups = [], {}, ()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that something that is framed, or that holds it, has moved."""
        if event.type() in PLACING:
            self._placing.start()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each frame and its label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(theme().accent)
        for frame in self.frames:
            painter.setPen(QPen(accent, WIDTH))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(frame).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            label = self._label_rect(frame)
            painter.drawRoundedRect(label, RADIUS, RADIUS)
            painter.setPen(QColor(theme().on_accent))
            painter.setFont(_label_font())
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self._label)
        painter.end()

    def _reveal(self) -> None:
        """Scroll whatever holds the widgets until they show."""
        before = {area: area.verticalScrollBar().value() for area in self._window.findChildren(QScrollArea)}
        for group in self._groups:
            for widget in reversed(self._named(group)):
                for area in before:
                    if area.isAncestorOf(widget):
                        area.ensureWidgetVisible(widget, 0, 2 * RADIUS)
        bars = {area.verticalScrollBar(): value for area, value in before.items()}
        self._scrolled = {bar: (value, bar.value()) for bar, value in bars.items() if bar.value() != value}

    def _follow(self) -> None:
        followed: dict[QWidget, None] = {}
        for group in self._groups:
            for widget in self._named(group):
                at: QWidget | None = widget
                while at is not None:
                    followed[at] = None
                    at = None if at is self._window else at.parentWidget()
        self._followed = list(followed)
        for widget in self._followed:
            widget.installEventFilter(self)

    def _place(self) -> None:
        parts = (self._united(self._named(group)) for group in self._groups)
        room = self._window.rect()
        self.frames = tuple(part.adjusted(-GAP, -GAP, GAP, GAP) & room for part in parts if part.isValid())
        self.setGeometry(room)
        # What stands under the frames alone is painted again when it changes, and not the whole window.
        mask = QRegion()
        for frame in self.frames:
            mask += QRegion(frame) - QRegion(frame.adjusted(RADIUS, RADIUS, -RADIUS, -RADIUS))
            mask += QRegion(self._label_rect(frame))
        self.setMask(mask)
        self.setVisible(bool(self.frames))
        self.raise_()
        self.update()

    def _named(self, names: Iterable[str]) -> list[QWidget]:
        # A dialog of this window may hold a widget of the same name.
        found = [w for name in names for w in self._window.findChildren(QWidget, name)]
        return [widget for widget in found if widget.window() is self._window.window()]

    def _united(self, widgets: list[QWidget]) -> QRect:
        united = QRect()
        for widget in widgets:
            for part in (widget, *_labels_of(widget)):
                united |= _seen(part, self._window)
        return united

    def _label_rect(self, frame: QRect) -> QRect:
        metrics = QFontMetrics(_label_font())
        size = metrics.boundingRect(self._label).size()
        label = QRect(0, 0, size.width() + 2 * LABEL_PADDING, metrics.height() + 2)
        label.moveRight(max(frame.right() - RADIUS, frame.left() + label.width()))
        # Above what the frame is around rather than on it.
        label.moveBottom(max(frame.top() + WIDTH, label.height()))
        return label


def _label_font() -> QFont:
    font = QFont()
    font.setPointSizeF(0.85 * font.pointSizeF())
    font.setBold(True)
    return font


def _labels_of(widget: QWidget) -> list[QLabel]:
    """Return the labels that name an editor."""
    holder = widget.parentWidget()
    around = [holder, holder.parentWidget()] if holder else []
    labels = [label for at in around if at for label in at.findChildren(QLabel)]
    return [label for label in labels if label.buddy() is widget]


def _seen(widget: QWidget, window: QWidget) -> QRect:
    """Return the part of a widget that everything around it lets be seen, in the window's coordinates."""
    if not widget.isVisibleTo(window):
        return QRect()
    rect, at = widget.rect(), widget
    while at is not window:
        holder = at.parentWidget()
        if holder is None:
            return QRect()
        rect = rect.translated(at.pos()) & holder.rect()
        at = holder
    return rect
