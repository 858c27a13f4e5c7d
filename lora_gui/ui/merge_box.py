"""The merge check: a button, and what merging the adapter into W0 did to the outputs."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.proof import MergeCheck, MergeFailure
from lora_gui.domain.run import RunState
from lora_gui.ui import numbers
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import SPACING, IconView, prose_label

ROUNDING = 1e-4
"""Share of the largest output up to which a difference is put down to float32."""


class MergeBox(QWidget):
    """Asks for a merge check of the run and shows its result.

    Signals:
        requested: the button was pressed.
    """

    requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("merge_box")
        self._state = RunState.READY
        self._has_adapter = True
        self._waiting = False
        self._result: MergeCheck | MergeFailure | None = None
        self._why = prose_label("muted")
        self._button = QPushButton()
        self._button.setObjectName("merge_check")
        self._icon = IconView()
        self._said = prose_label()
        self._said.setObjectName("merge_result")
        self._said.setFont(numbers.tabular())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        row = QHBoxLayout()
        row.addWidget(self._button)
        row.addStretch()
        self._row = QWidget()
        result = QHBoxLayout(self._row)
        result.setContentsMargins(0, 0, 0, 0)
        result.setSpacing(SPACING)
        result.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        result.addWidget(self._said, 1)
        column.addWidget(self._why)
        column.addLayout(row)
        column.addWidget(self._row)
        self._button.clicked.connect(self._ask)
        self._retranslate()

    def show_config(self, config: RunConfig) -> None:
        """Offer no check where there is no adapter."""
        self._has_adapter = config.has_adapter
        self._refresh()

    def show_state(self, state: RunState) -> None:
        """Offer the check where there is something trained; a run that begins forgets the last result."""
        self._state = state
        if state in (RunState.READY, RunState.PREPARING, RunState.FAILED):
            self._waiting, self._result = False, None
        self._refresh()

    def show_result(self, result: MergeCheck | MergeFailure) -> None:
        """Show what came out."""
        self._waiting, self._result = False, result
        self._refresh()
        announce(self, self._said.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _ask(self) -> None:
        self._waiting = True
        self._refresh()
        self.requested.emit()

    def _retranslate(self) -> None:
        self._why.setText(
            self.tr(
                "Both paths are linear, so s · A B can be added into W₀ for good: then the adapter "
                "costs nothing."
            )
        )
        self._button.setText(self.tr("Merge check"))
        self._refresh()

    def _refresh(self) -> None:
        idle = RunState.READY, RunState.PREPARING, RunState.FAILED, RunState.STOPPING
        trained = self._has_adapter and self._state not in idle
        self._button.setEnabled(trained and not self._waiting)
        self._button.setToolTip(
            self.tr("Merge the adapter into W₀, compare the outputs, and take it out again")
            if trained
            else self.tr("Start a run first: there is no adapter to merge yet")
        )
        icon, role, text = self._verdict()
        self._icon.show_icon(icon, role)
        self._icon.setVisible(bool(icon))
        self._said.setText(text)
        self._row.setVisible(bool(text))

    def _verdict(self) -> tuple[str, str, str]:
        """Return icon, its colour, and the sentence."""
        match self._result:
            case _ if self._waiting:
                return "", "muted", self.tr("Merging …")
            case MergeCheck() as check:
                return self._describe(check)
            case MergeFailure(NotEnoughMemory() as error):
                text = self.tr("Not checked: it would need {needed} of memory, and {free} are free.")
                return (
                    "warning",
                    "warning",
                    text.format(needed=numbers.size(error.needed), free=numbers.size(error.free)),
                )
            case MergeFailure(error):
                return "error", "error", self.tr("Not checked: {error}").format(error=error)
        return "", "muted", ""

    def _describe(self, check: MergeCheck) -> tuple[str, str, str]:
        if not check.difference < float("inf"):
            return "warning", "warning", self.tr("The run diverged: its outputs are no numbers any more.")
        text = self.tr("Largest difference {difference}, beside outputs of up to {largest}.")
        is_rounding = check.difference <= ROUNDING * check.largest
        if is_rounding:
            text = self.tr(
                "Largest difference {difference}, beside outputs of up to {largest}: no more than "
                "float32 rounds."
            )
        back = self.tr("Taken out again: W₀ has its checksum {checksum}, the same as at the start.")
        if not check.weight.same:
            back = self.tr("Taken out again, but the checksum of W₀ is now {checksum}: it changed!")
        said = text.format(difference=numbers.tiny(check.difference), largest=numbers.figures(check.largest))
        good = is_rounding and check.weight.same
        return (
            "check" if good else "warning",
            "good" if good else "warning",
            f"{said} {back.format(checksum=check.weight.now)}",
        )
