"""The left side of the window: every setting of a run, each edit checked, undoable and announced."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from lora_gui.domain.config import LIVE_FIELDS, ConfigError, RunConfig
from lora_gui.ui.config_undo import ConfigEdit, ConfigUndo, changed_fields
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.settings_form import SettingsForm

WIDTH = 270
"""Comfortable width in pixels."""
OF_ADAPTER = ("train_bias", "rank", "scaling", "init")
"""Settings that have no effect without an adapter."""


class SettingsPanel(QFrame):
    """A card with an editor per setting; each editor's objectName is its RunConfig field.

    Signals:
        edited(str, RunConfig): the config in force is another one; the field that changed, "" for several.
        rejected(str): a value was refused; the sentence names field, value and what is allowed.
        devices_changed: other devices are offered, or known by other titles.

    Attributes:
        undo_stack: every edit, to be undone and redone by the actions it creates.
    """

    edited = Signal(str, object)
    rejected = Signal(str)
    devices_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_panel")
        self.setProperty("card", True)
        self._texts = FieldTexts(self)
        self.undo_stack = ConfigUndo(self._texts, self)
        self._config = RunConfig()
        self._devices: tuple[tuple[str, str], ...] = (("cpu", "CPU"),)
        self._running = False
        self._drag = 0
        self._form = SettingsForm(self._texts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._form)
        self._connect()
        self.retranslate()

    def config(self) -> RunConfig:
        """Return the config in force; what is being typed is taken first, or refused."""
        for box in self._form.number_boxes:
            if box.hasFocus():
                box.typing.settle()
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
        self._form.offer_devices(self._devices, self._config.device)
        self.devices_changed.emit()

    def device_title(self, device: str) -> str:
        """Return what people call a device, its torch name where nothing better is known."""
        return dict(self._devices).get(device, device)

    def begin_drag(self) -> None:
        """Make what is dragged from now on one edit to undo."""
        self._drag += 1

    def drag_rank(self, rank: int) -> None:
        """Set the rank as the slider does, from a drag elsewhere."""
        self._edit("rank", rank, dragged=True)

    def retranslate(self) -> None:
        """Put every text in the language in force."""
        self._form.retranslate()
        self.undo_stack.refresh()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def sizeHint(self) -> QSize:
        """Return the comfortable width, and the height that shows every group."""
        return super().sizeHint().expandedTo(QSize(WIDTH, 0))

    def _connect(self) -> None:
        for name, editor in self._form.editors.items():
            editor.chosen.connect(partial(self._edit, name))
        for box in self._form.number_boxes:
            box.typing.typed.connect(partial(self._follow_typing, box.objectName()))
            box.typing.refused.connect(self._refuse)
        self._form.slider.moved_to.connect(partial(self._edit, "rank"))
        self._form.slider.sliderPressed.connect(self.begin_drag)

    def _edit(self, field: str, value: object, *, dragged: bool = False) -> None:
        before = self._config
        try:
            after = before.with_(field, value)
        except ConfigError as error:
            self._show()
            self._refuse(error)
        else:
            self._do(field, after, dragged=dragged)
            self._say_what_followed(field, before)

    def _do(self, field: str, after: RunConfig, *, dragged: bool = False) -> None:
        if after != self._config:
            drag = self._drag if dragged or self._form.slider.isSliderDown() else 0
            self.undo_stack.push(ConfigEdit(field, self._config, after, self._put, drag=drag))

    def _put(self, config: RunConfig) -> None:
        changed = changed_fields(self._config, config)
        self._config = config
        for row in self._form.rows.values():
            row.say("")
        self._show()
        if changed:
            self.edited.emit(changed[0] if len(changed) == 1 else "", config)

    def _show(self) -> None:
        self._form.offer_devices(self._devices, self._config.device)
        self._form.show_config(self._config)
        self._show_what_is_open()

    def _show_what_is_open(self) -> None:
        for name, row in self._form.rows.items():
            if self._running and name not in LIVE_FIELDS:
                row.set_open(False, self._texts.fixed_by_run())
            elif self._config.task == "digits" and name in ("in_features", "out_features"):
                row.set_open(False, self._texts.fixed_by_data())
            elif not self._config.has_adapter and name in OF_ADAPTER:
                row.set_open(False, self._texts.needs_adapter())
            else:
                row.set_open(True, "")

    def _say_what_followed(self, field: str, before: RunConfig) -> None:
        for name in changed_fields(before, self._config):
            old, new = getattr(before, name), getattr(self._config, name)
            if name != field and isinstance(new, int) and new < old:
                self._form.rows[name].say(self._texts.lowered(name, old, new, self.locale()), "warning")

    def _follow_typing(self, field: str, problem: ConfigError | None) -> None:
        row = self._form.rows[field]
        row.say("" if problem is None else self._texts.describe(problem, self.locale()), "error")
        self._form.reveal_later()

    def _refuse(self, error: ConfigError) -> None:
        message = self._texts.describe(error, self.locale())
        self._form.rows[error.field].say(message, "error")
        self.rejected.emit(message)
