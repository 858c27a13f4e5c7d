"""Editors of single settings: each shows a value, and says `chosen` when a person settles on another one."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionComboBox

from lora_gui.domain.config import Allowed
from lora_gui.ui.number_boxes import DecimalBox, WholeBox
from lora_gui.ui.wheel_guard import WheelGuard

LIST_PADDING = 24
"""Pixels that a list of choices is wider than its titles."""


class ChoiceBox(QComboBox):
    """One of a few words, each shown by a title."""

    chosen = Signal(object)

    def __init__(self, field: str) -> None:
        super().__init__()
        self.setObjectName(field)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        WheelGuard(self)
        self.currentIndexChanged.connect(self._choose)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer (word, title) pairs; the word shown stays, if it is among them."""
        word = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for option, title in options:
                self.addItem(title, option)
        self.select(word)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + LIST_PADDING)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """End a title that has no room with dots; Qt just cuts it off."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        elided = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
        option.currentText = elided

    def minimumSizeHint(self) -> QSize:
        """Return the width of the longest title; Qt does not renew its own answer when titles change."""
        return self.sizeHint()

    def select(self, word: str) -> None:
        """Show the title of `word`, without saying `chosen`."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(word))

    def show_value(self, value: str, allowed: Allowed) -> None:
        """Show the title of `value`; `allowed` is what set_options offers."""
        self.select(value)

    def _choose(self) -> None:
        self.chosen.emit(self.currentData())


class SwitchBox(QCheckBox):
    """Yes or no, in words beside the mark."""

    chosen = Signal(object)

    def __init__(self, field: str) -> None:
        super().__init__()
        self.setObjectName(field)
        self.toggled.connect(self.chosen.emit)

    def show_value(self, value: bool, allowed: Allowed) -> None:
        """Show `value`, without saying `chosen`."""
        with QSignalBlocker(self):
            self.setChecked(value)


Editor = WholeBox | DecimalBox | ChoiceBox | SwitchBox
