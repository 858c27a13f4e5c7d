"""A sweep from start to end: gives its runs out, collects what comes back, tells about it."""

import os
import time
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from threading import Condition

from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_plan import Piece, plan
from lora_gui.domain.sweep_results import SweepEnd, SweepNews, SweepProgress, SweepRun
from lora_gui.sweeps.crew import Cluster, Crew, Processes, Result, check_here, local_size
from lora_gui.sweeps.training import Stretches, failed, train, use_threads

TELL_SECONDS = 0.1
"""Between two pieces of news: often enough to look live, too seldom to cost anything."""
WAIT_SECONDS = 0.05
"""How long to sleep for results before orders are looked at."""
ATTEMPTS = 3
"""How often a piece is given away whose process died."""
LOST = ConnectionError("the cluster let go of it")
"""What went wrong with pieces whose scheduler has gone."""
AHEAD = 2
"""Pieces given away per worker, so that none waits for the next."""


class SweepJob:
    """Runs one sweep in the thread that calls `run`; pause, resume and cancel may come from any thread.

    Runs that the closed form covers are trained together in that very thread; others go to processes beside
    it. With a scheduler everything goes to its cluster.
    """

    def __init__(
        self,
        sweep: Sweep,
        *,
        known: Collection[int] = (),
        jobs: int | None = None,
        scheduler: str | None = None,
        tell: Callable[[SweepNews], None] = lambda news: None,
    ) -> None:
        """Plan the runs of `sweep` but for those whose index is `known` already; nothing starts yet.

        `jobs` is the number of processes, one per core if None; `scheduler` the address of a Dask cluster.
        `tell` is called in the thread of `run`, at most ten times a second and once at the end.
        """
        left = [(index, config) for index, config in enumerate(sweep.configs) if index not in known]
        self.pieces = plan(left)
        self._scheduler, self._jobs, self._tell = scheduler, jobs, tell
        self._orders = Condition()
        self._paused = self._cancelled = False
        self._total, self._done = sweep.count, sweep.count - len(left)
        self._here: deque[Piece] = deque(p for p in self.pieces if p.together and not scheduler)
        self._waiting: deque[Piece] = deque(p for p in self.pieces if not p.together or scheduler)
        self._given: dict[Result, Piece] = {}
        self._attempts: dict[Piece, int] = {}
        self._crew: Crew | None = None
        self._current: tuple[Piece, Stretches] | None = None
        self._news: list[SweepRun] = []
        self._work = max(sum(piece.seconds for piece in self.pieces), 1e-9)
        self._worked = self._part = 0.0
        self._begin = self._idle = self._told = 0.0
        self._first: tuple[float, float] | None = None

    @property
    def workers(self) -> int:
        """About how many pieces are trained at once; a cluster's size is not known before it is asked."""
        return self._jobs or os.cpu_count() or 1

    def pause(self) -> None:
        """Train nothing further until `resume`."""
        self._order(paused=True)

    def resume(self) -> None:
        """Go on training."""
        self._order(paused=False)

    def cancel(self) -> None:
        """End soon; runs that are not over are lost, those that are have been told by the end."""
        with self._orders:
            self._cancelled = True
            self._orders.notify_all()

    def run(self) -> SweepEnd:
        """Train every run; returns how it ended.

        Raises ConfigError for a scheduler that cannot be reached or a device that is not here, and
        NotEnoughMemory for a run that does not fit. Runs that go wrong later are told as FAILED.
        """
        self._begin = self._told = time.perf_counter()
        try:
            self._crew = self._hire()
            while (self._here or self._current or self._waiting or self._given) and self._obey():
                self._give_away()
                self._train_here()
                self._collect()
                self._tell_now_and_then()
        finally:
            if self._crew:
                self._crew.close()
            self._tell_all()
        return SweepEnd(RunState.STOPPED if self._cancelled else RunState.FINISHED)

    def _order(self, *, paused: bool) -> None:
        with self._orders:
            self._paused = paused
            self._orders.notify_all()

    def _hire(self) -> Crew | None:
        if self._scheduler:
            return Cluster(self._scheduler) if self._waiting else None
        check_here(self.pieces)
        return Processes(local_size(self._waiting, self._jobs)) if self._waiting else None

    def _obey(self) -> bool:
        """Wait while paused; returns whether to go on."""
        with self._orders:
            if self._paused and not self._cancelled:
                start = time.perf_counter()
                self._hold(True)
                self._orders.wait_for(lambda: self._cancelled or not self._paused)
                self._hold(False)
                self._idle += time.perf_counter() - start
            return not self._cancelled

    def _hold(self, paused: bool) -> None:
        if self._crew:
            self._crew.pause(paused)

    def _give_away(self) -> None:
        while self._crew and self._waiting and len(self._given) < AHEAD * self._crew.size:
            piece = self._waiting.popleft()
            try:
                self._given[self._crew.submit(piece)] = piece
            except BrokenExecutor:
                self._waiting.appendleft(piece)
                self._crew.renew()

    def _train_here(self) -> None:
        """Train one stretch of a piece in this thread."""
        if not self._current:
            if not self._here:
                return
            piece = self._here.popleft()
            use_threads(piece)
            self._current = piece, train(piece)
        piece, stretches = self._current
        try:
            self._part = piece.seconds * next(stretches)
        except StopIteration as end:
            self._over(piece, end.value)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other pieces can still be trained
            self._over(piece, _all_failed(piece, error))
        else:
            return
        self._current, self._part = None, 0.0

    def _collect(self) -> None:
        if not self._given:
            return
        busy_here = self._current or self._here
        done, _ = wait(self._given, 0 if busy_here else WAIT_SECONDS, FIRST_COMPLETED)
        for future in done:
            piece = self._given.pop(future)
            error = LOST if future.cancelled() else future.exception()
            if isinstance(error, BrokenExecutor) and self._may_repeat(piece):
                self._waiting.append(piece)
            else:
                self._over(piece, _all_failed(piece, error) if error else future.result())

    def _may_repeat(self, piece: Piece) -> bool:
        self._attempts[piece] = self._attempts.get(piece, 1) + 1
        return self._attempts[piece] <= ATTEMPTS

    def _over(self, piece: Piece, runs: tuple[SweepRun, ...]) -> None:
        self._news += runs
        self._done += len(runs)
        self._worked += piece.seconds

    def _tell_now_and_then(self) -> None:
        if time.perf_counter() - self._told >= TELL_SECONDS:
            self._tell_all()

    def _tell_all(self) -> None:
        news, self._news = tuple(self._news), []
        self._told = time.perf_counter()
        self._tell(SweepNews(news, self._progress()))

    def _progress(self) -> SweepProgress:
        seconds = time.perf_counter() - self._begin - self._idle
        fraction = min(1.0, (self._worked + self._part) / self._work) if self.pieces else 1.0
        if self._first is None and fraction:
            # From here on it is known how fast it goes; until then torch was imported, data drawn.
            self._first = seconds, fraction
        left = None
        if self._first and fraction > self._first[1]:
            since, done = seconds - self._first[0], fraction - self._first[1]
            left = since * (1 - fraction) / done
        return SweepProgress(self._done, self._total, fraction, seconds, left)


def _all_failed(piece: Piece, error: BaseException) -> tuple[SweepRun, ...]:
    return tuple(failed(*run, error) for run in piece.runs)
