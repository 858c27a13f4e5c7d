"""Load torch while the person looks around, so that the first Start is as quick as the second."""

import logging

from PySide6.QtCore import QThread, Signal

log = logging.getLogger(__name__)


class WarmUpThread(QThread):
    """Imports the engine and finds the devices.

    Signals:
        devices_found: a list of (torch name, title) pairs.
        failed: the exception that kept torch from loading.
    """

    devices_found = Signal(object)
    failed = Signal(object)

    def run(self) -> None:
        """Import torch, which takes over a second and is why this is a thread."""
        try:
            import lora_gui.engine.trainers  # noqa: F401 - loading it is the purpose
            from lora_gui.engine.device import available_devices

            self.devices_found.emit([(device.name, device.title) for device in available_devices()])
        except (Exception, SystemExit) as error:
            log.exception("torch could not be loaded")
            self.failed.emit(error)
