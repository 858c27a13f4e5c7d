"""What is found out beside the training: the best a run could reach, and how near its update is to that."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.likeness import Likeness, compare
from lora_gui.domain.outlook import Outlook, is_quick
from lora_gui.domain.picture import Picture
from lora_gui.runtime.latest import Latest
from lora_gui.runtime.session import Session


class Insight(QObject):
    """Looks ahead at the config shown, and at what the run has learned while somebody wants to see that.

    Signals:
        outlook_changed: `outlook` or `run_outlook` is another one.
        likeness_found: a Likeness of the run's newest picture.

    Attributes:
        outlook: that of the config shown, or the last one until that is found; None where it takes too long.
        run_outlook: that of the session's run, None until it is found.

    """

    outlook_changed = Signal()
    likeness_found = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._config: RunConfig | None = None
        self._watched = False
        self.outlook: Outlook | None = None
        self.run_outlook: Outlook | None = None
        self._looking = Latest(self)
        self._looking.found.connect(self._on_outlook)
        self._comparing = Latest(self)
        self._comparing.found.connect(self._on_likeness)
        session.emptied.connect(self._on_emptied)
        session.pictured.connect(self._compare)

    def show_config(self, config: RunConfig) -> None:
        """Find the outlook of `config`, where that takes no time worth mentioning."""
        self._config = config
        if not is_quick(config):
            self._take(None)
        elif not (self.outlook and self.outlook.suits(config)):
            self._looking.ask(partial(_look_ahead, config))

    def watch_likeness(self, watched: bool) -> None:
        """Compare every new picture of the run with its target from now on, or no longer."""
        self._watched = watched
        self._compare(self._session.picture)

    def shutdown(self) -> None:
        """End the threads, as before the window closes."""
        self._looking.shutdown()
        self._comparing.shutdown()

    @Slot(object)
    def _on_outlook(self, outlook: Outlook) -> None:
        if self._config and outlook.suits(self._config):  # else a newer config is shown, and its turn comes
            self._take(outlook)

    def _take(self, outlook: Outlook | None) -> None:
        self.outlook = outlook
        if outlook and outlook.suits(self._session.config):
            self.run_outlook = outlook
            self._compare(self._session.picture)
        self.outlook_changed.emit()

    @Slot()
    def _on_emptied(self) -> None:
        self.run_outlook = None
        self._take(self.outlook)

    @Slot(object)
    def _compare(self, picture: Picture | None) -> None:
        if self._watched and picture:
            target = self.run_outlook.target if self.run_outlook else None
            self._comparing.ask(partial(compare, picture.snapshot, target))

    @Slot(object)
    def _on_likeness(self, likeness: Likeness) -> None:
        # Every snapshot of a run shares the run's weight.
        picture = self._session.picture
        if self._watched and picture and likeness.snapshot.weight is picture.snapshot.weight:
            self.likeness_found.emit(likeness)


def _look_ahead(config: RunConfig) -> Outlook:
    # Here and not at the top: the window paints before torch is imported.
    import torch

    from lora_gui.engine.outlook import look_ahead

    # The cores are the training's; the number holds for this thread alone.
    torch.set_num_threads(1)
    return look_ahead(config)
