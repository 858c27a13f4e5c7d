"""One axis of a sweep: which field, and its values as text."""

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from lora_gui.domain.config import Choice, RunConfig, limits
from lora_gui.domain.sweep import Axis
from lora_gui.domain.sweep_values import parse_values
from lora_gui.ui.editors import ChoiceBox
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.sweep.fields import FIELDS, suggestion

NONE = ""
"""The word for no field."""
VALUES_WIDTH = 90
"""Least pixels of the values."""


class AxisEditor(QWidget):
    """A field and its values; the second of two may be none.

    Signals:
        changed: the field or its values are others now.
        entered: Enter was pressed in the values.

    """

    changed = Signal()
    entered = Signal()

    def __init__(self, number: int, texts: FieldTexts) -> None:
        super().__init__()
        self._number = number
        self._texts = texts
        self._config = RunConfig()
        self._suggested = ""
        self._label = QLabel()
        self.field = ChoiceBox(f"sweep_field_{number}")
        self.values = QLineEdit()
        self.values.setObjectName(f"sweep_values_{number}")
        self.values.setMinimumWidth(VALUES_WIDTH)
        self.values.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._label.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._label)
        row.addWidget(self.field)
        row.addWidget(self.values, 1)
        self.retranslate()
        self.field.chosen.connect(self._on_field)
        self.values.textChanged.connect(self.changed)
        self.values.returnPressed.connect(self.entered)
        self._show_values()

    def axis(self) -> Axis | None:
        """Return the axis, None where no field is chosen; raises ConfigError naming what is wrong."""
        name = self.name
        return Axis(name, parse_values(name, self.values.text())) if name else None

    @property
    def name(self) -> str:
        """The field that is chosen, "" for none."""
        return str(self.field.currentData() or NONE)

    def choose(self, name: str, values: str | None = None) -> None:
        """Choose a field and its values, those that suit it if None are given."""
        self.field.select(name)
        self._put(self._suggested_now() if values is None else values)
        self._show_values()

    def show_config(self, config: RunConfig) -> None:
        """Follow the settings, as long as the values are those suggested."""
        self._config = config
        if self.name and self.values.text() == self._suggested:
            self._suggest()

    def set_valid(self, valid: bool) -> None:
        """Show whether the values can be used."""
        if self.values.property("invalid") != (not valid):
            self.values.setProperty("invalid", not valid)
            self.values.style().polish(self.values)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every text in the language in force."""
        first = self._number == 1
        self._label.setText(self.tr("Vary") if first else self.tr("and"))
        options = [] if first else [(NONE, self.tr("nothing else"))]
        options += [(name, self._texts.name(name)) for name in FIELDS]
        with QSignalBlocker(self.field):
            self.field.set_options(options)
            if self.field.currentIndex() < 0:
                self.field.setCurrentIndex(0)
        self.field.setAccessibleName(self.tr("First field") if first else self.tr("Second field"))
        self.values.setAccessibleName(
            self.tr("Values of the first field") if first else self.tr("Values of the second field")
        )
        self._explain()

    def _on_field(self) -> None:
        self._suggest()
        self._show_values()
        self.changed.emit()

    def _suggest(self) -> None:
        self._put(self._suggested_now())

    def _suggested_now(self) -> str:
        self._suggested = suggestion(self.name, self._config) if self.name else ""
        return self._suggested

    def _put(self, text: str) -> None:
        self.values.setText(text)
        self.values.setCursorPosition(0)

    def _show_values(self) -> None:
        self.values.setVisible(bool(self.name))
        # Without values the editor takes no more room than its field, and leaves the rest to the other one.
        wide = QSizePolicy.Policy.Expanding if self.name else QSizePolicy.Policy.Fixed
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self._explain()

    def _explain(self) -> None:
        tip = self.tr(
            "The values to try, each with every seed: one by one (1,2,4), from first to last (1:10), by a"
            " step (0:1:0.25), or by a factor (1e-4:1e-1:x10)"
        )
        allowed = limits(self.name) if self.name else None
        if isinstance(allowed, Choice):
            tip = self.tr("The words to try: {words}").format(words=", ".join(allowed.options))
        self.values.setToolTip(f"<p>{tip}</p>")
        self.values.setAccessibleDescription(tip)
        self.field.setToolTip(
            self._texts.tooltip(self.name)
            if self.name
            else f"<p>{self.tr('A second field makes the plot a map')}</p>"
        )
