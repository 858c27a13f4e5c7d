"""Ctrl-C as an order to end, not as an accident."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Self


class CtrlC:
    """Notes that Ctrl-C was pressed, so that whatever was trained is kept and reported.

    Attributes:
        pressed: whether it was.
        breaks: whether it raises KeyboardInterrupt as well; a second press always does.

    """

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        """Call `then` at the first press as well."""
        self._then = then
        self.pressed = False
        self.breaks = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        again, self.pressed = self.pressed, True
        if self.breaks or again:
            raise KeyboardInterrupt
        self._then()
