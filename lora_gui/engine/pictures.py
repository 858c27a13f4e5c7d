"""Pictures of a run, taken from its trainer."""

from typing import TYPE_CHECKING, Protocol

from lora_gui.domain.picture import Picture, Watch, draw
from lora_gui.domain.progress import Snapshot

if TYPE_CHECKING:  # so that this module loads without torch
    from lora_gui.engine.tasks import Task


class Sitter(Protocol):
    """What can be drawn: any trainer."""

    task: "Task"

    def snapshot(self) -> Snapshot:
        """Return copies of the parameters as they are now."""


class Artist:
    """Draws one trainer, again and again."""

    def __init__(self, trainer: Sitter) -> None:
        self._trainer = trainer
        planted = trainer.task.planted
        # Once, since training leaves it alone; on the CPU this shares the task's own memory.
        self._planted = None if planted is None else planted.cpu().numpy()
        self._previous: Picture | None = None

    def draw(self, watch: Watch) -> Picture:
        """Draw the trainer as it is now."""
        self._previous = draw(self._trainer.snapshot(), self._planted, watch, self._previous)
        return self._previous
