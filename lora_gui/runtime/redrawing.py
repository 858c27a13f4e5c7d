"""Draws a run that has ended again, as when its window grows, without holding up the window."""

import logging

from PySide6.QtCore import QObject, QThread, Signal, Slot

from lora_gui.domain.picture import Picture, Watch

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
    """Draws one picture at a time; of several asked for meanwhile, the newest.

    Signals:
        drawn: a Picture of the same moment as the one given.
    """

    drawn = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _RedrawThread | None = None
        self._wanted: tuple[Picture, Watch] | None = None

    def ask(self, picture: Picture, watch: Watch) -> None:
        """Draw the moment of `picture` as `watch` asks for it."""
        self._wanted = picture, watch
        if self._thread is None:
            self._start()

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
            if thread.drawn:
                self.drawn.emit(thread.drawn)
            thread.wait()
            thread.deleteLater()
        self._start()
