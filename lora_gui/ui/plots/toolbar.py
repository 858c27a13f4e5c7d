"""The row above the plot: kinds of axes, smoothing, fit."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from lora_gui.ui.icons import icon
from lora_gui.ui.plots.options import MAX_SMOOTHING, PlotOptions
from lora_gui.ui.plots.ticks import number


class PlotToolbar(QWidget):
    """Shows and edits PlotOptions.

    Signals:
        changed: the person changed an option.
        fit_asked: the person asked for a view that follows the data.
    """

    changed = Signal()
    fit_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._log_x, self._log_y = self._toggle("log_x"), self._toggle("log_y")
        self._by_seconds = self._toggle("by_seconds")
        self._overlaid = False
        self._label, self._value = QLabel(self), QLabel(self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("smoothing")
        self._slider.setRange(0, round(100 * MAX_SMOOTHING))
        self._slider.setPageStep(10)
        self._slider.setFixedWidth(90)
        self._slider.valueChanged.connect(self._on_slider)
        self._label.setBuddy(self._slider)
        self._fit = QToolButton(self)
        self._fit.setObjectName("fit")
        self._fit.setIcon(icon("fit"))
        self._fit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fit.clicked.connect(self.fit_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._by_seconds)
        row.addWidget(self._log_x)
        row.addWidget(self._log_y)
        row.addSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._slider)
        row.addWidget(self._value)
        row.addSpacing(8)
        row.addWidget(self._fit)
        self.retranslate()
        self.show_options(PlotOptions())

    def _toggle(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setCheckable(True)
        button.toggled.connect(self.changed)
        return button

    def retranslate(self) -> None:
        """Take every text from the language in force."""
        self._by_seconds.setText(self.tr("Seconds"))
        self._by_seconds.setToolTip(
            self.tr("Lay runs over each other by their seconds in training instead of their epochs")
        )
        self._by_seconds.setAccessibleName(self.tr("Seconds instead of epochs"))
        self._log_x.setText(self.tr("Log &x"))
        self._log_x.setToolTip(
            self.tr("Logarithmic epochs: the first ten get as much room as the next ninety (X)")
        )
        self._log_x.setAccessibleName(self.tr("Logarithmic epoch axis"))
        self._log_y.setText(self.tr("Log &y"))
        self._log_y.setToolTip(
            self.tr("Logarithmic loss: equal distances are equal factors, so small losses stay visible (Y)")
        )
        self._log_y.setAccessibleName(self.tr("Logarithmic loss axis"))
        self._label.setText(self.tr("S&moothing"))
        tip = self.tr(
            "Draw a Gaussian-weighted line through the losses, with the losses themselves faint behind it."
            " 0 draws the losses alone; s averages over about s / (1 − s) points to each side."
        )
        self._slider.setToolTip(tip)
        self._label.setToolTip(tip)
        self._slider.setAccessibleName(self.tr("Smoothing"))
        self._fit.setText(self.tr("F&it"))
        self._fit.setToolTip(self.tr("Show everything and follow the run as it grows (F, or double click)"))
        self._fit.setAccessibleName(self.tr("Fit the view to the data"))
        self._show_value()

    def options(self) -> PlotOptions:
        """Return what the controls say."""
        return PlotOptions(
            self._log_x.isChecked(),
            self._log_y.isChecked(),
            self._slider.value() / 100,
            self._by_seconds.isChecked(),
        )

    def show_options(self, options: PlotOptions) -> None:
        """Set the controls, without a signal."""
        blockers = [QSignalBlocker(w) for w in (self._log_x, self._log_y, self._slider, self._by_seconds)]
        self._log_x.setChecked(options.log_x)
        self._log_y.setChecked(options.log_y)
        self._slider.setValue(round(100 * options.smoothing))
        self._by_seconds.setChecked(options.by_seconds)
        del blockers
        self.set_overlaid(self._overlaid)
        self._show_value()

    def set_overlaid(self, overlaid: bool) -> None:
        """Offer seconds instead of epochs where there are runs to compare by them."""
        self._overlaid = overlaid
        self._by_seconds.setVisible(overlaid or self._by_seconds.isChecked())

    def toggle_log_x(self) -> None:
        """Press the button of the epoch axis."""
        self._log_x.toggle()

    def toggle_log_y(self) -> None:
        """Press the button of the loss axis."""
        self._log_y.toggle()

    def _on_slider(self) -> None:
        self._show_value()
        self.changed.emit()

    def _show_value(self) -> None:
        # As wide as the widest, so that the row stands still.
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance(number(0.88)))
        self._value.setText(number(self._slider.value() / 100))
