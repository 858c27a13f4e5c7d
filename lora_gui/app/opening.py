"""Opens a window in the order in which a person needs it: seen, then ready to train, then with its plots."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImageReader

from lora_gui.app.memory import Memory
from lora_gui.domain.config import RunConfig
from lora_gui.domain.run import RunState
from lora_gui.runtime.settings import Settings
from lora_gui.runtime.warm_up import WarmUpThread
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.main_window import MainWindow
from lora_gui.ui.run_status import WARMING_UP, RunFacts

if TYPE_CHECKING:
    from lora_gui.app.controller import Controller

PLOTTING = "lora_gui.app.controller"
"""The module whose import brings the plots; together with pyqtgraph a third of a second."""


class Opening(QObject):
    """Builds the rest of a window behind its first picture, and takes everything down when it closes.

    A person who presses Start before all is there is served: what is missing is then built on the spot.
    """

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._memory = Memory(window, settings)
        self._controller: Controller | None = None
        self._closed = False
        self._texts = FieldTexts(self)
        self._state = WARMING_UP
        self._warm_up = WarmUpThread((PLOTTING,), self)
        self._warm_up.devices_found.connect(self._on_devices)
        self._warm_up.failed.connect(window.show_error)
        self._warm_up.finished.connect(self.complete)
        # Heard here until there is somebody to hear them.
        self._early = (
            (window.start_requested, self._on_start),
            (window.step_requested, self._on_step),
            (window.settings_panel.edited, self._show_facts),
            (window.settings_panel.devices_changed, self._show_facts),
        )
        for signal, slot in self._early:
            signal.connect(slot)
        window.first_painted.connect(self._on_first_painted)
        window.closing.connect(self._on_closing)
        self._memory.restore_window()
        self._show_facts()
        # The system loads one library after the other: what Qt needs for its icons must not wait for torch's.
        QImageReader.supportedImageFormats()
        self._warm_up.start()

    @Slot()
    def complete(self) -> None:
        """Build what is not there yet, unless the window has closed meanwhile."""
        if self._controller is None and not self._closed:
            from lora_gui.app.controller import Controller

            for signal, slot in self._early:
                signal.disconnect(slot)
            self._controller = Controller(self._window, self._settings)
            self._memory.restore_plot()

    @Slot(object)
    def _on_start(self, config: RunConfig) -> None:
        self.complete()
        if self._controller is not None:
            self._window.start_requested.emit(config)  # again, now that somebody listens

    @Slot(object)
    def _on_step(self, config: RunConfig) -> None:
        self.complete()
        if self._controller is not None:
            self._window.step_requested.emit(config)

    @Slot(object)
    def _on_devices(self, devices: list[tuple[str, str]]) -> None:
        self._state = RunState.READY
        self._window.settings_panel.set_devices(devices)

    @Slot()
    def _show_facts(self) -> None:
        config = self._window.config
        self._window.show_facts(
            RunFacts(
                state=self._state,
                epochs=config.epochs,
                device=self._window.settings_panel.device_title(config.device),
                engine=self._texts.engine(config),
            )
        )

    @Slot()
    def _on_first_painted(self) -> None:
        if self._window.isVisible():  # not one that was closed in that very moment
            self._warm_up.go_on()

    @Slot()
    def _on_closing(self) -> None:
        self._closed = True
        self._warm_up.requestInterruption()
        self._warm_up.go_on()
        self._memory.keep_window()
        if self._controller is not None:
            self._memory.keep_plot()
            self._controller.remember()
        self._settings.save()  # first: what runs may take long to end
        if self._controller is not None:
            self._controller.close()
        # An import cannot be interrupted, and a thread must not outlive its object.
        self._warm_up.wait()
