"""Boxes for numbers that are typed: nothing typed is lost, rounded or bent into shape.

They wait for Enter or for the focus to leave before they take what is typed: a rank must not fall to 1
because somebody is on the way from 64 to 128 inputs. What cannot be taken is refused aloud.
"""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from lora_gui.domain.config import Allowed, ConfigError, Range
from lora_gui.ui.number_entry import Step, is_unfinished, read_number, show_number
from lora_gui.ui.wheel_guard import WheelGuard

DECIMALS = 323
"""The most that Qt offers, so that it rounds no number of any use away."""


class Typing(QObject):
    """Follows what is typed into a number box.

    Signals:
        typed(ConfigError | None): the text changed; what is wrong with it, if anything.
        refused(ConfigError): a wrong text was to be taken; the box shows its last good value again.
    """

    typed = Signal(object)
    refused = Signal(object)

    def __init__(self, box: "NumberBox") -> None:
        super().__init__(box)
        self._box = box
        box.setKeyboardTracking(False)
        box.installEventFilter(self)
        box.lineEdit().textEdited.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Settle the text on Enter and when the focus leaves; give it up on Escape."""
        if event.type() == QEvent.Type.FocusOut:
            self.settle()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.settle()
            elif event.key() == Qt.Key.Key_Escape and self._is_pending():
                self._box.refresh()
                self.typed.emit(None)
                return True
        elif _claims_undo(event) and not self._is_pending():
            # The line inside claims undo and redo for its letters; with none typed they are the window's.
            event.ignore()
            return True
        return False

    def settle(self) -> None:
        """Take what is typed, or refuse it."""
        problem = self._box.problem()
        if problem is None:
            self._box.interpretText()
        else:
            self._box.refresh()
            self.refused.emit(problem)

    def _follow(self, text: str) -> None:
        problem = self._box.problem()
        is_hasty = problem is not None and isinstance(problem.value, str) and is_unfinished(text)
        self.typed.emit(None if is_hasty else problem)

    def _is_pending(self) -> bool:
        return self._box.lineEdit().text() != self._box.shown()


class WholeBox(QSpinBox):
    """A whole number from a Range; its special text, if set, stands for the lowest one."""

    chosen = Signal(object)

    def __init__(self, field: str, step: Step) -> None:
        super().__init__()
        self.setObjectName(field)
        self.allowed = Range(0, 0, whole=True)
        self._step = step
        self._select_soon = QTimer(self, singleShot=True, interval=0)
        self._select_soon.timeout.connect(self.selectAll)
        self.typing = Typing(self)
        WheelGuard(self)
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: int, allowed: Allowed) -> None:
        """Show `value` of what is `allowed`, without saying `chosen`."""
        assert isinstance(allowed, Range)
        self.allowed = allowed
        with QSignalBlocker(self):
            self.setRange(int(allowed.low), int(allowed.high))
            self.setValue(value)
        self.refresh()

    def refresh(self) -> None:
        """Show the value in force instead of what was typed."""
        self.lineEdit().setText(self.shown())

    def shown(self) -> str:
        """Return the text for the value in force."""
        special = self.specialValueText()
        return special if special and self.value() == self.minimum() else self.textFromValue(self.value())

    def problem(self) -> ConfigError | None:
        """Return what is wrong with the text in the box."""
        return None if self._means_minimum(self.text()) else _problem(self, self.text())

    def textFromValue(self, value: int) -> str:
        """Write the value in the locale, without group separators."""
        return show_number(value, self.locale())

    def valueFromText(self, text: str) -> int:
        """Read a text that `validate` accepted."""
        if self._means_minimum(text):
            return self.minimum()
        return int(read_number(text, self.locale(), whole=True))

    def validate(self, text: str, pos: int) -> object:
        """Let everything be typed; accept what is allowed."""
        fine = self._means_minimum(text) or _problem(self, text) is None
        return (QValidator.State.Acceptable if fine else QValidator.State.Intermediate), text, pos

    def stepBy(self, steps: int) -> None:
        """Move by the setting's own steps."""
        self.typing.settle()
        target = int(self._step(self.value(), steps))
        self.setValue(min(max(target, self.minimum()), self.maximum()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the special text, so that typing replaces its words."""
        super().focusInEvent(event)
        if self.specialValueText() and self.value() == self.minimum():
            # The click that brings the focus still puts its cursor, and would undo a selection made now.
            self._select_soon.start()

    def changeEvent(self, event: QEvent) -> None:
        """Write the value anew in a new locale."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.refresh()

    def _means_minimum(self, text: str) -> bool:
        return bool(text) and text.strip().lower() == self.specialValueText().lower()


class DecimalBox(QDoubleSpinBox):
    """A decimal number from a Range, written and read without loss."""

    chosen = Signal(object)

    def __init__(self, field: str, step: Step) -> None:
        super().__init__()
        self.setObjectName(field)
        self.allowed = Range(0, 0)
        self._step = step
        self.setDecimals(DECIMALS)
        self.typing = Typing(self)
        WheelGuard(self)
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: float, allowed: Allowed) -> None:
        """Show `value` of what is `allowed`, without saying `chosen`."""
        assert isinstance(allowed, Range)
        self.allowed = allowed
        with QSignalBlocker(self):
            self.setRange(allowed.low, allowed.high)
            self.setValue(value)
        self.refresh()

    def refresh(self) -> None:
        """Show the value in force instead of what was typed."""
        self.lineEdit().setText(self.shown())

    def shown(self) -> str:
        """Return the text for the value in force."""
        return self.textFromValue(self.value())

    def problem(self) -> ConfigError | None:
        """Return what is wrong with the text in the box."""
        return _problem(self, self.text())

    def textFromValue(self, value: float) -> str:
        """Write the value in the locale, without trailing zeros."""
        return show_number(float(value), self.locale())

    def valueFromText(self, text: str) -> float:
        """Read a text that `validate` accepted."""
        return float(read_number(text, self.locale(), whole=False))

    def validate(self, text: str, pos: int) -> object:
        """Let everything be typed; accept what is allowed."""
        fine = _problem(self, text) is None
        return (QValidator.State.Acceptable if fine else QValidator.State.Intermediate), text, pos

    def stepBy(self, steps: int) -> None:
        """Move by the setting's own steps."""
        self.typing.settle()
        self.setValue(min(max(self._step(self.value(), steps), self.minimum()), self.maximum()))

    def changeEvent(self, event: QEvent) -> None:
        """Write the value anew in a new locale."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.refresh()


NumberBox = WholeBox | DecimalBox


def _problem(box: NumberBox, text: str) -> ConfigError | None:
    try:
        value = read_number(text, box.locale(), whole=box.allowed.whole)
    except ValueError:
        return ConfigError(box.objectName(), text, box.allowed)
    return None if value in box.allowed else ConfigError(box.objectName(), value, box.allowed)


def _claims_undo(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
