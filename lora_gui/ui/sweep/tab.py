"""The Sweep tab: says what to sweep, follows the sweep as it goes, and opens the run that is chosen."""

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_plan import estimate_seconds, plan
from lora_gui.domain.sweep_results import SweepEnd, SweepNews, SweepProgress, SweepRun
from lora_gui.ui.cards import SPACING
from lora_gui.ui.messages import describe_memory
from lora_gui.ui.sweep.bar import SweepBar
from lora_gui.ui.sweep.form import SweepForm
from lora_gui.ui.sweep.line import SweepLine
from lora_gui.ui.sweep.results import SweepResults
from lora_gui.ui.sweep.texts import SweepTexts

TYPING_MS = 150
"""Pause in typing after which the form is looked at."""


class SweepTab(QWidget):
    """Asks for sweeps and shows them; it knows neither threads nor processes.

    Signals:
        start_requested(object, object, str): a Sweep, the indices of its runs that are known already, and the
            address of a Dask scheduler or "".
        pause_requested, resume_requested, cancel_requested: for the sweep under way.
        run_opened(object): the RunConfig of a run that was chosen in the results.
        preset_requested(str): a preset is to be loaded, since the task of the settings has nothing to find.
        export_requested(str): the results are to be written to this path.

    """

    start_requested = Signal(object, object, str)
    pause_requested = Signal()
    resume_requested = Signal()
    cancel_requested = Signal()
    run_opened = Signal(object)
    preset_requested = Signal(str)
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_tab")
        self._texts = SweepTexts(self)
        self._config = RunConfig()
        self._asked: Sweep | None = None
        self._state = RunState.READY
        self._training = False
        self._progress: SweepProgress | None = None
        self._workers = 1
        self.form = SweepForm(self._texts)
        self.bar = SweepBar(self.form.seeds_row, self.form.more)
        self.line = SweepLine()
        self.results = SweepResults(self._texts.fields)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._lay_out()
        self._connect()
        self._retranslate()

    # What comes in

    def show_config(self, config: RunConfig) -> None:
        """Follow the settings, which the next sweep begins with."""
        self._config = config
        self.form.show_config(config)
        self._look_soon()

    def set_workers(self, workers: int) -> None:
        """Tell how many processes train side by side, for the estimate."""
        self._workers = workers
        self._look_soon()

    def set_running(self, running: bool) -> None:
        """Tell whether a run goes on, whose settings must stay."""
        self._training = running

    @Slot(object)
    def show_news(self, news: SweepNews) -> None:
        """Show what came out since the last news."""
        self._progress = news.progress
        self.results.add(news.runs)
        self._refresh()

    def show_state(self, state: RunState) -> None:
        """Follow the sweep: TRAINING, PAUSED, STOPPING, or over."""
        self._state = state
        self.form.set_running(state.is_active)
        self._refresh()

    @Slot(object)
    def show_end(self, end: SweepEnd) -> None:
        """Say how the sweep ended; its results stay."""
        self.show_state(end.state)
        results = self.results
        if isinstance(end.error, ConfigError):
            self.line.say(self._texts.describe(end.error), "error")
        elif isinstance(end.error, NotEnoughMemory):
            self.line.say(describe_memory(end.error), "error")
        elif end.error is not None:
            self.line.say(f"{type(end.error).__name__}: {end.error}", "error")
        elif results.sweep:
            seconds = self._progress.seconds if self._progress else 0.0
            text = self._texts.finished(results.sweep.count, results.runs.values(), seconds)
            self.line.say(text, "warning" if results.has_lost else "muted")

    def say_not_written(self, path: str, error: Exception) -> None:
        """Say that the results could not be exported."""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = self.tr("{path} could not be written: {reason}").format(path=path, reason=reason)
        self.line.say(text, "error")

    # What happens here

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the settings."""
        super().showEvent(event)
        self._look()

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, SPACING, 0, 0)
        rows.setSpacing(SPACING)
        for widget in (self.form, self.bar, self.line):
            rows.addWidget(widget)
        rows.addWidget(self.results, 1)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._look)
        self.form.changed.connect(self._look_soon)
        self.form.entered.connect(self._start)
        self.form.spread_chosen.connect(self._on_spread)
        self.bar.start_asked.connect(self._start)
        self.bar.pause_asked.connect(self.pause_requested)
        self.bar.resume_asked.connect(self.resume_requested)
        self.bar.cancel_asked.connect(self.cancel_requested)
        self.bar.table_asked.connect(self.results.show_as_table)
        self.bar.copy_asked.connect(self.results.table.copy)
        self.bar.export_asked.connect(self._export)
        self.results.opened.connect(self._open)
        self.results.ranks_asked.connect(self._sweep_ranks)

    def _look_soon(self) -> None:
        # Out of sight nobody waits for an answer, and a large sweep takes a moment to be written out.
        if self.isVisible():
            self._typing.start()

    def _look(self) -> None:
        """Read the form and say what it asks for, or what is wrong in it."""
        self._typing.stop()
        problem = None
        try:
            self._asked = self.form.sweep(self._config)
        except ConfigError as error:
            self._asked, problem = None, error
        self.form.show_error(problem)
        if self._state.is_active:
            return
        if problem is not None:
            self.line.say(self._texts.describe(problem), "error")
        elif self._asked is not None:
            self._say_plan(self._asked)
        self._refresh()

    def _say_plan(self, sweep: Sweep) -> None:
        pieces = plan(enumerate(sweep.configs))
        seconds = estimate_seconds(pieces, self._workers)
        text = self._texts.plan(sweep, pieces, seconds, self.form.scheduler)
        warning = self._texts.warning(sweep)
        self.line.say(f"{text} · {warning}" if warning else text, "warning" if warning else "muted")

    def _refresh(self) -> None:
        state = self._state
        self.bar.show_state(state, can_start=self._asked is not None, can_continue=self._can_continue())
        self.bar.set_results(bool(self.results.runs))
        fraction = self._progress.fraction if self._progress else 0.0
        self.line.show_progress(fraction if state.is_active else None)
        if state is RunState.PAUSED:
            self.line.say(self._texts.paused(self._progress))
        elif state.is_active and self._progress:
            self.line.say(self._texts.progress(self._progress))
        elif state is RunState.TRAINING:
            self.line.say(self.tr("Starting …"))

    def _start(self) -> None:
        self._look()
        if self._asked is None or self._state.is_active:
            return
        known = self._known() if self._can_continue() else {}
        self.results.begin(self._asked, known)
        self._progress = None
        self.start_requested.emit(self._asked, tuple(known), self.form.scheduler)

    def _known(self) -> dict[int, SweepRun]:
        """Return the runs that need not be trained again."""
        runs = self.results.runs
        return {index: run for index, run in runs.items() if run.outcome is not RunState.FAILED}

    def _can_continue(self) -> bool:
        """Whether the sweep asked for is the one shown, with some of its runs still to be trained."""
        sweep = self.results.sweep
        if sweep is None or sweep != self._asked or self._state.is_active:
            return False
        return 0 < len(self._known()) < sweep.count

    def _sweep_ranks(self) -> None:
        if self._config.task == "random" and not self._training:
            self.preset_requested.emit("planted")
        self.form.ask_for_ranks()
        self._look()

    def _open(self, index: int) -> None:
        if self.results.sweep is None:
            return
        if self._training:
            self.line.say(self.tr("Settings cannot be loaded while a run goes on: stop it first"), "warning")
            return
        config = self.results.sweep.configs[index]
        self.run_opened.emit(config)
        self._look()
        self.line.say(self._texts.opened(self.results.sweep, config))

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export the runs"), "sweep.csv", self.tr("CSV files (*.csv)")
        )
        if path:
            self.export_requested.emit(path)

    def _on_spread(self) -> None:
        self.results.show_spread(self.form.spread)

    def _retranslate(self) -> None:
        self._look()
