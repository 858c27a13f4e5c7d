"""The tabs below the diagram: each another view of the same run, and only the one in front costs anything."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.history import LossHistory
from lora_gui.domain.likeness import Likeness
from lora_gui.domain.outlook import Outlook
from lora_gui.ui.plots.gradient_view import GradientView
from lora_gui.ui.plots.loss_view import LossView
from lora_gui.ui.plots.spectrum_view import SpectrumView
from lora_gui.ui.runs.runs_tab import RunsTab
from lora_gui.ui.sweep.tab import SweepTab


class PlotTabs(QTabWidget):
    """Loss, spectrum and gradients of the run shown, sweeps, and all runs.

    Signals:
        rank_chosen(int): a rank was chosen in the chart of floors.
        spectrum_watched(bool): somebody begins, or ceases, to look at the spectrum.

    """

    rank_chosen = Signal(int)
    spectrum_watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot_tabs")
        self.setDocumentMode(True)
        self.tabBar().setExpanding(False)
        self.tabBar().setDrawBase(False)
        self.loss, self.spectrum, self.gradients = LossView(), SpectrumView(), GradientView()
        self.sweep, self.runs = SweepTab(), RunsTab()
        for page in (self.loss, self.spectrum, self.gradients, self.sweep, self.runs):
            self.addTab(page, "")
        # Keys by number: every letter with Alt belongs to a setting or a menu already.
        for index in range(self.count()):
            QShortcut(QKeySequence(f"Ctrl+{index + 1}"), self, partial(self.setCurrentIndex, index))
        self.loss.chart.rank_chosen.connect(self.rank_chosen)
        self.spectrum.watched.connect(self.spectrum_watched)
        self._retranslate()

    def set_running(self, running: bool) -> None:
        """Hold the rank while a run goes on."""
        self.loss.chart.set_running(running)
        self.sweep.set_running(running)
        self.runs.set_running(running)

    def show_config(self, config: RunConfig) -> None:
        """Follow the settings."""
        self.loss.show_config(config)
        self.sweep.show_config(config)

    def show_history(self, history: LossHistory | None) -> None:
        """Begin with another run, or none; the one before stays faint behind it."""
        plot = self.loss.plot
        plot.keep_as_previous()
        plot.clear_markers()
        plot.show_history(history)
        self.gradients.show_history(history)
        self.spectrum.show_likeness(None)

    def show_outlooks(self, shown: Outlook | None, of_run: Outlook | None) -> None:
        """Show what is known of the config shown, and of the run."""
        self.loss.show_outlook(shown)
        self.spectrum.show_outlook(of_run or shown)

    def show_run(self, loss: float | None, outlook: Outlook | None, config: RunConfig) -> None:
        """Follow the run of `config`, with its last loss, or None before the first; `refresh` draws it."""
        self.loss.show_run(loss, outlook, config)

    def show_likeness(self, likeness: Likeness) -> None:
        """Show what the run has learned."""
        self.spectrum.show_likeness(likeness)

    def refresh(self) -> None:
        """Draw what is new in the run, where it is seen."""
        self.loss.refresh()
        self.gradients.refresh()

    def minimumSizeHint(self) -> QSize:
        """Return the least of the loss plot: a hidden tab must not make the window taller."""
        page = self.loss.minimumSizeHint()
        return QSize(page.width(), page.height() + self.tabBar().sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.tabBar().setAccessibleName(self.tr("Views of the run"))
        texts = (
            (self.tr("Loss"), self.tr("The loss over the epochs, and the best that any rank could reach")),
            (self.tr("Spectrum"), self.tr("Which directions ΔW has, and whether they are the right ones")),
            (self.tr("Gradients"), self.tr("How strongly each epoch pulls at A and B, and how far W moves")),
            (self.tr("Sweep"), self.tr("The final loss over many runs: over ranks, rates, seeds")),
            (self.tr("Runs"), self.tr("Every run so far: to be found, compared and taken up again")),
        )
        for index, (title, tip) in enumerate(texts):
            self.setTabText(index, title)
            keys = QKeySequence(f"Ctrl+{index + 1}").toString(QKeySequence.SequenceFormat.NativeText)
            self.setTabToolTip(index, f"{tip} ({keys})")
