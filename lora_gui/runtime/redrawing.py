"""The newest picture of a run; drawn anew once the run has ended, as when its window grows."""

import logging

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lora_gui.domain.picture import Picture, Watch
from lora_gui.runtime.training_loop import LookAt, TrainingLoop

log = logging.getLogger(__name__)


class _RedrawThread(QThread):
    # The training thread, which draws a run under way, is gone by then.

    def __init__(self, picture: Picture, watch: Watch, parent: QObject) -> None:
        super().__init__(parent)
        self._picture = picture
        self._watch = watch
        self.drawn: Picture | None = None

    def run(self) -> None:
        # Here and not at the top: it imports torch, and the window paints first.
        from lora_gui.engine.pictures import draw

        old = self._picture
        try:
            self.drawn = draw(old.snapshot, old.planted, self._watch, old)
        except (Exception, SystemExit):
            log.exception("The picture could not be drawn again: %s", self._watch)


class Redrawing(QObject):
    """Holds one picture, and draws one at a time; of several asked for meanwhile, the newest.

    Signals:
        pictured: `picture` is a newer one.

    Attributes:
        picture: the newest one, None before the first.
        watch: what somebody looks at.

    """

    pictured = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.picture: Picture | None = None
        self.watch: Watch | None = None
        self._thread: _RedrawThread | None = None
        self._wanted: tuple[Picture, Watch] | None = None

    def look(self, watch: Watch | None, loop: TrainingLoop | None) -> None:
        """Draw what `watch` asks for, by `loop` while a run is under way."""
        self.watch = watch
        if loop:
            loop.send(LookAt(watch))
        elif watch and self.picture and self.picture.watch != watch:
            self._wanted = self.picture, watch
            if self._thread is None:
                self._start()

    def show(self, picture: Picture | None) -> None:
        """Take a picture that the training thread has drawn."""
        if picture and picture is not self.picture:
            self.picture = picture
            self.pictured.emit(picture)

    def forget(self) -> None:
        """Let go of the run."""
        self.picture = None

    def shutdown(self) -> None:
        """Wait for the thread, as before the window closes."""
        self._wanted = None
        if self._thread:
            self._thread.wait()

    def _start(self) -> None:
        if self._wanted:
            self._thread = _RedrawThread(*self._wanted, self)
            self._wanted = None
            self._thread.finished.connect(self._on_finished)
            self._thread.start()

    @Slot()
    def _on_finished(self) -> None:
        thread = self._thread
        self._thread = None
        if thread:
            if thread.drawn and self.picture and thread.drawn.snapshot is self.picture.snapshot:
                self.show(thread.drawn)
            thread.wait()
            thread.deleteLater()
        self._start()
