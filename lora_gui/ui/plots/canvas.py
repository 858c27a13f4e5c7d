"""The surface of the plot: what the mouse and the keys do there, and which part of the run it shows."""

from collections.abc import Callable
from math import inf

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from lora_gui.ui.plots.frame import Frame
from lora_gui.ui.plots.options import PlotOptions

ZOOM_STEP = 0.7
LOG_LIMIT = 320.0
"""Powers of ten beyond any float; without a limit a logarithmic axis can grow without end."""
LINEAR_LIMIT = 1e300


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """A plot that reports what a person does to it and keeps its ranges finite.

    Signals:
        pointed: the mouse moved over the plot, to this place on the x axis (axis units).
        pointer_left: the mouse went elsewhere.
        stepped: a key asks for the crosshair so many pixels on; infinity is an end of the run.
        dismissed: Escape.
        fit_asked: a double click, or the F key.
        log_x_asked, log_y_asked: the X or Y key.
        menu_asked: a right click, or the menu key, at this place on the screen.
        range_changed: other ranges are visible now, set by hand or by a program.
        resized: the size is another one now.
        focus_changed: the keys began or ceased to work here.
    """

    pointed = Signal(float)
    pointer_left = Signal()
    stepped = Signal(float)
    dismissed = Signal()
    fit_asked = Signal()
    log_x_asked = Signal()
    log_y_asked = Signal()
    menu_asked = Signal(QPoint)
    range_changed = Signal()
    resized = Signal()
    focus_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, useOpenGL=False)
        # Axes and view box alone, not a PlotItem: that one brings seven menus in English, without a parent.
        self.view: pg.ViewBox = pg.ViewBox(enableMenu=False)
        self.left, self.bottom = pg.AxisItem("left"), pg.AxisItem("bottom")
        # Room for half a number at either end of each axis.
        self.centralLayout.setContentsMargins(4, 8, 24, 0)
        self.centralLayout.setSpacing(0)
        for item, row, column in ((self.left, 0, 0), (self.view, 0, 1), (self.bottom, 1, 1)):
            self.centralLayout.addItem(item, row, column)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.view)
        self.view.disableAutoRange()
        self.limit(PlotOptions(log_y=False))
        self.view.sigRangeChanged.connect(self._on_range_changed)
        self.view.sigResized.connect(self._on_resized)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self._keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_F: self.fit_asked.emit,
            Qt.Key.Key_X: self.log_x_asked.emit,
            Qt.Key.Key_Y: self.log_y_asked.emit,
            Qt.Key.Key_Escape: self.dismissed.emit,
            Qt.Key.Key_Left: lambda: self.stepped.emit(-1),
            Qt.Key.Key_Right: lambda: self.stepped.emit(1),
            Qt.Key.Key_PageUp: lambda: self.stepped.emit(-self.pixels // 10),
            Qt.Key.Key_PageDown: lambda: self.stepped.emit(self.pixels // 10),
            Qt.Key.Key_Home: lambda: self.stepped.emit(-inf),
            Qt.Key.Key_End: lambda: self.stepped.emit(inf),
            Qt.Key.Key_Plus: lambda: self._zoom(ZOOM_STEP),
            Qt.Key.Key_Equal: lambda: self._zoom(ZOOM_STEP),
            Qt.Key.Key_Minus: lambda: self._zoom(1 / ZOOM_STEP),
        }

    @property
    def pixels(self) -> int:
        """Width of the area inside the axes, in pixels."""
        return max(int(self.view.width()), 1)

    @property
    def area(self) -> QRectF:
        """The area inside the axes, in this widget's pixels."""
        return QRectF(self.mapFromScene(self.view.sceneBoundingRect()).boundingRect())

    def frame(self, options: PlotOptions) -> Frame:
        """Return what is visible now, seen with `options`."""
        low, high = self.view.viewRange()[0]
        return Frame(low, high, self.pixels, options)

    @property
    def shown_y(self) -> tuple[float, float]:
        """The range of the y axis (axis units)."""
        low, high = self.view.viewRange()[1]
        return low, high

    def place(self, x: float, y: float) -> QPointF:
        """Return where a point (axis units) lies, in this widget's pixels."""
        (left, right), (bottom, top) = self.view.viewRange()
        area = self.area
        return QPointF(
            area.left() + area.width() * (x - left) / (right - left),
            area.bottom() - area.height() * (y - bottom) / (top - bottom),
        )

    def limit(self, options: PlotOptions) -> None:
        """Set how far and how deep one can zoom on axes of these kinds; do so before showing data on them."""
        log_x, log_y, seconds = options.log_x, options.log_y, options.by_seconds
        high = LOG_LIMIT if log_y else LINEAR_LIMIT
        self.view.setLimits(
            xMin=(-7.0 if seconds else -1.0) if log_x else -1e15,
            xMax=15.0 if log_x else 1e15,
            minXRange=1e-4 if log_x or seconds else 1.0,
            yMin=-high,
            yMax=high,
            minYRange=1e-9 if log_y else 1e-40,
        )

    def show_x(self, ends: tuple[float, float]) -> None:
        """Show exactly this range of the x axis (axis units)."""
        self.view.setXRange(*ends, padding=0)

    def show_y(self, ends: tuple[float, float]) -> None:
        """Show exactly this range of the y axis (axis units)."""
        self.view.setYRange(*ends, padding=0)

    def reveal(self, x: float) -> None:
        """Move the view just so far that `x` (axis units) is visible."""
        left, right = self.view.viewRange()[0]
        if not left <= x <= right:
            self.view.translateBy(x=x - right if x > right else x - left)

    def _zoom(self, factor: float) -> None:
        self.view.scaleBy((factor, factor))

    def _on_range_changed(self, *_range: object) -> None:
        self.range_changed.emit()

    def _on_resized(self, _view: object) -> None:
        self.resized.emit()

    def _on_clicked(self, event: object) -> None:
        # A click, not a drag: dragging with the right button zooms.
        if event.button() == Qt.MouseButton.RightButton:  # type: ignore[attr-defined]
            self.menu_asked.emit(event.screenPos().toPoint())  # type: ignore[attr-defined]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report where the mouse points."""
        super().mouseMoveEvent(event)
        place = event.position()
        if self.area.contains(place):
            self.pointed.emit(self.view.mapSceneToView(self.mapToScene(place.toPoint())).x())
        else:
            self.pointer_left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Report that the mouse is elsewhere."""
        super().leaveEvent(event)
        self.pointer_left.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the view to the data."""
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with the keys what the mouse can do."""
        action = self._keys.get(Qt.Key(event.key()))
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        shifted_plus = event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.text() == "+"
        if action is None or not (plain or shifted_plus):
            event.ignore()
            return
        action()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu for the menu key; the mouse asks through a click."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_asked.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys work here."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys no longer work here."""
        super().focusOutEvent(event)
        self.focus_changed.emit()
