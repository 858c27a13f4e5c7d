"""What runs in a process of its own, on this machine or another."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.synchronize import Event

from lora_gui.domain.sweep_plan import Piece
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.sweeps.training import train

LOOK_SECONDS = 0.05
"""Between two looks of a paused process at whether it may go on."""


class Cancelled(Exception):  # noqa: N818 - an order, not an error
    """The sweep was given up while a piece of it was trained."""


_paused: Event | None = None
_cancelled: Event | None = None


def prepare(paused: Event, cancelled: Event) -> None:
    """Make this process a worker that heeds two events; Ctrl-C is for the process that asked."""
    global _paused, _cancelled
    _paused, _cancelled = paused, cancelled
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def work(piece: Piece) -> tuple[SweepRun, ...]:
    """Train `piece` to its end on one core; raises Cancelled."""
    import torch

    torch.set_num_threads(1)
    stretches = train(piece)
    while True:
        _heed()
        try:
            next(stretches)
        except StopIteration as end:
            runs: tuple[SweepRun, ...] = end.value
            return runs


def _heed() -> None:
    """Wait while paused; an event that is not there, as on a cluster, was never set."""
    while True:
        if _cancelled and _cancelled.is_set():
            raise Cancelled
        if not (_paused and _paused.is_set()):
            return
        time.sleep(LOOK_SECONDS)


def _die_with_parent() -> None:
    # A pool's process would otherwise wait for ever for work from a parent that was killed.
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
