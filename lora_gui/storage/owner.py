"""Which process a run belongs to, and whether it still lives."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Self

import psutil

CLOCK_TOLERANCE_SECONDS = 2.0
"""Start times of one process may differ by this much, as the system's clock is set right now and then."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: its id and, since ids are used again, the time when it started."""

    pid: int
    started: float

    @classmethod
    @cache
    def this_process(cls) -> Self:
        """Return the process that asks."""
        return cls(os.getpid(), psutil.Process().create_time())

    @property
    def is_alive(self) -> bool:
        """Whether the process is still there, and not another one under its id."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return abs(process.create_time() - self.started) < CLOCK_TOLERANCE_SECONDS
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True
