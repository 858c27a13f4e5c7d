"""Threads that did not end in time: destroying one that runs would abort the process."""

import logging

from PySide6.QtCore import QThread

log = logging.getLogger(__name__)

_stragglers: list[QThread] = []


def let_go(thread: QThread) -> None:
    """Be done with `thread`: delete it, or if it still runs, keep it from being destroyed with its window."""
    if thread.isFinished():
        thread.deleteLater()
        return
    log.warning("%s did not end in time", type(thread).__name__)
    thread.setParent(None)
    _stragglers.append(thread)


def any_left() -> bool:
    """Whether a thread runs that nobody waits for any more; the process must then end without cleaning up."""
    return any(thread.isRunning() for thread in _stragglers)
