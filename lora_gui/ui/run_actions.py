"""What a person can do with a run: the actions of the Run menu and the toolbar."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from lora_gui.domain.run import RunState
from lora_gui.ui.icons import icon


class RunActions(QObject):
    """Start, Pause/Resume, Step, Stop, Continue and Rewind, enabled by the state of the run.

    Each action's objectName is its name here, in lower case.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.start = self._action("start", "F5", "on_accent")
        self.pause = self._action("pause", "F6")
        self.step = self._action("step", "F10")
        self.stop = self._action("stop", "Shift+F5")
        self.go_on = self._action("continue", "Ctrl+F5")
        self.rewind = self._action("rewind", "Ctrl+R")
        self.all = (self.start, self.pause, self.step, self.stop, self.go_on, self.rewind)
        self.go_on.setEnabled(False)
        self._state = RunState.READY
        self.follow(RunState.READY)

    def follow(self, state: RunState) -> None:
        """Enable what makes sense in `state`."""
        self._state = state
        free = not state.is_active
        paused = state is RunState.PAUSED
        self.start.setEnabled(free or paused)
        self.pause.setEnabled(paused or state is RunState.TRAINING)
        self.step.setEnabled(free or paused or state is RunState.TRAINING)
        self.stop.setEnabled(state.is_active and state is not RunState.STOPPING)
        self.rewind.setEnabled(state not in (RunState.READY, RunState.STOPPING))
        self.pause.setIcon(icon("resume" if paused else "pause"))
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        paused = self._state is RunState.PAUSED
        texts = {
            self.start: (
                self.tr("&Start"),
                self.tr("Train with these settings, from the start; a paused run goes on"),
            ),
            self.pause: (
                (self.tr("&Resume"), self.tr("Go on with the paused run"))
                if paused
                else (self.tr("&Pause"), self.tr("Hold the run after the epoch in progress"))
            ),
            self.step: (self.tr("S&tep"), self.tr("Train one epoch, then pause")),
            self.stop: (self.tr("St&op"), self.tr("End the run; its curve stays")),
            self.go_on: (
                self.tr("&Continue"),
                self.tr(
                    "Train the run that ended further, as if it had never stopped: after Stop, "
                    "or once Epochs is raised"
                ),
            ),
            self.rewind: (
                self.tr("Re&wind"),
                self.tr("Back to the start: same seed, same start, ready to run again"),
            ),
        }
        for action, (text, tip) in texts.items():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setText(text)
            action.setIconText(text.replace("&", ""))
            action.setToolTip(f"{tip} ({keys})")

    def _action(self, name: str, keys: str, role: str = "text") -> QAction:
        action = QAction(icon(name, role), "", self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(keys))
        return action
