"""Joins the window and the session by signals and slots."""

import dataclasses
import json
import logging
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from lora_gui.app.insights import Insights
from lora_gui.app.record_room import RecordRoom
from lora_gui.app.sweeps import Sweeps
from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.session import Session
from lora_gui.runtime.settings import Settings
from lora_gui.runtime.warm_up import WarmUpThread
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.messages import describe_set_aside, describe_unused
from lora_gui.ui.plots.options import PlotOptions
from lora_gui.ui.run_status import RunFacts
from lora_gui.ui.theme import theme_switch

log = logging.getLogger(__name__)

FACTS_INTERVAL_MS = 100
"""Between two updates of the numbers in the status bar: slower than the curve, so that they can be read."""


class Controller(QObject):
    """Joins one window to one session; lives as long as the window."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._session = Session(self)
        self._warm_up = WarmUpThread(self)
        self._insights = Insights(window, self._session, self._warm_up)
        self._sweeps = Sweeps(window, settings)
        self._last_end: RunEnd | None = None
        self._device_titles: dict[str, str] = {}
        self._room = RecordRoom(window, self._session, self._insights, self._device_title)
        self._texts = FieldTexts(self)
        self._facts_timer = QTimer(self)
        self._facts_timer.setInterval(FACTS_INTERVAL_MS)
        self._facts_timer.timeout.connect(self._show_facts)
        self._send_orders()
        self._show_what_happens()
        self._restore()
        self._show_facts()

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
        window.first_painted.connect(self._on_first_painted)
        window.closing.connect(self._on_closing)

    def _show_what_happens(self) -> None:
        window, session = self._window, self._session
        session.state_changed.connect(self._on_state)
        session.emptied.connect(self._on_emptied)
        session.advanced.connect(window.tabs.follow)
        session.changed.connect(self._on_changed)
        session.pictured.connect(window.diagram.show_picture)
        session.weight_checked.connect(window.parameter_panel.show_weight_check)
        session.merge_checked.connect(window.how_it_works.show_merge)
        session.ended.connect(self._on_ended)
        self._warm_up.devices_found.connect(self._on_devices)
        self._warm_up.failed.connect(window.show_error)
        self._warm_up.finished.connect(self._show_facts)

    @Slot(object)
    def _on_state(self, state: RunState) -> None:
        self._window.show_state(state)
        self._offer_to_go_on(self._window.config)
        if state.is_active:
            self._facts_timer.start()
        else:
            self._facts_timer.stop()
        self._show_facts()

    @Slot()
    def _on_emptied(self) -> None:
        self._last_end = None
        self._window.show_history(self._session.history)

    @Slot(object, object)
    def _on_changed(self, change: Change, before: float) -> None:
        self._window.mark(change, before)

    @Slot(object)
    def _on_ended(self, end: RunEnd) -> None:
        self._last_end = end
        self._window.tabs.refresh()
        self._window.show_end(end, self._session.config)
        self._show_facts()

    @Slot()
    def _show_facts(self) -> None:
        session = self._session
        shown = self._window.config if session.state is RunState.READY else session.config
        self._window.show_facts(
            RunFacts(
                state="warming_up" if self._is_warming_up() else str(session.state),
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
        self._insights.show_excess()

    @Slot(object)
    def _on_devices(self, devices: list[tuple[str, str]]) -> None:
        self._device_titles = dict(devices)
        self._window.settings_panel.set_devices(devices)

    def _device_title(self, device: str) -> str:
        return self._device_titles.get(device, device)

    @Slot(object)
    def _offer_to_go_on(self, config: RunConfig) -> None:
        self._window.run_actions.go_on.setEnabled(self._session.can_go_on(config))

    def _accuracy(self) -> float | None:
        if self._last_end and self._last_end.evaluation:
            return self._last_end.evaluation.accuracy
        evaluations = self._session.history.evaluations
        return evaluations[-1].accuracy if evaluations else None

    def _is_warming_up(self) -> bool:
        return self._warm_up.isRunning() and not self._session.state.is_active

    def _restore(self) -> None:
        window, settings = self._window, self._settings
        window.restoreGeometry(settings.bytes_("geometry"))
        window.restore_layout(settings.bytes_("layout"))
        unused = []
        for key, default, restore in (
            ("speed", "null", window.toolbar.choose_speed),
            ("how_it_works", "true", window.how_it_works.set_open),
            ("plot", "{}", self._restore_plot),
            ("config", "{}", self._restore_config),
        ):
            try:
                restore(json.loads(settings.text(key, default)))
            except (ValueError, TypeError) as error:
                # From another version, or edited by hand: the default stands in for what cannot be read.
                log.warning("The remembered %s could not be used: %s", key, error)
                unused.append(f"{key}: {error}")
        if unused:
            window.show_message(describe_unused("\n".join(unused)))
        if settings.set_aside:
            window.show_message(describe_set_aside(str(settings.set_aside)))

    def _restore_plot(self, values: dict[str, Any]) -> None:
        self._window.plot.apply_options(PlotOptions(**values))

    def _restore_config(self, values: dict[str, Any]) -> None:
        self._window.restore_config(RunConfig.from_dict(values))

    @Slot()
    def _on_first_painted(self) -> None:
        if self._window.isVisible():  # not one that was closed in that very moment
            self._warm_up.start()

    @Slot()
    def _on_closing(self) -> None:
        window, settings = self._window, self._settings
        settings.remember("geometry", window.saveGeometry())
        settings.remember("layout", window.layout_state())
        settings.remember("theme", theme_switch().choice)
        settings.remember("speed", json.dumps(window.toolbar.speed))
        settings.remember("how_it_works", json.dumps(window.how_it_works.is_open))
        settings.remember("plot", json.dumps(dataclasses.asdict(window.plot.options())))
        settings.remember("config", window.config.to_json())
        settings.save()
        self._session.shutdown()
        self._room.close()
        # An import cannot be interrupted, and a thread must not outlive its object.
        self._warm_up.wait()
