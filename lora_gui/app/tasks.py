"""What is done beside the training, one piece after the other, shown in the window's task line."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Slot

from lora_gui.runtime.task import Task, Work
from lora_gui.ui.task_line import TaskLine


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: what to say of it, what to do, and what with its result or its error."""

    text: str
    work: Work
    then: Callable[[Any], object]
    failed: Callable[[BaseException], object]


class Tasks(QObject):
    """Runs one job at a time; others wait. What a person cancels takes those that wait with it."""

    def __init__(self, line: TaskLine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._waiting: deque[Job] = deque()
        self._job: Job | None = None
        self._task: Task | None = None
        line.cancelled.connect(self.cancel)

    def run(self, job: Job) -> None:
        """Do `job` as soon as the others are done."""
        self._waiting.append(job)
        self._next()

    @Slot()
    def cancel(self) -> None:
        """End the job under way soon, and forget the others."""
        self._waiting.clear()
        if self._task:
            self._task.requestInterruption()

    def shutdown(self) -> None:
        """End everything and wait for it, as before the window closes."""
        self.cancel()
        if self._task:
            self._task.wait()

    def _next(self) -> None:
        if self._task or not self._waiting:
            return
        self._job = self._waiting.popleft()
        self._task = Task(self._job.work, self)
        self._task.progressed.connect(self._line.show_progress)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._task.finished.connect(self._on_finished)
        self._line.show_task(self._job.text)
        self._task.start()

    @Slot(object)
    def _on_done(self, result: object) -> None:
        if self._job:
            self._job.then(result)

    @Slot(object)
    def _on_failed(self, error: BaseException) -> None:
        if self._job:
            self._job.failed(error)

    @Slot()
    def _on_finished(self) -> None:
        if self._task:
            self._task.wait()
            self._task.deleteLater()
            self._task = self._job = None
        self._line.clear()
        self._next()
