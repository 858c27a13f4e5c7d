"""Runs written to disk as they go, by a thread of its own, so that neither training nor a window waits."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Concatenate, ParamSpec, Self

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RunInfo
from lora_gui.storage.database import set_aside
from lora_gui.storage.errors import DamagedStoreError, StoreError, UnavailableStoreError, UnknownRunError
from lora_gui.storage.orders import Act, Append, Order, merged
from lora_gui.storage.store import RunStore, new_id

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
"""Longest time that losses wait to be written together."""
CLOSE_SECONDS = 5.0
"""Longest wait for the last writes."""
MAX_WAITING_BYTES = 256 * 2**20
"""Losses that wait for a disk that takes none; beyond that, runs are not kept any more."""

P = ParamSpec("P")


class RecordWriter:
    """Takes orders from any thread, at once, and carries them out in theirs.

    Losses are written every FLUSH_SECONDS, everything else right away. What the disk does not take now is
    tried again; nothing is ever raised to whoever gave the order. Both callbacks are called in the thread.
    """

    def __init__(
        self,
        path: Path,
        on_error: Callable[[StoreError], None] = lambda error: None,
        on_written: Callable[[str | None], None] = lambda run_id: None,
    ) -> None:
        """Start the thread, which opens the database, marks interrupted runs and purges deleted ones.

        `on_error` hears of each trouble once: UnavailableStoreError when it begins; DamagedStoreError when
        the file was set aside; NewerStoreError, or a plain StoreError, for what is not kept.
        `on_written` gets the id of a run that was written; None, once the database is open, for any of them.
        """
        self._path = path
        self._on_error = on_error
        self._on_written = on_written
        self._inbox: SimpleQueue[Order | None] = SimpleQueue()
        self._store: RunStore | None = None
        self._given_up = False
        self._told: set[str] = set()
        self._outage = ""
        # Daemonic: a disk that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, info: RunInfo) -> str:
        """Keep a new run of this process; returns its id."""
        run_id = new_id()
        self.submit(RunStore.begin, run_id, info)
        return run_id

    def append(
        self,
        run_id: str,
        losses: NDArray[np.floating[Any]],
        evaluations: Sequence[Evaluation] = (),
        changes: Sequence[Change] = (),
        *,
        seconds: float,
    ) -> None:
        """Add what a run gave, as RunStore.append does; the array must not be written to any more."""
        self._inbox.put(Append(run_id, [losses], list(evaluations), list(changes), seconds))

    def finish(self, run_id: str, outcome: Outcome) -> None:
        """Say how a run ended."""
        self.submit(RunStore.finish, run_id, outcome)

    def submit(
        self,
        method: Callable[Concatenate[RunStore, str, P], None],
        run_id: str,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Have a method of RunStore called for a run, as in `submit(RunStore.rename, run_id, "best")`."""
        self._inbox.put(Act(run_id, lambda store: method(store, run_id, *args, **kwargs)))

    def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Write what waits and end the thread, within so many seconds; returns whether all was tried."""
        self._inbox.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        waiting: list[Order] = []
        self._write(waiting)
        goes_on = True
        while goes_on:
            goes_on = self._collect(waiting)
            self._write(waiting)
        if waiting:
            log.error("The last changes to %d runs were not kept", len({order.run_id for order in waiting}))
        self._close_store()

    def _collect(self, waiting: list[Order]) -> bool:
        """Wait for orders until some are due; returns False if they are the last."""
        due: float | None = time.monotonic() + FLUSH_SECONDS if waiting else None
        while True:
            try:
                order = self._inbox.get(timeout=None if due is None else max(0.0, due - time.monotonic()))
            except Empty:
                return True
            if order is None:
                return False
            waiting.append(order)
            if isinstance(order, Act):
                due = time.monotonic()  # and with it whatever else lies in the inbox
            elif due is None:
                due = time.monotonic() + FLUSH_SECONDS

    def _write(self, waiting: list[Order]) -> None:
        """Carry out what waits, in order; what the disk does not take goes on waiting."""
        if self._given_up:
            waiting.clear()
            return
        waiting[:] = merged(waiting)
        try:
            try:
                self._carry_out(waiting)
            except DamagedStoreError as error:
                self._begin_anew(error)
                self._carry_out(waiting)
        except UnavailableStoreError as error:
            self._outage = str(error)
            self._tell(error)
            if sum(order.size for order in waiting) > MAX_WAITING_BYTES:
                self._give_up(StoreError(self._path, "the disk takes nothing, so runs are not kept any more"))
        except StoreError as error:
            self._give_up(error)

    def _carry_out(self, waiting: list[Order]) -> None:
        store = self._store or self._open()
        while waiting:
            self._carry_out_one(waiting[0], store)
            del waiting[0]
        self._told.discard(self._outage)  # it is over, so the next one is told again

    def _open(self) -> RunStore:
        self._store = store = RunStore(self._path)
        store.mark_interrupted()
        store.purge()
        self._on_written(None)
        return store

    def _carry_out_one(self, order: Order, store: RunStore) -> None:
        try:
            order.carry_out(store)
            self._on_written(order.run_id)
        except (UnavailableStoreError, DamagedStoreError):
            raise
        except UnknownRunError as error:
            log.warning("%s", error)
        except Exception as error:
            # The order itself is at fault; those behind it are not.
            log.exception("A change to run %s was not kept", order.run_id)
            self._tell(StoreError(self._path, f"{type(error).__name__}: {error}"))

    def _begin_anew(self, error: DamagedStoreError) -> None:
        self._close_store()
        try:
            aside = set_aside(self._path)
        except OSError as refused:
            raise UnavailableStoreError(
                self._path, f"it is damaged and cannot be moved: {refused}"
            ) from error
        self._tell(DamagedStoreError(self._path, error.damage, aside))

    def _give_up(self, error: StoreError) -> None:
        self._given_up = True
        self._close_store()
        self._tell(error)

    def _close_store(self) -> None:
        if self._store:
            self._store.close()
            self._store = None

    def _tell(self, error: StoreError) -> None:
        """Report each trouble once."""
        if str(error) not in self._told:
            self._told.add(str(error))
            log.error("%s", error)
            self._on_error(error)
