"""The left side of the window: every setting of a run, each edit checked, undoable and announced."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lora_gui.domain.config import LIVE_FIELDS, ConfigError, RunConfig, field_names
from lora_gui.ui.config_undo import ConfigEdit, ConfigUndo, changed_fields
from lora_gui.ui.editors import ChoiceBox, DecimalBox, Editor, SwitchBox, WholeBox
from lora_gui.ui.field_row import FieldRow
from lora_gui.ui.field_texts import GROUPS, FieldTexts
from lora_gui.ui.number_entry import step_125, step_125_whole, step_by_one, step_by_tenth, step_doubling
from lora_gui.ui.rank_slider import RankSlider

WIDTH = 270
"""Comfortable width in pixels."""
MARGIN = 14


class SettingsPanel(QFrame):
    """A card with an editor per setting; each editor's objectName is its RunConfig field.

    Signals:
        edited(str, RunConfig): the config in force is another one; the field that changed, "" for several.
        rejected(str): a value was refused; the sentence names field, value and what is allowed.

    Attributes:
        undo_stack: every edit, to be undone and redone by the actions it creates.
    """

    edited = Signal(str, object)
    rejected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_panel")
        self.setProperty("card", True)
        self._config = RunConfig()
        self._running = False
        self._devices: tuple[tuple[str, str], ...] = (("cpu", "CPU"),)
        self._drag = 0
        self._texts = FieldTexts(self)
        self.undo_stack = ConfigUndo(self._texts, self)
        self._editors = {name: _editor(name) for name in field_names()}
        self._slider = RankSlider()
        self._headings: dict[str, QLabel] = {}
        self._rows: dict[str, FieldRow] = {}
        self._build()
        self._connect()
        self.retranslate()

    def config(self) -> RunConfig:
        """Return the config in force; what is being typed is taken first, or refused."""
        focused = QApplication.focusWidget()
        if isinstance(focused, WholeBox | DecimalBox) and self.isAncestorOf(focused):
            focused.typing.settle()
        return self._config

    def set_config(self, config: RunConfig, *, undoable: bool = False) -> None:
        """Show `config`; as an edit that can be undone, or as a new start that forgets earlier edits."""
        if undoable:
            self._do("", config)
        else:
            self.undo_stack.clear()
            self._put(config)

    def set_running(self, running: bool) -> None:
        """Close what cannot change while a run goes on, or open it again."""
        self._running = running
        self.undo_stack.set_running(running)
        self._show_what_is_open()

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer these (torch name, title) pairs."""
        self._devices = tuple(devices)
        self._show(self._config)

    def retranslate(self) -> None:
        """Put every text in the language in force."""
        texts = self._texts
        for group, heading in self._headings.items():
            heading.setText(texts.group(group).upper())
        for name, row in self._rows.items():
            row.set_texts(texts.label(name), texts.tooltip(name))
            editor = self._editors[name]
            if isinstance(editor, ChoiceBox) and name != "device":
                editor.set_options(texts.choices(name))
        batch_size = self._editors["batch_size"]
        assert isinstance(batch_size, WholeBox)
        batch_size.setSpecialValueText(texts.full_batch())
        self.undo_stack.refresh()
        self._show(self._config)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def sizeHint(self) -> QSize:
        """Return the comfortable width, and the height that shows every group."""
        return QSize(WIDTH, self._content.sizeHint().height() + 2)

    def _build(self) -> None:
        self._content = QWidget()
        form = QFormLayout(self._content)
        form.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for group, names in GROUPS.items():
            self._headings[group] = heading = QLabel()
            heading.setProperty("role", "heading")
            form.addRow(heading)
            for name in names:
                self._rows[name] = self._add_row(form, name)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._scroll)
        self.setMinimumWidth(WIDTH - 20)

    def _add_row(self, form: QFormLayout, name: str) -> FieldRow:
        editor = self._editors[name]
        if name != "rank":
            return FieldRow(form, editor)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._slider, 1)
        line.addWidget(editor)
        return FieldRow(form, editor, holder, self._slider)

    def _connect(self) -> None:
        for name, editor in self._editors.items():
            editor.chosen.connect(lambda value, name=name: self._edit(name, value))
            if isinstance(editor, WholeBox | DecimalBox):
                editor.typing.typed.connect(lambda problem, name=name: self._follow_typing(name, problem))
                editor.typing.refused.connect(self._refuse)
        self._slider.moved_to.connect(lambda rank: self._edit("rank", rank))
        self._slider.sliderPressed.connect(self._begin_drag)

    def _begin_drag(self) -> None:
        self._drag += 1

    def _edit(self, name: str, value: object) -> None:
        before = self._config
        try:
            after = before.with_(name, value)
        except ConfigError as error:
            self._show(before)
            self._refuse(error)
        else:
            self._do(name, after)
            self._say_what_followed(name, before, after)

    def _do(self, field: str, after: RunConfig) -> None:
        if after == self._config:
            return
        drag = self._drag if self._slider.isSliderDown() else 0
        self.undo_stack.push(ConfigEdit(field, self._config, after, self._put, drag=drag))

    def _put(self, config: RunConfig) -> None:
        before, self._config = self._config, config
        changed = changed_fields(before, config)
        for row in self._rows.values():
            row.say("")
        self._show(config)
        if changed:
            self.edited.emit(changed[0] if len(changed) == 1 else "", config)

    def _show(self, config: RunConfig) -> None:
        self._offer_devices(config.device)
        for name, editor in self._editors.items():
            editor.show_value(getattr(config, name), config.allowed(name))
            self._rows[name].set_note(self._texts.note(name, config))
        switch = self._editors["train_bias"]
        assert isinstance(switch, SwitchBox)
        switch.setText(self._texts.yes_or_no(config.train_bias))
        self._slider.show_rank(config.rank, min(config.in_features, config.out_features))
        for name in ("true_rank", "noise"):
            self._rows[name].set_shown(config.task == "low_rank")
        self._show_what_is_open()

    def _show_what_is_open(self) -> None:
        for name, row in self._rows.items():
            if self._running and name not in LIVE_FIELDS:
                row.set_open(False, self._texts.fixed_by_run())
            elif self._config.task == "digits" and name in ("in_features", "out_features"):
                row.set_open(False, self._texts.fixed_by_data())
            else:
                row.set_open(True, "")

    def _offer_devices(self, wanted: str) -> None:
        device = self._editors["device"]
        assert isinstance(device, ChoiceBox)
        names = [name for name, _ in self._devices]
        is_here = wanted in names or (wanted == "cuda" and any(name.startswith("cuda:") for name in names))
        title = wanted if is_here else f"{wanted} ({self._texts.not_here()})"
        device.set_options(self._devices if wanted in names else (*self._devices, (wanted, title)))

    def _say_what_followed(self, field: str, before: RunConfig, after: RunConfig) -> None:
        for name in changed_fields(before, after):
            old, new = getattr(before, name), getattr(after, name)
            if name != field and isinstance(new, int) and new < old:
                self._rows[name].say(self._texts.lowered(name, old, new, self.locale()), "warning")

    def _follow_typing(self, name: str, problem: ConfigError | None) -> None:
        self._rows[name].say("" if problem is None else self._texts.describe(problem, self.locale()), "error")

    def _refuse(self, error: ConfigError) -> None:
        message = self._texts.describe(error, self.locale())
        self._rows[error.field].say(message, "error")
        self.rejected.emit(message)


def _editor(name: str) -> Editor:
    """Return the editor that suits a setting."""
    match name:
        case "init" | "task" | "optimizer" | "device":
            return ChoiceBox(name)
        case "train_bias":
            return SwitchBox(name)
        case "learning_rate" | "noise":
            return DecimalBox(name, step_125)
        case "scaling":
            return DecimalBox(name, step_by_tenth)
        case "samples" | "epochs":
            return WholeBox(name, step_125_whole)
        case "batch_size":
            return WholeBox(name, step_doubling)
        case _:
            return WholeBox(name, step_by_one)
