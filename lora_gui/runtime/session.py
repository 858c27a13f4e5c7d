"""The one run that the window shows: its state, its losses, and the thread that trains it."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lora_gui.domain.config import LIVE_FIELDS, RunConfig
from lora_gui.domain.history import LossHistory
from lora_gui.domain.picture import Picture, Watch
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.merging import Merging
from lora_gui.runtime.redrawing import Redrawing
from lora_gui.runtime.training_loop import CheckMerge, Fact, LookAt, Pause, Resume, Set, SetSpeed, Step
from lora_gui.runtime.training_thread import TrainingThread

if TYPE_CHECKING:
    from lora_gui.engine.checks import Prover

PULL_INTERVAL_MS = 33
"""Between two looks into the thread's outbox: 30 a second, as often as the plot is drawn."""
RATE_WINDOW_SECONDS = 1.0
"""Stretch over which epochs per second are measured."""
STOP_WAIT_MS = 30_000
"""Longest wait for a thread at shutdown; one epoch of the largest layer fits in."""


class Session(QObject):
    """Owns at most one training thread and everything known about its run.

    Signals:
        state_changed: `state` is another RunState.
        emptied: `history` is a fresh one, since a run begins or was rewound.
        advanced: `history` has grown.
        changed: a Change took effect; with the value it replaced.
        pictured: `picture` is a newer one.
        weight_checked: a WeightCheck of the frozen weight, at the start, in a pause and at the end.
        merge_checked: the MergeCheck or MergeFailure that was asked for.
        ended: a RunEnd; `state` has already changed.

    Attributes:
        state: where the run is.
        config: the run's settings, live changes included.
        history: its losses so far.
        picture: its matrices as last drawn, None before the first time.

    """

    state_changed = Signal(object)
    emptied = Signal()
    advanced = Signal()
    changed = Signal(object, object)
    pictured = Signal(object)
    weight_checked = Signal(object)
    merge_checked = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.READY
        self.config = RunConfig()
        self.history = LossHistory()
        self.picture: Picture | None = None
        self._watch: Watch | None = None
        self._redrawing = Redrawing(self)
        self._redrawing.drawn.connect(self._on_redrawn)
        self._prover: Prover | None = None
        self._merge_asked = False
        self._merging = Merging(self)
        self._merging.checked.connect(self._on_merge_checked)
        self._speed: float | None = None
        self._thread: TrainingThread | None = None
        self._one_step = False
        self._after_stop: Callable[[], None] | None = None
        self._rates: deque[tuple[float, int]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(PULL_INTERVAL_MS)
        self._timer.timeout.connect(self._pull)

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return len(self.history)

    @property
    def rate(self) -> float | None:
        """Epochs per second over the last second or so, None while there is nothing to measure."""
        if self.state is not RunState.TRAINING or len(self._rates) < 2:
            return None
        (then, before), (now, after) = self._rates[0], self._rates[-1]
        return (after - before) / (now - then) if now > then else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the last epoch at the present rate."""
        return (self.config.epochs - self.epoch) / self.rate if self.rate else None

    def start(self, config: RunConfig) -> None:
        """Train `config` from its start, or go on if a run is paused."""
        if self.state is RunState.PAUSED:
            self.resume()
        else:
            self._begin_when_free(config, one_step=False)

    def step(self, config: RunConfig) -> None:
        """Train one epoch and pause: of the run under way, else of a new run of `config`."""
        if self._thread and self.state in (RunState.TRAINING, RunState.PAUSED):
            self._thread.loop.send(Step())
            self._set_state(RunState.PAUSED)
        else:
            self._begin_when_free(config, one_step=True)

    def pause(self) -> None:
        """Hold a run under way after the epochs in progress."""
        if self._thread and self.state is RunState.TRAINING:
            self._thread.loop.send(Pause())
            self._set_state(RunState.PAUSED)

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._thread and self.state is RunState.PAUSED:
            self._thread.loop.send(Resume())
            self._rates.clear()
            self._set_state(RunState.TRAINING)

    def stop(self) -> None:
        """End the run after the epochs in progress; what was trained stays."""
        if self._thread and self.state.is_active:
            self._set_state(RunState.STOPPING)
            self._thread.stop()

    def rewind(self) -> None:
        """Forget the run, so that the same config can start from the same start."""
        if self._thread:
            # The window must not wait for an epoch of a large layer; the rest follows when that is over.
            self._after_stop = self._forget_run
            self.stop()
        else:
            self._forget_run()

    def set_speed(self, speed: float | None) -> None:
        """Train at most `speed` epochs per second, now and in later runs; None is as fast as possible."""
        self._speed = speed
        if self._thread:
            self._thread.loop.send(SetSpeed(speed))

    def change(self, field: str, value: float) -> None:
        """Give a live setting of the run under way a new value from its next epoch on."""
        if self._thread and self.state.is_active and field in LIVE_FIELDS:
            self._thread.loop.send(Set(field, value))

    def watch(self, watch: Watch | None) -> None:
        """Draw what `watch` asks for, of this run and later ones; None draws nothing."""
        self._watch = watch
        if self._thread:
            self._thread.loop.send(LookAt(watch))
        elif watch and self.picture and self.picture.watch != watch:
            self._redrawing.ask(self.picture, watch)

    def check_merge(self) -> None:
        """Merge and unmerge the adapter of the run, under way or ended, and tell what that changed."""
        if self._thread:
            self._merge_asked = True
            self._thread.loop.send(CheckMerge())
        elif self._prover:
            self._merging.ask(self._prover)

    def shutdown(self) -> None:
        """End the thread and wait for it, as before the window closes."""
        self._end_thread()
        self._merging.shutdown()
        self._redrawing.shutdown()

    def _forget_run(self) -> None:
        self._empty()
        self._set_state(RunState.READY)

    def _begin_when_free(self, config: RunConfig, *, one_step: bool) -> None:
        if self.state is RunState.STOPPING:
            self._after_stop = partial(self._begin, config, one_step=one_step)
        elif not self.state.is_active:
            self._begin(config, one_step=one_step)

    def _begin(self, config: RunConfig, *, one_step: bool) -> None:
        self.config = config
        self._empty()
        self._thread = TrainingThread(config, self._speed, one_step=one_step, watch=self._watch, parent=self)
        self._thread.ended.connect(self._on_ended)
        self._one_step = one_step
        self._set_state(RunState.PREPARING)
        self._thread.start()
        self._timer.start()

    @Slot()
    def _pull(self) -> None:
        """Take every fact that waits, and tell about them once."""
        if not self._thread:
            return
        outbox = self._thread.loop.outbox
        size = self.epoch
        while outbox:
            self._take(outbox.popleft())
        if self.epoch > size:
            self._measure_rate()
            self.advanced.emit()
        self._show(self._thread.loop.watching.picture)

    def _take(self, fact: Fact) -> None:
        match fact:
            case RunConfig():
                if self.state is RunState.PREPARING:
                    self._set_state(RunState.PAUSED if self._one_step else RunState.TRAINING)
            case Advance():
                self.history.append(fact.losses)
                self.history.evaluations.extend(fact.evaluations)
                self.history.norms.extend(fact.norms)
            case Change():
                before = getattr(self.config, fact.field)
                self.config = fact.apply_to(self.config)
                self.changed.emit(fact, before)
            case WeightCheck():
                self.weight_checked.emit(fact)
            case MergeCheck() | MergeFailure():
                self._merge_asked = False
                self.merge_checked.emit(fact)

    @Slot(object)
    def _on_ended(self, end: RunEnd) -> None:
        self._pull()
        if self._thread:
            # Taken, not shared: what the thread keeps would outlive the next run's start.
            self._prover, self._thread.loop.prover = self._thread.loop.prover, None
        self._end_thread()
        self._set_state(end.state)
        self.ended.emit(end)
        # Asked for too late for the thread to hear, perhaps.
        self.watch(self._watch)
        if self._merge_asked:
            self._merge_asked = False
            self.check_merge()
        then = self._after_stop
        self._after_stop = None
        if then:
            then()

    @Slot(object)
    def _on_redrawn(self, picture: Picture) -> None:
        if self.picture and picture.snapshot is self.picture.snapshot:
            self._show(picture)

    @Slot(object, object)
    def _on_merge_checked(self, prover: "Prover", result: MergeCheck | MergeFailure) -> None:
        if prover is self._prover:  # else another run has begun meanwhile
            self.merge_checked.emit(result)

    def _show(self, picture: Picture | None) -> None:
        if picture and picture is not self.picture:
            self.picture = picture
            self.pictured.emit(picture)

    def _end_thread(self) -> None:
        self._timer.stop()
        if self._thread:
            # A running QThread that is destroyed aborts the process, so it is always waited for.
            self._thread.stop(STOP_WAIT_MS)
            self._thread.deleteLater()
            self._thread = None

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    def _empty(self) -> None:
        self.history = LossHistory()
        self.picture = None
        self._prover = None
        self._rates.clear()
        self.emptied.emit()

    def _measure_rate(self) -> None:
        now = time.perf_counter()
        self._rates.append((now, self.epoch))
        while now - self._rates[0][0] > RATE_WINDOW_SECONDS and len(self._rates) > 2:
            self._rates.popleft()
