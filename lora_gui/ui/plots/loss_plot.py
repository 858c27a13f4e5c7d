"""The loss plot: live curves of a run over its epochs, however long it gets."""

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
from lora_gui.ui.plots.overlay import Overlay, Scene
from lora_gui.ui.plots.runs import Runs
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
        self._message = ""
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
        self._overlay = Overlay(self._canvas)
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
            self._pointer.epoch = None
            self.fit()

    def keep_as_previous(self) -> None:
        """Put the run shown behind the next one; without losses, the previous run stays what it was."""
        self._runs.keep_as_previous()
        self._pointer.epoch = None
        self.fit()

    def clear_previous(self) -> None:
        """Forget the previous run."""
        self._runs.previous = None
        self._draw()

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

    def set_message(self, text: str) -> None:
        """Say `text`: in the middle while there is no curve, below the plot otherwise; "" for none."""
        self._message = text
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
        if (before.log_x, before.log_y) == (self._options.log_x, self._options.log_y):
            self._draw()
        else:
            # The range on the screen means other losses on the new axis.
            self.fit()
        self.options_changed.emit()

    # Drawing

    def _draw(self, *, tight: bool = False) -> None:
        if self._drawing:  # a new range can make an axis wider, which resizes the view
            return
        self._drawing = True
        self._drawn = self._runs.size
        self._runs.read()
        self._canvas.limit(log_x=self._options.log_x, log_y=self._options.log_y)
        if self._following:
            end = follow.shown_end(self._runs.epochs, self._planned)
            self._canvas.show_x(follow.x_range(end, self._options))
        extent = self._curves.draw(self._runs, self._frame())
        self._blank = not extent
        extent = self._floors.widen(extent, self._frame(), self._canvas.area.height(), self._overlay.metrics)
        if self._following and (tight or not follow.fits(self._canvas.shown_y, extent, self._options)):
            self._canvas.show_y(follow.y_range(extent, self._options))
        self._grid.update(self._options)
        self._drawing = False
        self._compose()

    def _frame(self) -> Frame:
        return self._canvas.frame(self._options)

    def _compose(self) -> None:
        """Lay out what lies over the curves, and tell a screen reader what the crosshair shows."""
        frame, canvas, pens = self._frame(), self._canvas, self._curves.pens

        def place(epoch: float, loss: float = 1.0) -> QPointF:
            return canvas.place(frame.position(epoch), frame.height(loss))

        area = canvas.area
        legend = [Row(self._names[kind], pens[kind]) for kind in self._runs.kinds]
        reserved = self._overlay.legend_rect(area, legend)
        labels = markers.place(
            self._markers, lambda epoch: place(epoch).x(), area, self._overlay.metrics, reserved
        )
        crosshair = self._pointer.crosshair(area, place, pens, self._names)
        floors = floor_lines.place(self._floors, lambda loss: place(1, loss).y(), area, self._overlay.metrics)
        message, hint = self._texts()
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._overlay.setGeometry(canvas.rect())
        self._overlay.show_scene(Scene(area, legend, labels, floors, crosshair, message, canvas.hasFocus()))
        canvas.setAccessibleDescription(crosshair.text if crosshair else self._floors.text)

    def _texts(self) -> tuple[str, str]:
        """Return the text in the middle and the one below the plot."""
        if not self._runs.kinds:
            return self._message or self.tr("Press Start to train."), self._floors.reason
        if self._blank and self._curves.gaps:
            return self.tr("These losses are zero: a logarithmic axis has no place for them."), ""
        if self._curves.gaps:
            zeros = self.tr("Losses of zero have no place on a logarithmic axis.")
            return "", f"{self._message}\n{zeros}".strip()
        return "", f"{self._message}\n{self._floors.reason}".strip()

    # The crosshair

    def _on_pointed(self, position: float) -> None:
        self._pointer.point(self._frame().epoch(position))
        self._compose()

    def _on_stepped(self, pixels: float) -> None:
        self._pointer.step(pixels, self._frame())
        if self._pointer.epoch is not None:
            self._canvas.reveal(self._frame().position(self._pointer.epoch))
        self._compose()

    def _hide_crosshair(self) -> None:
        if self._pointer.epoch is not None:
            self._pointer.epoch = None
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
        self._draw()

    def _retranslate(self) -> None:
        self._names = {
            "training": self.tr("Training"),
            "test": self.tr("Test"),
            "previous": self.tr("Previous run"),
        }
        self._canvas.bottom.setLabel(self.tr("Epoch"))
        self._canvas.left.setLabel(self.tr("Loss (mean squared error)"))
        self._canvas.setAccessibleName(self.tr("Loss plot"))
        self._canvas.setWhatsThis(
            self.tr(
                "Wheel: zoom, also over one axis alone. Drag: move. Right drag: stretch. Double click or F:"
                " fit. Left and right arrows: move the crosshair. Plus and minus: zoom. X, Y: kind of axis."
            )
        )

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
