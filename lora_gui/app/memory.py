"""What a window is given back when it opens again: its place, its settings, and how its plot was drawn."""

import dataclasses
import json
import logging
from collections.abc import Callable
from typing import Any

from lora_gui.domain.config import RunConfig
from lora_gui.runtime.settings import Settings
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.messages import describe_set_aside, describe_unused
from lora_gui.ui.theme import theme_switch

log = logging.getLogger(__name__)


class Memory:
    """Brings back what was remembered of one window; what cannot be used costs nothing else and is said."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        self._window, self._settings = window, settings
        self._unused: list[str] = []

    def restore_window(self) -> None:
        """Bring back all but the plot."""
        window, settings = self._window, self._settings
        window.restoreGeometry(settings.bytes_("geometry"))
        window.restore_layout(settings.bytes_("layout"))
        self._restore("speed", "null", window.toolbar.choose_speed)
        self._restore("how_it_works", "true", window.how_it_works.set_open)
        self._restore("config", "{}", lambda values: window.restore_config(RunConfig.from_dict(values)))
        if settings.set_aside:
            window.show_message(describe_set_aside(str(settings.set_aside)))

    def restore_plot(self) -> None:
        """Bring back how the plot was drawn, once it is there."""
        from lora_gui.ui.plots.options import PlotOptions

        plot = self._window.plot
        self._restore("plot", "{}", lambda values: plot.apply_options(PlotOptions(**values)))

    def keep_window(self) -> None:
        """Remember all but the plot for the next start."""
        window, settings = self._window, self._settings
        settings.remember("geometry", window.saveGeometry())
        settings.remember("layout", window.layout_state())
        settings.remember("theme", theme_switch().choice)
        settings.remember("speed", json.dumps(window.toolbar.speed))
        settings.remember("how_it_works", json.dumps(window.how_it_works.is_open))
        settings.remember("config", window.config.to_json())

    def keep_plot(self) -> None:
        """Remember how the plot is drawn."""
        self._settings.remember("plot", json.dumps(dataclasses.asdict(self._window.plot.options())))

    def _restore(self, key: str, default: str, restore: Callable[[Any], None]) -> None:
        try:
            restore(json.loads(self._settings.text(key, default)))
        except (ValueError, TypeError) as error:
            # From another version, or edited by hand: the default stands in for what cannot be read.
            log.warning("The remembered %s could not be used: %s", key, error)
            self._unused.append(f"{key}: {error}")
            self._window.show_message(describe_unused("\n".join(self._unused)))
