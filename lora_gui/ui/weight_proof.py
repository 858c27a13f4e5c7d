"""The lines that prove the base is frozen: the checksum of W0 before the run, and now."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from lora_gui.domain.proof import WeightCheck
from lora_gui.ui.cards import SPACING, IconView, value_label

NONE = "–"
"""Stands where there is no checksum yet."""


class WeightProof(QWidget):
    """Two checksums and the word that they are the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weight_proof")
        self._check: WeightCheck | None = None
        self._start, self._now = QLabel(), QLabel()
        self._start.setProperty("role", "muted")
        self._icon = IconView()
        self._values = value_label("weight_checksum_start"), value_label("weight_checksum_now")
        self._now.setObjectName("weight_checksum_verdict")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING - 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._start, 0, 0, 1, 2)
        grid.addWidget(self._icon, 1, 0)
        grid.addWidget(self._now, 1, 1)
        for row, value in enumerate(self._values):
            grid.addWidget(value, row, 2)
        self._retranslate()

    def show_check(self, check: WeightCheck | None) -> None:
        """Show the newest check of a run; None before there is any."""
        self._check = check
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._start.setText(self.tr("W₀ checksum"))
        tip = self.tr(
            "A fingerprint of every bit of W₀ (BLAKE2b), taken when a run starts, in each pause and at the "
            "end. If training changed a single bit, the two would differ."
        )
        for widget in (self._start, self._now, *self._values):
            widget.setToolTip(tip)
        self._refresh()

    def _refresh(self) -> None:
        check = self._check
        if check is None:
            self._icon.show_icon("")
            self._now.setText(self.tr("now: when a run starts"))
        elif check.trained:
            # Nothing is wrong: there is no adapter, and the weight itself is what learns.
            self._icon.show_icon("flame", "trainable")
            self._now.setText(self.tr("trained for %n epoch(s)", "", check.epoch))
        elif check.same:
            self._icon.show_icon("check", "good")
            self._now.setText(self.tr("same after %n epoch(s)", "", check.epoch))
        else:
            self._icon.show_icon("error", "error")
            self._now.setText(self.tr("changed after %n epoch(s)!", "", check.epoch))
        _dress(self._now, _role(check))
        for value, caption, text in zip(
            self._values,
            (self._start, self._now),
            (check.start, check.now) if check else (NONE, NONE),
            strict=True,
        ):
            value.setText(text)
            value.setAccessibleName(f"{caption.text()}: {text}")


def _role(check: WeightCheck | None) -> str:
    if check is None:
        return "muted"
    if check.trained:
        return "trainable"
    return "good" if check.same else "error"


def _dress(label: QLabel, role: str) -> None:
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().polish(label)
