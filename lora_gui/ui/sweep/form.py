"""The form of a sweep: one or two fields with their values, how many seeds, and what is rarely changed."""

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSpinBox, QToolButton, QVBoxLayout, QWidget

from lora_gui.domain.config import ConfigError, Range, RunConfig
from lora_gui.domain.spots import Spread
from lora_gui.domain.sweep import SEEDS, Sweep
from lora_gui.ui.cards import SPACING
from lora_gui.ui.editors import ChoiceBox
from lora_gui.ui.icons import icon
from lora_gui.ui.sweep.axis_editor import AxisEditor
from lora_gui.ui.sweep.texts import SweepTexts
from lora_gui.ui.wheel_guard import WheelGuard

MOST_RUNS = 10_000
"""Runs that the window takes; more belong into a terminal, where they can be resumed from a file."""
FIRST_SEEDS = 3
SEEDS_WIDTH = 68
"""Pixels of the number of seeds."""


class SweepForm(QWidget):
    """Says what to sweep; the settings that all runs share are those of the settings panel.

    It lays out the fields itself; `seeds_row` and `more` go where there is room for them. No label has a
    mnemonic: every letter is taken by the settings and the menus, which are in sight as well.

    Signals:
        changed: it asks for another sweep now.
        entered: Enter was pressed in a field of text.
        spread_chosen: the band of the plot is to show something else.

    Attributes:
        seeds_row: the number of seeds with its label.
        more: the button that shows what is rarely changed.

    """

    changed = Signal()
    entered = Signal()
    spread_chosen = Signal()

    def __init__(self, texts: SweepTexts) -> None:
        super().__init__()
        self._axes = AxisEditor(1, texts.fields), AxisEditor(2, texts.fields)
        self._seeds_label, self.seeds = QLabel(), QSpinBox()
        self.seeds_row, self.more = QWidget(), QToolButton()
        self._scheduler_label, self._scheduler = QLabel(), QLineEdit()
        self._spread_label, self._spread = QLabel(), ChoiceBox("sweep_spread")
        self._name()
        self._lay_out()
        self._retranslate()
        for axis in self._axes:
            axis.changed.connect(self.changed)
            axis.entered.connect(self.entered)
        self.seeds.valueChanged.connect(self.changed)
        self._scheduler.textChanged.connect(self.changed)
        self._scheduler.returnPressed.connect(self.entered)
        self._spread.chosen.connect(self.spread_chosen)
        self.more.toggled.connect(self._show_more)
        self._axes[0].choose("rank")
        self._axes[1].choose("")
        self._show_more(False)

    def sweep(self, base: RunConfig) -> Sweep:
        """Return the sweep that is asked for; raises ConfigError naming field, value and what is allowed."""
        axes = [axis for editor in self._axes if (axis := editor.axis()) is not None]
        count = self.seeds.value()
        for axis in axes:
            count *= len(axis.values)
        if count > MOST_RUNS:
            raise ConfigError("runs", count, Range(1, MOST_RUNS, whole=True))
        return Sweep(base, tuple(axes), self.seeds.value())

    def ask_for_ranks(self) -> None:
        """Fill in a sweep over the rank."""
        self._axes[0].choose("rank")
        self._axes[1].choose("")
        self.seeds.setValue(FIRST_SEEDS)

    def show_config(self, config: RunConfig) -> None:
        """Follow the settings with what is suggested."""
        for editor in self._axes:
            editor.show_config(config)

    def show_error(self, error: ConfigError | None) -> None:
        """Mark the values that cannot be used."""
        for editor in self._axes:
            editor.set_valid(error is None or error.field != editor.name)

    def set_running(self, running: bool) -> None:
        """Close the form while a sweep goes on."""
        for widget in (*self._axes, self._seeds_label, self.seeds, self._scheduler_label, self._scheduler):
            widget.setEnabled(not running)

    @property
    def scheduler(self) -> str:
        """The address of a Dask scheduler, "" to train on this machine."""
        return self._scheduler.text().strip()

    def remember_scheduler(self, address: str) -> None:
        """Begin with an address that was used before; it is shown, so that nobody wonders where runs go."""
        self._scheduler.setText(address)
        self.more.setChecked(bool(address))

    @property
    def spread(self) -> Spread:
        """What the band shows."""
        return Spread(self._spread.currentData())

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _name(self) -> None:
        self.seeds.setObjectName("sweep_seeds")
        self.seeds.setRange(int(SEEDS.low), int(SEEDS.high))
        self.seeds.setValue(FIRST_SEEDS)
        self.seeds.setFixedWidth(SEEDS_WIDTH)
        WheelGuard(self.seeds)
        self.more.setObjectName("sweep_more")
        self.more.setCheckable(True)
        self.more.setIcon(icon("more"))
        self._scheduler.setObjectName("sweep_scheduler")
        self._scheduler.setPlaceholderText("tcp://127.0.0.1:8786")
        for label, editor in (
            (self._seeds_label, self.seeds),
            (self._scheduler_label, self._scheduler),
            (self._spread_label, self._spread),
        ):
            label.setBuddy(editor)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self._axes[0], 1)
        row.addWidget(self._axes[1], 1)
        seeds = QHBoxLayout(self.seeds_row)
        seeds.setContentsMargins(0, 0, 0, 0)
        seeds.addWidget(self._seeds_label)
        seeds.addWidget(self.seeds)
        self._rest = QWidget()
        rest = QHBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(SPACING)
        rest.addWidget(self._scheduler_label)
        rest.addWidget(self._scheduler, 1)
        rest.addWidget(self._spread_label)
        rest.addWidget(self._spread)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACING // 2)
        rows.addLayout(row)
        rows.addWidget(self._rest)

    def _show_more(self, shown: bool) -> None:
        self._rest.setVisible(shown)

    def _retranslate(self) -> None:
        self._seeds_label.setText(self.tr("Seeds"))
        self.seeds.setAccessibleName(self.tr("Seeds"))
        tip = self.tr(
            "How often every combination is trained: with the seed of the settings, and with those after it."
            " Other seeds mean other data and another start."
        )
        self.seeds.setToolTip(f"<p>{tip}</p>")
        self.more.setToolTip(self.tr("More: train on a cluster, choose what the band shows"))
        self.more.setAccessibleName(self.tr("More"))
        self._scheduler_label.setText(self.tr("Dask scheduler"))
        self._scheduler.setAccessibleName(self.tr("Address of a Dask scheduler"))
        tip = self.tr(
            "Address of a running Dask scheduler: its workers then train the runs. Empty trains them on this"
            " machine. The workers need LoRA GUI installed, and this one its extra “cluster”."
        )
        self._scheduler.setToolTip(f"<p>{tip}</p>")
        self._spread_label.setText(self.tr("Band"))
        self._spread.set_options(
            [
                (Spread.EXTREMES, self.tr("lowest to highest")),
                (Spread.DEVIATION, self.tr("mean ± standard deviation")),
            ]
        )
        with QSignalBlocker(self._spread):
            self._spread.setCurrentIndex(max(self._spread.currentIndex(), 0))
        self._spread.setAccessibleName(self.tr("Band of the plot"))
        self._spread.setToolTip(self.tr("What the band around the mean shows of the seeds"))
