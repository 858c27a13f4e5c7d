"""The one run that the window shows: its state, its losses, and the thread that trains it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from lora_gui.domain.config import LIVE_FIELDS, RunConfig
from lora_gui.domain.history import LossHistory
from lora_gui.domain.picture import Picture, Watch
from lora_gui.domain.plan import RunPlan
from lora_gui.domain.progress import Advance, Change
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.domain.record import RunRecord
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.runtime.course import Course, state_of
from lora_gui.runtime.merging import Merging
from lora_gui.runtime.redrawing import Redrawing
from lora_gui.runtime.rhythm import REST, Rhythm
from lora_gui.runtime.stragglers import let_go
from lora_gui.runtime.training_loop import Fact, Order, Pause, Resume, Set, SetSpeed, Step
from lora_gui.runtime.training_thread import TrainingThread

STOP_WAIT_MS = 30_000
"""Longest wait for a thread at shutdown; one epoch of the largest layer fits in."""


class Session(QObject):
    """Owns at most one training thread and everything known about its run.

    Signals:
        state_changed: `state` is another RunState.
        emptied: `history` is another one, since a run begins, was rewound, or was opened.
        begun: the RunPlan that is ready to be trained; its epoch is not 0 for a run that goes on.
        trained: an Advance, each of them, in order with `changed`.
        advanced: `history` has grown.
        changed: a Change took effect; with the value it replaced.
        pictured: `picture` is a newer one.
        weight_checked: a WeightCheck of the frozen weight, at the start, in a pause and at the end.
        merge_checked: the MergeCheck or MergeFailure that was asked for.
        ended: a RunEnd; `state` has already changed.

    Attributes:
        state: where the run is.
        course: what is known of it.
        checkpoint_of: tells where the state of the run of an id is kept; None keeps none.

    """

    state_changed = Signal(object)
    emptied = Signal()
    begun = Signal(object)
    trained = Signal(object)
    advanced = Signal()
    changed = Signal(object, object)
    pictured = Signal(object)
    weight_checked = Signal(object)
    merge_checked = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.READY
        self.course = Course(RunPlan(RunConfig()))
        self.checkpoint_of: Callable[[str], Path] | None = None
        self._joining: RunPlan | None = None
        self._drawing = Redrawing(self)
        self._drawing.pictured.connect(self.pictured)
        self._merging = Merging(self)
        self._merging.checked.connect(self.merge_checked)
        self._thread: TrainingThread | None = None
        self._one_step = self._over = False
        self._speed: float | None = None
        self._after_stop: Callable[[], None] | None = None
        self._rhythm = Rhythm(self)
        self._rhythm.due.connect(self._pull)

    @property
    def config(self) -> RunConfig:
        """The run's settings, live changes included."""
        return self.course.config

    @property
    def history(self) -> LossHistory:
        """The run's losses so far."""
        return self.course.history

    @property
    def picture(self) -> Picture | None:
        """Its matrices as last drawn, None before the first time."""
        return self._drawing.picture

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.course.epoch

    @property
    def rate(self) -> float | None:
        """Epochs per second over the last second or so, None while there is nothing to measure."""
        return self.course.rate.value if self.state is RunState.TRAINING else None

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
            self._send(Step())
            self._set_state(RunState.PAUSED)
        else:
            self._begin_when_free(config, one_step=True)

    def open(self, run_id: str, record: RunRecord) -> None:
        """Show a run of the past, as if it had ended just now; nothing happens while one is under way."""
        if self.state.is_active:
            return
        self._empty(Course.of(run_id, record))
        for change, before in self.course.plan.made:
            self.changed.emit(change, before)
        self._set_state(state_of(record.outcome))
        self.advanced.emit()

    def can_go_on(self, config: RunConfig) -> bool:
        """Whether the run shown has ended and `config` says how more epochs could follow."""
        ended = self.state in (RunState.STOPPED, RunState.FINISHED) and not self._over
        return ended and self.course.can_go_on(config)

    def go_on(self, config: RunConfig) -> None:
        """Train further a run that ended; its losses are those of a run that never did."""
        if self.can_go_on(config):
            self._launch(self.course.go_on(config), one_step=False)

    def pause(self) -> None:
        """Hold a run under way after the epochs in progress."""
        if self._thread and self.state is RunState.TRAINING:
            self._send(Pause())
            self._set_state(RunState.PAUSED)

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._thread and self.state is RunState.PAUSED:
            self._send(Resume())
            self.course.rate.restart()
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
        """Train at most `speed` epochs per second, now and later; None is as fast as possible."""
        self._speed = speed
        self._send(SetSpeed(speed))

    def change(self, field: str, value: float) -> None:
        """Give a live setting of the run under way a new value from its next epoch on."""
        if self._thread and self.state.is_active and field in LIVE_FIELDS:
            self._send(Set(field, value))

    def watch(self, watch: Watch | None) -> None:
        """Draw what `watch` asks for, of this run and later ones; None draws nothing."""
        self._drawing.look(watch, self._thread.loop if self._thread else None)

    def check_merge(self) -> None:
        """Merge and unmerge the adapter of the run, under way or ended, and tell what that changed."""
        self._merging.ask(self._thread.loop if self._thread else None)

    def shutdown(self) -> None:
        """End the run under way and wait for its thread, as before the window closes; no other begins."""
        self._over, self._after_stop = True, None
        if self._thread and self._thread.stop(STOP_WAIT_MS) and self._thread.end:
            # Its signal would come too late.
            self._on_ended(self._thread.end)
        self._end_thread()
        self._merging.shutdown()
        self._drawing.shutdown()

    def _forget_run(self) -> None:
        self._empty(Course(RunPlan(self.config)))
        self._set_state(RunState.READY)

    def _begin_when_free(self, config: RunConfig, *, one_step: bool) -> None:
        if self.state is RunState.STOPPING:
            self._after_stop = partial(self._begin, config, one_step=one_step)
        elif not self.state.is_active and not self._over:
            self._begin(config, one_step=one_step)

    def _begin(self, config: RunConfig, *, one_step: bool) -> None:
        self._empty(Course(RunPlan(config), uuid4().hex))
        self._launch(self.course.plan, one_step=one_step)

    def _launch(self, plan: RunPlan, *, one_step: bool) -> None:
        self._joining, self._one_step = plan, one_step
        path, watch = self.checkpoint_of and self.checkpoint_of(self.course.run_id), self._drawing.watch
        self._thread = TrainingThread(
            plan, self._speed, one_step=one_step, watch=watch, checkpoint=path, parent=self
        )
        self._thread.ended.connect(self._on_ended)
        self._set_state(RunState.PREPARING)
        self._thread.start()
        self._rhythm.start()

    def _send(self, order: Order) -> None:
        if self._thread:
            self._thread.loop.send(order)
            self._rhythm.start()  # what comes of it is seen soon

    @Slot()
    def _pull(self) -> None:
        if not self._thread:
            return
        self._rhythm.rest = REST if self.state is RunState.TRAINING and self._speed is None else 0.0
        loop, size = self._thread.loop, self.epoch
        while loop.outbox:
            self._take(loop.outbox.popleft())
        if self.epoch > size:
            self.course.rate.measure(self.epoch)
            self.advanced.emit()
        self._drawing.show(loop.watching.take())

    def _take(self, fact: Fact) -> None:
        match fact:
            case RunConfig():
                self._join()
            case Advance():
                self.course.grow(fact)
                self.trained.emit(fact)
            case Change():
                self.changed.emit(fact, self.course.change(fact))
            case WeightCheck():
                self.weight_checked.emit(fact)
            case MergeCheck() | MergeFailure():
                self._merging.answer(fact)

    def _join(self) -> None:
        if self.state is RunState.PREPARING:
            self._set_state(RunState.PAUSED if self._one_step else RunState.TRAINING)
        plan, self._joining = self._joining, None
        if plan:
            self.begun.emit(plan)
            for change in plan.changes[len(self.course.plan.changes) :]:
                self._take(change)

    @Slot(object)
    def _on_ended(self, end: RunEnd) -> None:
        if not self._thread or self._thread.end is not end:
            return  # it was seen to already
        self._pull()
        loop = self._thread.loop
        self._end_thread()
        self._set_state(end.state)
        self.ended.emit(end)
        # What was asked for too late for the thread to hear, perhaps.
        self.watch(self._drawing.watch)
        self._merging.take_over(loop)
        then, self._after_stop = self._after_stop, None
        if then:
            then()

    def _end_thread(self) -> None:
        self._rhythm.stop()
        if self._thread:
            # A running QThread that is destroyed aborts the process, so it is always waited for.
            self._thread.wait(STOP_WAIT_MS if self._thread.end else 0)
            let_go(self._thread)
            self._thread = None

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    def _empty(self, course: Course) -> None:
        self.course = course
        self._drawing.forget()
        self._merging.forget()
        self.emptied.emit()
