"""The toolbar: what to do with the run, which preset, how fast, and light or dark."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.ui import numbers
from lora_gui.ui.preset_texts import preset_note, preset_title
from lora_gui.ui.run_actions import RunActions

SPEEDS: tuple[float | None, ...] = (1.0, 10.0, 100.0, 1000.0, None)
"""Epochs per second on offer; None is as fast as possible."""
PRESET_KEYS, SPEED_KEYS = "Ctrl+P", "Ctrl+E"
"""Put the focus on the presets and on the speeds."""


class RunToolBar(QToolBar):
    """Run actions, presets and speed, always in sight.

    Signals:
        preset_chosen: the name of a preset a person picked.
        speed_chosen: epochs per second, or None for no limit.
    """

    preset_chosen = Signal(str)
    speed_chosen = Signal(object)

    def __init__(self, actions: RunActions, theme_button: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_toolbar")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addActions(actions.all)
        start = self.widgetForAction(actions.start)
        if isinstance(start, QToolButton):
            start.setProperty("primary", True)
        self._preset_label, self.presets = QLabel(), QComboBox()
        self._speed_label, self.speeds = QLabel(), QComboBox()
        self.presets.setObjectName("preset")
        self.speeds.setObjectName("speed")
        # Keys, not mnemonics: every letter of these two words is taken by the settings.
        for label, box, keys in (
            (self._preset_label, self.presets, PRESET_KEYS),
            (self._speed_label, self.speeds, SPEED_KEYS),
        ):
            label.setBuddy(box)
            QShortcut(QKeySequence(keys), self, box.setFocus)
            label.setProperty("role", "muted")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            self.addWidget(label)
            self.addWidget(box)
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spring)
        self.addWidget(theme_button)
        for name in PRESETS:
            self.presets.addItem("", name)
        for speed in SPEEDS:
            self.speeds.addItem("", speed)
        self.speeds.setCurrentIndex(len(SPEEDS) - 1)
        self._retranslate()
        self.presets.activated.connect(self._on_preset)
        self.speeds.currentIndexChanged.connect(self._on_speed)

    @property
    def speed(self) -> float | None:
        """Epochs per second that are chosen, None for no limit."""
        return SPEEDS[self.speeds.currentIndex()]

    def show_config(self, config: RunConfig) -> None:
        """Name the preset that `config` is, or none."""
        names = [name for name, preset in PRESETS.items() if preset == config]
        self.presets.setCurrentIndex(self.presets.findData(names[0]) if names else -1)

    def set_running(self, running: bool) -> None:
        """Offer presets only while no run would lose its settings to one."""
        self.presets.setEnabled(not running)
        self._tell_presets()

    def choose_speed(self, speed: float | None) -> None:
        """Select a speed; one that is not on offer is left."""
        index = SPEEDS.index(speed) if speed in SPEEDS else -1
        if index >= 0:
            self.speeds.setCurrentIndex(index)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _speed_text(self, speed: float | None) -> str:
        if speed is None:
            return self.tr("Unlimited")
        if speed == 1:
            return self.tr("1 epoch/s")
        return self.tr("{count} epochs/s").format(count=numbers.count(int(speed)))

    def _tell_presets(self) -> None:
        tip = (
            self.tr("Settings worth running, each with one thing to notice")
            if self.presets.isEnabled()
            else self.tr("A preset changes what a run is made of: stop or rewind the run first")
        )
        self.presets.setToolTip(f"{tip} ({PRESET_KEYS})")

    def _on_preset(self, index: int) -> None:
        self.preset_chosen.emit(self.presets.itemData(index))

    def _on_speed(self, index: int) -> None:
        self.speed_chosen.emit(SPEEDS[index])

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Run"))
        self._preset_label.setText(self.tr("Preset"))
        self._speed_label.setText(self.tr("Speed"))
        self.presets.setPlaceholderText(self.tr("Own settings"))
        self._tell_presets()
        tip = self.tr("How fast to train: slow enough to watch ten epochs, or as fast as possible")
        self.speeds.setToolTip(f"{tip} ({SPEED_KEYS})")
        self.presets.setAccessibleName(self._preset_label.text())
        self.speeds.setAccessibleName(self._speed_label.text())
        for index, name in enumerate(PRESETS):
            self.presets.setItemText(index, preset_title(name))
            self.presets.setItemData(index, preset_note(name), Qt.ItemDataRole.ToolTipRole)
        for index, speed in enumerate(SPEEDS):
            self.speeds.setItemText(index, self._speed_text(speed))
