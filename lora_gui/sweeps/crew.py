"""Who trains the pieces of a sweep that are given away: processes of this machine, or a Dask cluster."""

import multiprocessing
import signal
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from threading import Timer
from typing import Any, Protocol

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import run_bytes
from lora_gui.domain.sweep_plan import Piece
from lora_gui.domain.sweep_results import SweepRun
from lora_gui.sweeps.worker import prepare, work

CONNECT_SECONDS = 10
"""How long to wait for a scheduler to answer."""
COUNT_SECONDS = 2.0
"""How often to ask a cluster for its size, which may change."""
MERCY_SECONDS = 0.2
"""What a process gets to end by itself: a stretch of training, not the second that torch takes to leave."""

Result = Future[tuple[SweepRun, ...]]


class Crew(Protocol):
    """Takes pieces and gives futures; used from one thread."""

    @property
    def size(self) -> int:
        """How many pieces are trained at once."""

    def submit(self, piece: Piece) -> Result:
        """Give a piece away."""

    def pause(self, paused: bool) -> None:
        """Hold what is being trained, if that can be, or let it go on."""

    def renew(self) -> None:
        """Make the crew usable again after BrokenExecutor."""

    def close(self) -> None:
        """Let go of everybody; what is still being trained is lost."""


class Processes:
    """Spawned processes (a fork is not safe beside threads), one torch thread each."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._context = multiprocessing.get_context("spawn")
        self._paused, self._cancelled = self._context.Event(), self._context.Event()
        self._pool = self._new_pool()

    def submit(self, piece: Piece) -> Result:
        """Give a piece away; the first ones start the processes. Raises BrokenExecutor."""
        with _deaf_to_ctrl_c():
            return self._pool.submit(work, piece)

    def pause(self, paused: bool) -> None:
        """Hold every process after its stretch of epochs, or let it go on."""
        (self._paused.set if paused else self._paused.clear)()

    def renew(self) -> None:
        """Start new processes in place of a pool that lost one."""
        self._pool.shutdown()
        self._pool = self._new_pool()

    def close(self) -> None:
        """End every process: it is asked, and ended by force where it does not answer."""
        self._cancelled.set()
        force = Timer(MERCY_SECONDS, _terminate, [list((self._pool._processes or {}).values())])
        force.start()
        self._pool.shutdown(cancel_futures=True)
        force.cancel()
        force.join()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.size,
            mp_context=self._context,
            initializer=prepare,
            initargs=(self._paused, self._cancelled),
        )


class Cluster:
    """The workers of a Dask scheduler, which has lost workers' pieces done again by others.

    They need this package installed. A pause keeps further pieces back; a piece that was begun goes on, and
    its result is dropped if the sweep is given up.
    """

    def __init__(self, address: str) -> None:
        """Connect; raises ConfigError where there is no scheduler at `address`, or no distributed here."""
        try:
            from distributed import Client
            from distributed.comm import get_address_host_port
        except ImportError:
            hint = 'left out unless Dask is installed: pip install "lora-gui[cluster]"'
            raise ConfigError("scheduler", address, hint) from None
        try:
            # A client that finds nobody would leave a thread behind.
            socket.create_connection(get_address_host_port(address), CONNECT_SECONDS).close()
            self._client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            allowed = "the address of a running Dask scheduler, such as tcp://host:8786"
            raise ConfigError("scheduler", address, allowed) from error
        # Not pure: the same piece, given away once more, is to be trained and not remembered.
        self._executor: Executor = self._client.get_executor(pure=False)
        self._size, self._counted = 0, -COUNT_SECONDS

    @property
    def size(self) -> int:
        """The threads of all workers there are now, at least one."""
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._size, self._counted = sum(self._client.nthreads().values()), time.monotonic()
        return max(1, self._size)

    def submit(self, piece: Piece) -> Result:
        """Give a piece away."""
        return self._executor.submit(work, piece)

    def pause(self, paused: bool) -> None:
        """Do nothing: nobody can hold what a worker has begun."""

    def renew(self) -> None:
        """Do nothing: the scheduler replaces what was lost."""

    def close(self) -> None:
        """Cancel what was not begun and leave the cluster as it is."""
        self._executor.shutdown(wait=False)
        self._client.close()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let processes be started that Ctrl-C in the terminal does not reach, even before `prepare`."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _terminate(processes: Iterable[BaseProcess]) -> None:
    for process in processes:
        process.terminate()


def check_here(pieces: Sequence[Piece]) -> None:
    """Raise ConfigError or NotEnoughMemory for the first piece that this machine cannot train."""
    from lora_gui.engine.device import check_device, check_memory

    largest: dict[str, RunConfig] = {}
    for _, config in (run for piece in pieces for run in piece.runs):
        if config.device not in largest or run_bytes(config) > run_bytes(largest[config.device]):
            largest[config.device] = config
    for config in largest.values():
        check_device(config)
        check_memory(config)


def local_size(pieces: Sequence[Piece], jobs: int | None) -> int:
    """Return how many processes to use: one per core or as asked for, as many as memory allows."""
    from lora_gui.engine.device import available_devices, cores

    largest = max(run_bytes(config) for piece in pieces for _, config in piece.runs)
    free = available_devices()[0].free_bytes
    return max(1, min(jobs or cores(), len(pieces), free // largest))
