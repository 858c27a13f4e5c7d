"""Load torch while the person looks around, so that the first Start is as quick as the second."""

import builtins
import gc
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from PySide6.QtCore import QObject, QThread, Signal

from lora_gui.engine.native import load_native_libraries

log = logging.getLogger(__name__)


class WarmUpThread(QThread):
    """Imports the engine and finds the devices, then imports what else is needed.

    Until `go_on` it does only what leaves the interpreter, and so the window's first picture, alone.

    Signals:
        devices_found: a list of (torch name, title) pairs; a run can start from here on.
        failed: the exception that kept something from loading.
    """

    devices_found = Signal(object)
    failed = Signal(object)

    def __init__(self, modules: Sequence[str] = (), parent: QObject | None = None) -> None:
        """Import `modules`, by their names, after the engine."""
        super().__init__(parent)
        self._modules = modules
        self._may_go_on = threading.Event()

    def go_on(self) -> None:
        """Use the interpreter from now on: the window has painted, or closes."""
        self._may_go_on.set()

    def run(self) -> None:
        """Import torch, which takes about a second and is why this is a thread."""
        try:
            load_native_libraries()
            self._may_go_on.wait()
            if not self.isInterruptionRequested():
                self._load()
        except (Exception, SystemExit) as error:
            log.exception("A library could not be loaded")
            self.failed.emit(error)

    def _load(self) -> None:
        with _undisturbed_imports():
            import lora_gui.engine.trainers  # noqa: F401 - loading it is the purpose
        from lora_gui.engine.device import available_devices

        self.devices_found.emit([(device.name, device.title) for device in available_devices()])
        with _undisturbed_imports():
            for name in self._modules:
                import_module(name)


@contextmanager
def _undisturbed_imports() -> Iterator[None]:
    """Keep two things away from imports that take a quarter of the time of torch's.

    The collector would look through half a million new objects again and again; all of them stay, so it need
    not look at them later either, when it would make the window stutter. And PySide looks at every import for
    its `__feature__` switches, which nothing here uses.
    """
    hooked = builtins.__import__
    builtins.__import__ = getattr(builtins, "__orig_import__", hooked)
    gc.disable()
    modules = len(sys.modules)
    try:
        yield
    finally:
        if len(sys.modules) > modules:  # else there was nothing to import
            gc.freeze()
        gc.enable()
        builtins.__import__ = hooked
