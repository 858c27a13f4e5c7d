"""The plot's own menu: pyqtgraph's speaks English only."""

from PySide6.QtWidgets import QMenu, QWidget

from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.plots.toolbar import PlotToolbar


class PlotMenu(QMenu):
    """Offers what the toolbar does, and is gone once it closes."""

    def __init__(self, toolbar: PlotToolbar, options: PlotOptions, parent: QWidget) -> None:
        super().__init__(parent)
        self.addAction(self.tr("&Fit and follow"), toolbar.fit_asked.emit)
        self.addSeparator()
        log_x = self.addAction(self.tr("Logarithmic &epochs"), toolbar.toggle_log_x)
        log_y = self.addAction(self.tr("Logarithmic &loss"), toolbar.toggle_log_y)
        for action, on in ((log_x, options.log_x), (log_y, options.log_y)):
            action.setCheckable(True)
            action.setChecked(on)
        self.aboutToHide.connect(self.deleteLater)
