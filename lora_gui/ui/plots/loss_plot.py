"""The loss plot: live curves of a run over its epochs, however long it gets."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lora_gui.domain.history import LossHistory
from lora_gui.ui.plots import floor_lines, follow, markers
from lora_gui.ui.plots.canvas import Canvas
from lora_gui.ui.plots.crosshair import Pointer
from lora_gui.ui.plots.curves import Curves
from lora_gui.ui.plots.floor_lines import FloorLines
from lora_gui.ui.plots.frame import Frame
from lora_gui.ui.plots.grid import Grid
from lora_gui.ui.plots.key import Row
from lora_gui.ui.plots.markers import Marker
from lora_gui.ui.plots.menu import PlotMenu
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.overlaid import OverlayRun
from lora_gui.ui.plots.overlaid_curves import OverlaidCurves
from lora_gui.ui.plots.overlay import Overlay, Scene
from lora_gui.ui.plots.runs import Runs
from lora_gui.ui.plots.texts import PlotTexts, Shown
from lora_gui.ui.plots.toolbar import PlotToolbar
from lora_gui.ui.theme import theme, theme_switch


class LossPlot(QWidget):
    """Training and test loss of a run, the previous run behind them, and markers where something changed.

    The view follows the run until a person zooms or drags; "fit" makes it follow again. Somebody calls
    refresh() many times a second; it draws only what is new.

    Signals:
        options_changed: options() is another one now.
    """

    options_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loss_plot")
        self._runs = Runs()
        self._markers: list[Marker] = []
        self._floors = FloorLines()
        self._planned = 0
        self._options = PlotOptions()
        self._pointer = Pointer(self._runs, self)
        self._following = True
        self._drawing = False
        self._drawn: tuple[int, int] | None = None
        self._blank = True
        self._toolbar = PlotToolbar(self)
        self._canvas = Canvas(self)
        self._canvas.setMinimumSize(240, 140)
        self._grid = Grid(self._canvas.view, self._canvas.left, self._canvas.bottom)
        self._curves = Curves(self._canvas.view)
        self._overlaid = OverlaidCurves(self._canvas.view)
        self._overlay = Overlay(self._canvas)
        self._texts = PlotTexts(self)
        self._hint = QLabel(self)
        self._lay_out()
        self._connect()
        self._retranslate()
        self._wear()

    def _lay_out(self) -> None:
        self.setFocusProxy(self._canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._toolbar)
        column.addWidget(self._canvas, 1)
        self._hint.setObjectName("plot_hint")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        column.addWidget(self._hint)

    def _connect(self) -> None:
        canvas, toolbar = self._canvas, self._toolbar
        toolbar.changed.connect(self._on_toolbar)
        toolbar.fit_asked.connect(self.fit)
        canvas.fit_asked.connect(self.fit)
        canvas.log_x_asked.connect(toolbar.toggle_log_x)
        canvas.log_y_asked.connect(toolbar.toggle_log_y)
        canvas.range_changed.connect(self._on_range_changed)
        canvas.resized.connect(self._draw)
        canvas.focus_changed.connect(self._compose)
        canvas.pointed.connect(self._on_pointed)
        canvas.pointer_left.connect(self._hide_crosshair)
        canvas.dismissed.connect(self._hide_crosshair)
        canvas.stepped.connect(self._on_stepped)
        canvas.menu_asked.connect(self._open_menu)
        theme_switch().changed.connect(self._wear)

    # What is shown

    def show_history(self, history: LossHistory | None) -> None:
        """Show the losses of another run (or none) from now on. They are read at every refresh()."""
        if history is not self._runs.history:
            self._runs.show(history)
            self._pointer.at = None
            self.fit()

    def keep_as_previous(self) -> None:
        """Put the run shown behind the next one; without losses, the previous run stays what it was."""
        self._runs.keep_as_previous()
        self._pointer.at = None
        self.fit()

    def forget_previous(self) -> None:
        """Take away the previous run, which has nothing in common with the one shown."""
        self._runs.previous = None
        self.fit()

    def show_overlays(self, runs: Sequence[OverlayRun]) -> None:
        """Lay exactly these runs over the one shown."""
        self._runs.lay_over(runs)
        self._overlaid.show(self._runs.overlaid)
        self._toolbar.set_overlaid(bool(runs))
        self._pointer.at = None
        self._draw(tight=self._following)

    def set_epochs(self, total: int) -> None:
        """Tell how many epochs are planned, so that the axis can leave room for them."""
        self._planned = total
        self._draw()

    def add_marker(self, epoch: int, text: str) -> None:
        """Draw a labelled vertical line at `epoch` (1-based)."""
        self._markers.append(Marker(epoch, text))
        self._compose()

    def clear_markers(self) -> None:
        """Remove every marker."""
        self._markers.clear()
        self._compose()

    def show_floors(self, floors: FloorLines) -> None:
        """Draw the best possible losses, or say below the plot why there are none."""
        before, self._floors = self._floors, floors
        if floors.places != before.places:
            self._draw()
        elif floors != before:
            self._compose()

    def refresh(self) -> None:
        """Draw what is new in the run; costs nothing when nothing is, or when nobody sees it."""
        if self._canvas.isVisible() and self._runs.size != self._drawn:
            self._draw()

    def fit(self) -> None:
        """Show everything, and follow the run as it grows."""
        self._following = True
        self._draw(tight=True)

    # How it is shown

    def options(self) -> PlotOptions:
        """Return the kinds of axes and the smoothing in force."""
        return self._options

    def apply_options(self, options: PlotOptions) -> None:
        """Use these kinds of axes and this smoothing."""
        self._toolbar.show_options(options)
        self._on_toolbar()

    def _on_toolbar(self) -> None:
        before, self._options = self._options, self._toolbar.options()
        if before == self._options:
            return
        if replace(before, smoothing=0) == replace(self._options, smoothing=0):
            self._draw()
        else:
            # The range on the screen means other losses on the new axis.
            self._pointer.by_seconds = self._options.by_seconds
            self._pointer.at = None
            self._name_axes()
            self.fit()
        self.options_changed.emit()

    # Drawing

    def _draw(self, *, tight: bool = False) -> None:
        if self._drawing:  # a new range can make an axis wider, which resizes the view
            return
        self._drawing = True
        try:
            self._draw_curves(tight=tight)
        finally:
            self._drawing = False
        self._compose()

    def _draw_curves(self, *, tight: bool) -> None:
        self._drawn = self._runs.size
        self._runs.read()
        self._canvas.limit(self._options)
        if self._following:
            end = follow.end(self._runs, self._planned, self._options)
            self._canvas.show_x(follow.x_range(end, self._options))
        extent = self._curves.draw(self._runs, self._frame()) | self._overlaid.draw(self._frame())
        self._blank = not extent
        extent = self._floors.widen(extent, self._frame(), self._canvas.area.height(), self._overlay.metrics)
        if self._following and (tight or not follow.fits(self._canvas.shown_y, extent, self._options)):
            self._canvas.show_y(follow.y_range(extent, self._options))
        self._grid.update(self._options)

    def _frame(self) -> Frame:
        return self._canvas.frame(self._options)

    def _compose(self) -> None:
        """Lay out what lies over the curves, and tell a screen reader what the crosshair shows."""
        frame, canvas, pens = self._frame(), self._canvas, self._curves.pens | self._overlaid.pens
        names = self._texts.names() | {run.kind: run.name for run in self._runs.overlaid}
        by_seconds = self._options.by_seconds

        def place(value: float, loss: float = 1.0) -> QPointF:
            return canvas.place(frame.position(value), frame.height(loss))

        def value_of(epoch: int) -> float:
            return self._runs.value(epoch, by_seconds)

        area = canvas.area
        rows = [Row(names[kind], pens[kind]) for kind in self._runs.kinds(by_seconds=by_seconds)]
        legend = self._overlay.fitting(rows, area, self._texts.more)
        reserved = self._overlay.legend_rect(area, legend)
        metrics = self._overlay.metrics
        labels = markers.place(
            self._markers, lambda epoch: place(value_of(epoch)).x(), area, metrics, reserved
        )
        crosshair = self._pointer.crosshair(area, place, pens, names)
        floors = floor_lines.place(self._floors, lambda loss: place(1, loss).y(), area, metrics, reserved)
        gaps = self._curves.gaps or self._overlaid.gaps
        timeless = by_seconds and bool(self._runs.size[0]) and not self._runs.clock_of(self._runs.history)
        shown = Shown(bool(rows), self._blank, gaps, timeless)
        message, hint = self._texts.remarks(self._floors.reason, shown)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._overlay.setGeometry(canvas.rect())
        self._overlay.show_scene(Scene(area, legend, labels, floors, crosshair, message, canvas.hasFocus()))
        canvas.setAccessibleDescription(crosshair.text if crosshair else self._floors.text)

    # The crosshair

    def _on_pointed(self, position: float) -> None:
        self._pointer.point(self._frame().value(position))
        self._compose()

    def _on_stepped(self, pixels: float) -> None:
        self._pointer.step(pixels, self._frame())
        if self._pointer.at is not None:
            self._canvas.reveal(self._frame().position(self._pointer.at))
        self._compose()

    def _hide_crosshair(self) -> None:
        if self._pointer.at is not None:
            self._pointer.at = None
            self._compose()

    # What the person and the surroundings do

    def _on_range_changed(self) -> None:
        # Every range that is not set while drawing is a person's.
        if not self._drawing:
            self._following = False
            self._draw()

    def _open_menu(self, place: QPoint) -> None:
        PlotMenu(self._toolbar, self._options, self).popup(place)

    def _wear(self) -> None:
        self._canvas.setBackground(theme().card)
        self._grid.wear(theme())
        self._curves.wear(theme())
        self._overlaid.wear(theme())
        self._draw()

    def _retranslate(self) -> None:
        self._name_axes()
        self._canvas.left.setLabel(self._texts.up())
        self._canvas.setAccessibleName(self.tr("Loss plot"))
        self._canvas.setWhatsThis(self._texts.what_keys_do())

    def _name_axes(self) -> None:
        self._canvas.bottom.setLabel(self._texts.across(by_seconds=self._options.by_seconds))

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._toolbar.retranslate()
            self._retranslate()
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self._draw(tight=self._following)
