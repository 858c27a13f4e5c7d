"""Ctrl-C, and a desktop session that ends, as orders to close the window properly."""

import signal
import socket
from typing import Self

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """Tells of SIGINT and SIGTERM within its `with` block; a second one ends the process at once.

    Python runs its handlers between two of its own instructions, and an event loop that waits has none: the
    byte that `signal.set_wakeup_fd` sends wakes it (Python's documentation of the module `signal`).

    Signals:
        came: the first of them.
    """

    came = Signal()

    def __enter__(self) -> Self:
        """Begin to listen, from the main thread."""
        self._inbox, self._outbox = socket.socketpair()
        self._inbox.setblocking(False)
        self._outbox.setblocking(False)
        self._notifier = QSocketNotifier(self._inbox.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_byte)
        self._wakeup = signal.set_wakeup_fd(self._outbox.fileno(), warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, lambda *_: None) for number in _NUMBERS}
        return self

    def __exit__(self, *_: object) -> None:
        """Put back what was replaced."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._notifier.setEnabled(False)
        self._inbox.close()
        self._outbox.close()

    @Slot()
    def _on_byte(self) -> None:
        self._inbox.recv(64)
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_DFL)
        self.came.emit()
