"""The scrollable form of all settings: which editor each has, where it stands, and how it shows a config."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lora_gui.domain.config import RunConfig
from lora_gui.ui.editors import ChoiceBox, Editor, SwitchBox
from lora_gui.ui.field_row import FieldRow
from lora_gui.ui.field_texts import GROUPS, FieldTexts
from lora_gui.ui.number_boxes import DecimalBox, NumberBox, WholeBox
from lora_gui.ui.number_entry import step_125, step_125_whole, step_by_one, step_by_tenth, step_doubling
from lora_gui.ui.rank_slider import RankSlider

MARGIN = 12
HEADING_SPACE = 7
SLIDER_WIDTH, RANK_WIDTH = 48, 76
"""The narrowest slider that is still of use, and room for a rank of five digits."""

CHOICES: Final = ("method", "init", "task", "optimizer", "engine")
PLANTED: Final = ("true_rank", "noise")
"""Settings that only the planted task has."""


class SettingsForm(QScrollArea):
    """An editor per setting under the heading of its group; it shows configs and holds none.

    Attributes:
        editors, rows: the editor and the line of each setting, by name.
        slider: the rank's second editor.
    """

    def __init__(self, texts: FieldTexts) -> None:
        super().__init__()
        self._texts = texts
        self.device = _device_box()
        self.switch = SwitchBox("train_bias")
        self.batch_size = WholeBox("batch_size", step_doubling)
        self.choices = {name: ChoiceBox(name) for name in CHOICES}
        self.slider = RankSlider()
        self.editors = self._editors()
        self.rows: dict[str, FieldRow] = {}
        self._headings: dict[str, QLabel] = {}
        self._revealing = QTimer(self, singleShot=True, interval=0)
        self._revealing.timeout.connect(self._reveal)
        self._content = QWidget()
        self._lay_out()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self.reveal_later)

    @property
    def number_boxes(self) -> list[NumberBox]:
        """The editors that are typed into."""
        return [editor for editor in self.editors.values() if isinstance(editor, WholeBox | DecimalBox)]

    def show_config(self, config: RunConfig) -> None:
        """Show every setting of `config` within its limits, and only the settings that its task has."""
        for name, editor in self.editors.items():
            editor.show_value(getattr(config, name), config.allowed(name))
        self.slider.show_rank(config.rank, min(config.in_features, config.out_features))
        self.switch.setText(self._texts.yes_or_no(config.train_bias))
        for name in ("method", "init", "task", "engine"):
            self.rows[name].set_note(self._texts.note(name, config))
        for name in PLANTED:
            self.rows[name].set_shown(config.task == "low_rank")

    def offer_devices(self, devices: Sequence[tuple[str, str]], wanted: str) -> None:
        """Offer (torch name, title) pairs and show `wanted`, marked if it is not among them."""
        names = [name for name, _ in devices]
        # Plain "cuda" is the first of them.
        is_here = wanted in names or (wanted == "cuda" and any(name.startswith("cuda:") for name in names))
        title = wanted if is_here else f"{wanted} ({self._texts.not_here()})"
        self.device.set_options(devices if wanted in names else (*devices, (wanted, title)))
        self.device.select(wanted)
        self.rows["device"].set_note("" if is_here else self._texts.not_here(), "warning")

    def retranslate(self) -> None:
        """Put every text in the language in force."""
        for group, heading in self._headings.items():
            heading.setText(self._texts.group(group).upper())
        for name, row in self.rows.items():
            row.set_texts(self._texts.label(name), self._texts.tooltip(name))
        for name, box in self.choices.items():
            box.set_options(self._texts.choices(name))
        self.batch_size.setSpecialValueText(self._texts.full_batch())

    def reveal_later(self) -> None:
        """Scroll to what has the focus and to its message, once the layout has placed them."""
        self._revealing.start()

    def sizeHint(self) -> QSize:
        """Return the size that shows everything."""
        return self.minimumSizeHint().expandedTo(self._content.sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Return the width that clips no text in the language in force, beside the scroll bar."""
        width = self._content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass on that other texts need other room, which a scroll area does not do by itself."""
        handled = super().eventFilter(watched, event)
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return handled

    def _editors(self) -> dict[str, Editor]:
        return {
            "in_features": WholeBox("in_features", step_by_one),
            "out_features": WholeBox("out_features", step_by_one),
            "train_bias": self.switch,
            "method": self.choices["method"],
            "rank": WholeBox("rank", step_by_one),
            "scaling": DecimalBox("scaling", step_by_tenth),
            "init": self.choices["init"],
            "task": self.choices["task"],
            "samples": WholeBox("samples", step_125_whole),
            "true_rank": WholeBox("true_rank", step_by_one),
            "noise": DecimalBox("noise", step_125),
            "epochs": WholeBox("epochs", step_125_whole),
            "learning_rate": DecimalBox("learning_rate", step_125),
            "optimizer": self.choices["optimizer"],
            "batch_size": self.batch_size,
            "seed": WholeBox("seed", step_by_one),
            "device": self.device,
            "engine": self.choices["engine"],
        }

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._content)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        form = QFormLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(form)
        column.addStretch(1)
        for group, names in GROUPS.items():
            self._headings[group] = heading = QLabel()
            heading.setProperty("role", "heading")
            heading.setContentsMargins(0, HEADING_SPACE if form.rowCount() else 0, 0, 0)
            form.addRow(heading)
            for name in names:
                self.rows[name] = self._add_row(form, name)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        order = [widget for name in self.rows for widget in self.rows[name].widgets]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _add_row(self, form: QFormLayout, name: str) -> FieldRow:
        editor = self.editors[name]
        if name != "rank":
            return FieldRow(form, editor)
        self.slider.setMinimumWidth(SLIDER_WIDTH)
        editor.setFixedWidth(RANK_WIDTH)
        return FieldRow(form, editor, self.slider)

    def _reveal(self) -> None:
        focused = QApplication.focusWidget()
        if focused is None or not self._content.isAncestorOf(focused):
            return
        row = self.rows.get(focused.objectName())
        if row and row.message.isVisible():
            self.ensureWidgetVisible(row.message, 0, 0)
        self.ensureWidgetVisible(focused, 0, 0)


def _device_box() -> ChoiceBox:
    # Names of accelerators are long; the list shows them in full.
    box = ChoiceBox("device")
    box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    return box
