"""Joins the window and the session by signals and slots."""

import time
from math import inf

from PySide6.QtCore import QObject, Slot

from lora_gui.app.insights import Insights
from lora_gui.app.record_room import RecordRoom
from lora_gui.app.sweeps import Sweeps
from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.session import Session
from lora_gui.runtime.settings import Settings
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.plot_tabs import PlotTabs
from lora_gui.ui.run_status import RunFacts

FACTS_SECONDS = 0.2
"""Between two updates of the numbers in the status bar: slower than the curve, so that they can be read."""


class Controller(QObject):
    """Furnishes one window and joins it to one session; lives as long as the window."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        window.furnish(PlotTabs())
        self._window = window
        self._session = Session(self)
        self._insights = Insights(window, self._session)
        self._sweeps = Sweeps(window, settings)
        self._last_end: RunEnd | None = None
        self._device_title = window.settings_panel.device_title
        self._room = RecordRoom(window, self._session, self._insights, self._device_title)
        self._texts = FieldTexts(self)
        self._facts_shown = -inf
        self._send_orders()
        self._show_what_happens()
        # What was chosen before anybody listened.
        self._session.set_speed(window.toolbar.speed)
        self._session.watch(window.diagram.watch)
        self._show_facts()

    def remember(self) -> None:
        """Leave with the settings what the next start needs."""
        self._sweeps.remember()

    def close(self) -> None:
        """End all that runs."""
        self._insights.close()
        self._sweeps.close()
        self._session.shutdown()
        self._room.close()

    def _send_orders(self) -> None:
        window, session = self._window, self._session
        window.start_requested.connect(session.start)
        window.step_requested.connect(session.step)
        window.pause_requested.connect(session.pause)
        window.resume_requested.connect(session.resume)
        window.stop_requested.connect(session.stop)
        window.rewind_requested.connect(session.rewind)
        window.go_on_requested.connect(session.go_on)
        window.config_shown.connect(self._offer_to_go_on)
        window.setting_changed.connect(session.change)
        window.diagram.watch_changed.connect(session.watch)
        window.toolbar.speed_chosen.connect(session.set_speed)
        window.how_it_works.merge_requested.connect(session.check_merge)
        window.settings_panel.edited.connect(self._show_facts)
        window.settings_panel.devices_changed.connect(self._show_facts)

    def _show_what_happens(self) -> None:
        window, session = self._window, self._session
        session.state_changed.connect(self._on_state)
        session.emptied.connect(self._on_emptied)
        session.advanced.connect(self._on_advanced)
        session.changed.connect(self._on_changed)
        session.pictured.connect(window.diagram.show_picture)
        session.weight_checked.connect(window.parameter_panel.show_weight_check)
        session.merge_checked.connect(window.how_it_works.show_merge)
        session.ended.connect(self._on_ended)

    @Slot(object)
    def _on_state(self, state: RunState) -> None:
        self._window.show_state(state)
        self._offer_to_go_on(self._window.config)
        self._show_facts()
        self._insights.show_run()

    @Slot()
    def _on_emptied(self) -> None:
        self._last_end = None
        self._window.show_history(self._session.history)

    @Slot()
    def _on_advanced(self) -> None:
        self._insights.show_run()
        training = self._session.state is RunState.TRAINING
        # What comes last in a pause must be seen; nothing comes after it.
        if not training or time.perf_counter() - self._facts_shown >= FACTS_SECONDS:
            self._show_facts()

    @Slot(object, object)
    def _on_changed(self, change: Change, before: float) -> None:
        self._window.mark(change, before)

    @Slot(object)
    def _on_ended(self, end: RunEnd) -> None:
        self._last_end = end
        self._insights.show_run()
        self._window.show_end(end, self._session.config)
        self._show_facts()

    @Slot()
    def _show_facts(self) -> None:
        self._facts_shown = time.perf_counter()
        session = self._session
        shown = self._window.config if session.state is RunState.READY else session.config
        self._window.show_facts(
            RunFacts(
                state=str(session.state),
                epoch=session.epoch,
                epochs=shown.epochs,
                rate=session.rate,
                seconds_left=session.seconds_left,
                loss=session.history.last,
                accuracy=self._accuracy(),
                device=self._device_title(shown.device),
                engine=self._texts.engine(shown),
                best=session.history.best,
            )
        )
        self._window.how_it_works.show_losses(session.history.at(1), session.history.last, session.epoch)

    @Slot(object)
    def _offer_to_go_on(self, config: RunConfig) -> None:
        self._window.run_actions.go_on.setEnabled(self._session.can_go_on(config))

    def _accuracy(self) -> float | None:
        if self._last_end and self._last_end.evaluation:
            return self._last_end.evaluation.accuracy
        evaluations = self._session.history.evaluations
        return evaluations[-1].accuracy if evaluations else None
