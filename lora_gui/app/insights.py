"""Joins the tabs below the diagram to what is found out beside the training."""

from PySide6.QtCore import QObject, Slot

from lora_gui.domain.analysis import has_floors
from lora_gui.runtime.insight import Insight
from lora_gui.runtime.session import Session
from lora_gui.ui.main_window import MainWindow


class Insights(QObject):
    """Shows outlooks and likenesses as they are found; lives as long as the window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._tabs = window.tabs
        self._session = session
        self._insight = Insight(session, self)
        window.config_shown.connect(self._insight.show_config)
        window.tabs.spectrum_watched.connect(self._insight.watch_likeness)
        self._insight.outlook_changed.connect(self._on_outlook)
        self._insight.likeness_found.connect(window.tabs.show_likeness)
        self._insight.show_config(window.config)

    def close(self) -> None:
        """End the threads."""
        self._insight.shutdown()

    @property
    def floor(self) -> float | None:
        """The lowest loss within reach of the session's run, None where it is not known."""
        outlook, config = self._insight.run_outlook, self._session.config
        return outlook.floors.of(config) if outlook and has_floors(config) else None

    def show_run(self) -> None:
        """Draw the run as it is by now, and how far it is above its floor."""
        session = self._session
        self._tabs.show_run(session.history.last, self._insight.run_outlook, session.config)
        self._tabs.refresh()

    @Slot()
    def _on_outlook(self) -> None:
        self._tabs.show_outlooks(self._insight.outlook, self._insight.run_outlook)
        self.show_run()
