"""The status bar's content: where the run is, how fast it goes, when it ends, and what the loss is."""

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QProgressBar, QWidget

from lora_gui.domain.run import RunState
from lora_gui.ui import numbers
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import SPACING, IconView

WARMING_UP = "warming_up"
"""The state before any run is possible: the engine is still loading."""

LOOKS = {
    WARMING_UP: ("system", "muted"),
    RunState.READY: ("info", "accent"),
    RunState.PREPARING: ("system", "muted"),
    RunState.TRAINING: ("start", "good"),
    RunState.PAUSED: ("pause", "warning"),
    RunState.STOPPING: ("stop", "muted"),
    RunState.FINISHED: ("check", "good"),
    RunState.STOPPED: ("stop", "muted"),
    RunState.DIVERGED: ("warning", "warning"),
    RunState.FAILED: ("error", "error"),
}
"""Icon and colour of each state; the word comes with them."""

ACTIVE = frozenset(state for state in RunState if state.is_active)
OVERHANG = 2
"""Pixels by which the last letter may lean out of its place."""
LEAST_WIDTH = 480
"""Pixels; the less important parts are left out before that."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the status bar shows.

    Attributes:
        state: a key of `LOOKS`: a RunState, or "warming_up".
        epochs: epochs to train in all.
        device: where it is computed.
        engine: how it is computed, such as "closed form"; may be empty.
        epoch: completed epochs.
        rate: epochs per second; None where unknown.
        seconds_left: until the last epoch; None where unknown.
        loss: the last one; None before the first.
        accuracy: share (0 to 1) of held-out samples that are right; None for tasks without.
        best: the lowest loss so far; None before the first.

    """

    state: str
    epochs: int
    device: str
    engine: str = ""
    epoch: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    loss: float | None = None
    accuracy: float | None = None
    best: float | None = None


class RunStatus(QWidget):
    """One line of facts that stay where they are while their numbers change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = RunFacts(RunState.READY, epochs=1, device="cpu")
        self._icon = IconView()
        self._state = _Figure("state_label")
        self._epoch = _Figure("epoch_label")
        self._progress = QProgressBar()
        self._progress.setObjectName("progress")
        self._progress.setTextVisible(False)
        self._progress.setMinimumWidth(80)
        self._progress.setMaximumWidth(320)
        self._percent = _Figure("percent_label")
        self._rate = _Figure("rate_label", muted=True)
        self._time_left = _Figure("time_left_label", muted=True)
        self._loss = _Figure("loss_label")
        self._best = _Figure("best_label", muted=True)
        self._accuracy = _Figure("accuracy_label")
        self._device = _Figure("device_label", muted=True)
        self._expendable = (
            self._best,
            self._percent,
            self._accuracy,
            self._device,
            self._rate,
            self._time_left,
        )
        self._lay_out()
        self._retranslate()

    def show_facts(self, facts: RunFacts) -> None:
        """Show `facts`; raises KeyError for a state that is none."""
        before, self._facts = self._facts, facts
        if facts.epochs != before.epochs:
            self._release()
        self._refresh()
        if facts.state != before.state:
            announce(self, self._state.text())

    def sizeHint(self) -> QSize:
        """Return the room in which nothing need be left out."""
        return QSize(self._needed() + 160, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for the least of it, so that long numbers never force the window wider."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what does not fit, the least important first."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._release()
            self._retranslate()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see minimumSizeHint
        layout.setContentsMargins(SPACING, 4, SPACING, 4)
        layout.setSpacing(2 * SPACING)
        state = QHBoxLayout()
        state.setSpacing(SPACING)
        state.addWidget(self._icon)
        state.addWidget(self._state)
        layout.addLayout(state)
        layout.addWidget(self._epoch)
        layout.addWidget(self._progress, 3)
        for figure in (self._percent, self._rate, self._time_left, self._loss, self._best, self._accuracy):
            layout.addWidget(figure)
        layout.addStretch(1)
        layout.addWidget(self._device)

    def _retranslate(self) -> None:
        self._words = {
            WARMING_UP: self.tr("Warming up"),
            RunState.READY: self.tr("Ready"),
            RunState.PREPARING: self.tr("Preparing"),
            RunState.TRAINING: self.tr("Training"),
            RunState.PAUSED: self.tr("Paused"),
            RunState.STOPPING: self.tr("Stopping"),
            RunState.FINISHED: self.tr("Finished"),
            RunState.STOPPED: self.tr("Stopped"),
            RunState.DIVERGED: self.tr("Diverged"),
            RunState.FAILED: self.tr("Failed"),
        }
        self._progress.setAccessibleName(self.tr("Progress of the run"))
        self._refresh()

    def _refresh(self) -> None:
        facts = self._facts
        name, role = LOOKS[facts.state]
        self._icon.show_icon(name, role)
        self._state.set_role(role)
        self._state.show_text(self._words[facts.state], *self._words.values())
        epoch, epochs = numbers.count(facts.epoch), numbers.count(facts.epochs)
        text = self.tr("epoch {epoch} of {epochs}")
        self._epoch.show_text(
            text.format(epoch=epoch, epochs=epochs), text.format(epoch=epochs, epochs=epochs)
        )
        self._progress.setRange(0, max(1, facts.epochs))
        self._progress.setValue(min(facts.epoch, facts.epochs))
        # Rounded down: 100 % is for the run that is done.
        done = math.floor(100 * facts.epoch / max(1, facts.epochs)) / 100
        self._percent.show_text(numbers.percent(done, 0), numbers.percent(1, 0))
        rate, left = self.tr("{rate} epochs/s"), self.tr("{time} left")
        self._rate.show_text(
            "" if facts.rate is None else rate.format(rate=numbers.figures(facts.rate)),
            rate.format(rate=numbers.count(10_000)),
        )
        self._time_left.show_text(
            "" if facts.seconds_left is None else left.format(time=numbers.duration(facts.seconds_left)),
            left.format(time=numbers.duration(600)),
        )
        self._refresh_loss()
        self._device.show_text(f"{facts.device} · {facts.engine}" if facts.engine else facts.device)
        self._fit()

    def _refresh_loss(self) -> None:
        facts = self._facts
        loss, best, accuracy = self.tr("loss {loss}"), self.tr("best {loss}"), self.tr("accuracy {share}")
        room = numbers.loss(100)
        self._loss.show_text(
            "" if facts.loss is None else loss.format(loss=numbers.loss(facts.loss)), loss.format(loss=room)
        )
        self._best.show_text("" if facts.best is None else best.format(loss=numbers.loss(facts.best)))
        self._accuracy.show_text(
            "" if facts.accuracy is None else accuracy.format(share=numbers.percent(facts.accuracy, 1))
        )
        self._accuracy.setToolTip(self.tr("Share of the held-out samples that the layer gets right"))

    def _release(self) -> None:
        for figure in self.findChildren(_Figure):
            figure.room = 0

    def _needed(self) -> int:
        layout = self.layout()
        return layout.totalMinimumSize().width() if layout else 0

    def _fit(self) -> None:
        # During a run, room is kept for what will be known in a moment.
        coming = (self._rate, self._time_left) if self._facts.state in ACTIVE else ()
        for figure in self._expendable:
            figure.setVisible(bool(figure.text()) or figure in coming)
        for figure in self._expendable:
            if self._needed() <= self.width():
                break
            figure.hide()


class _Figure(QLabel):
    # Its width only ever grows: 9 epochs and 10 take the same room, so nothing beside it jumps.

    def __init__(self, name: str, *, muted: bool = False) -> None:
        super().__init__()
        self.room = 0
        self.setObjectName(name)
        self.setFont(numbers.tabular())
        self.setProperty("role", "muted" if muted else "")

    def show_text(self, text: str, *others: str) -> None:
        # Room for `text` and for what else may come to stand here; every digit counts as a wide one.
        self.setText(text)
        self.ensurePolished()
        widths = [self.fontMetrics().horizontalAdvance(re.sub(r"\d", "0", t)) for t in (text, *others)]
        self.room = max(self.room, *widths)
        self.setFixedWidth(self.room + OVERHANG)

    def set_role(self, role: str) -> None:
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
