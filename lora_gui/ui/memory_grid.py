"""What training takes in memory, for the adapter and, beside it, for full fine-tuning."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from lora_gui.domain.parameters import ParameterCounts
from lora_gui.ui import numbers
from lora_gui.ui.cards import SPACING, heading_label, value_label

PARTS = ("weights", "gradients", "optimizer", "total")
"""Lines of the grid: the attributes of `Memory`."""


class MemoryGrid(QWidget):
    """Bytes for weights, gradients and optimizer state in two columns, and their totals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING - 2)
        grid.setColumnStretch(0, 1)
        self._heading = heading_label()
        self._adapted, self._full = value_label(role="muted"), value_label(role="muted")
        grid.addWidget(self._heading, 0, 0, 1, 3)
        grid.addWidget(self._adapted, 1, 1)
        grid.addWidget(self._full, 1, 2)
        self._lines: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self._counts: ParameterCounts | None = None
        for row, part in enumerate(PARTS, start=2):
            role = "number" if part == "total" else ""
            line = QLabel(), value_label(f"memory_{part}", role), value_label(f"full_memory_{part}", role)
            line[0].setProperty("role", "" if part == "total" else "muted")
            for column, label in enumerate(line):
                grid.addWidget(label, row, column)
            self._lines[part] = line
        self._retranslate()

    def show_counts(self, counts: ParameterCounts) -> None:
        """Show the memory that training `counts` takes."""
        self._counts = counts
        self._adapted.setText(self.tr("LoRA") if counts.rank else self.tr("this run"))
        for part, (caption, adapted, full) in self._lines.items():
            for label, column, memory in (
                (adapted, self._adapted, counts.memory),
                (full, self._full, counts.full_memory),
            ):
                label.setText(numbers.size(getattr(memory, part)))
                label.setAccessibleName(f"{caption.text()}, {column.text()}: {label.text()}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._heading.setText(self.tr("Memory for training"))
        self._full.setText(self.tr("full"))
        self._full.setToolTip(self.tr("Full fine-tuning of the same layer: weight and bias"))
        captions = {
            "weights": (self.tr("weights"), self.tr("4 bytes for each number, frozen or trained")),
            "gradients": (self.tr("gradients"), self.tr("4 bytes for each trainable number")),
            "optimizer": (
                self.tr("optimizer"),
                self.tr("Adam remembers two more numbers for each trainable one, SGD none"),
            ),
            "total": (self.tr("total"), self.tr("This layer alone, without data and activations")),
        }
        for part, (text, tip) in captions.items():
            self._lines[part][0].setText(text)
            self._lines[part][0].setToolTip(tip)
        if self._counts:
            self.show_counts(self._counts)
