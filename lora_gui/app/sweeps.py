"""Joins the Sweep tab to the thread that sweeps, and to what is remembered of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Slot

from lora_gui.domain.config import ConfigError
from lora_gui.domain.files import draft_of
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.runtime.settings import Settings
from lora_gui.runtime.stragglers import let_go
from lora_gui.runtime.sweep_thread import SweepThread
from lora_gui.sweeps.csv_file import SweepFile
from lora_gui.ui.main_window import MainWindow

STOP_MS = 15_000
"""Longest wait for a sweep when the window closes: processes end within a second or two, if they can."""


class Sweeps(QObject):
    """Runs at most one sweep at a time; lives as long as the window."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._tab = window.tabs.sweep
        self._settings = settings
        self._thread: SweepThread | None = None
        self._tab.set_workers(QThread.idealThreadCount())
        self._tab.form.remember_scheduler(settings.text("scheduler"))
        self._tab.start_requested.connect(self._start)
        self._tab.pause_requested.connect(self._pause)
        self._tab.resume_requested.connect(self._resume)
        self._tab.cancel_requested.connect(self._cancel)
        self._tab.export_requested.connect(self._export)

    def remember(self) -> None:
        """Leave with the settings where sweeps run."""
        self._settings.remember("scheduler", self._tab.form.scheduler)

    def close(self) -> None:
        """End the sweep."""
        if self._thread is not None and not self._thread.stop(STOP_MS):
            let_go(self._thread)
            self._thread = None

    @Slot(object, object, str)
    def _start(self, sweep: Sweep, known: Sequence[int], scheduler: str) -> None:
        if self._thread is not None:
            return
        thread = SweepThread(sweep, known=known, scheduler=scheduler or None, parent=self)
        thread.advanced.connect(self._tab.show_news)
        thread.ended.connect(self._tab.show_end)
        thread.finished.connect(self._on_finished)
        self._thread = thread
        self._tab.show_state(RunState.TRAINING)
        thread.start()

    @Slot()
    def _pause(self) -> None:
        if self._thread is not None:
            self._thread.job.pause()
            self._tab.show_state(RunState.PAUSED)

    @Slot()
    def _resume(self) -> None:
        if self._thread is not None:
            self._thread.job.resume()
            self._tab.show_state(RunState.TRAINING)

    @Slot()
    def _cancel(self) -> None:
        if self._thread is not None:
            self._tab.show_state(RunState.STOPPING)
            self._thread.stop()

    @Slot()
    def _on_finished(self) -> None:
        if self._thread is not None:
            self._thread.deleteLater()
            self._thread = None

    @Slot(str)
    def _export(self, path: str) -> None:
        sweep, runs = self._tab.results.sweep, self._tab.results.runs
        if sweep is None:
            return
        try:
            with draft_of(Path(path)) as draft:
                file = SweepFile(draft, sweep)
                file.add(runs.values())
                file.save()
        except (OSError, ConfigError) as error:
            self._tab.say_not_written(path, error)
