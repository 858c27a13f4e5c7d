"""The window: settings left, plot in the middle, parameters right; signals go out, facts come in."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from lora_gui.domain.config import LIVE_FIELDS, RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.ui import splitters
from lora_gui.ui.banner import Banner, Message
from lora_gui.ui.cards import SPACING
from lora_gui.ui.diagram.adapter_diagram import AdapterDiagram
from lora_gui.ui.focus_order import come_after
from lora_gui.ui.how_it_works import HowItWorks
from lora_gui.ui.menus import Menus
from lora_gui.ui.messages import describe_change, describe_end, describe_error
from lora_gui.ui.middle_column import MiddleColumn
from lora_gui.ui.note import Note
from lora_gui.ui.parameter_panel import ParameterPanel
from lora_gui.ui.plot_place import PlotPlace
from lora_gui.ui.preset_texts import preset_note
from lora_gui.ui.run_actions import RunActions
from lora_gui.ui.run_status import RunFacts, RunStatus
from lora_gui.ui.run_toolbar import RunToolBar
from lora_gui.ui.settings_panel import SettingsPanel
from lora_gui.ui.side_column import SideColumn
from lora_gui.ui.splitters import splitter
from lora_gui.ui.spotlight import Spotlight
from lora_gui.ui.task_line import TaskLine
from lora_gui.ui.theme import style_sheet, theme_switch
from lora_gui.ui.theme_button import ThemeButton, ThemeMenu

if TYPE_CHECKING:
    # These need NumPy or pyqtgraph, whose import takes longer than the window needs to paint.
    from lora_gui.domain.history import LossHistory
    from lora_gui.domain.progress import Change
    from lora_gui.ui.plot_tabs import PlotTabs
    from lora_gui.ui.plots.loss_plot import LossPlot

DEFAULT_SIZE = QSize(1440, 900)
FRAME = QSize(16, 48)
"""Room for the frame that the desktop draws around the window."""
SIDE_WIDTH = 280
"""Pixels of the panels left and right, until a person drags them."""
DIAGRAM_HEIGHT = 190
"""Pixels of the diagram where the plot below has twice as many; what is more or less they share so."""


class MainWindow(QMainWindow):
    """Everything a person sees; knows neither torch nor threads.

    It can be shown and its settings edited as soon as it is made; the tabs, which take longer, come with
    `furnish`.

    Signals:
        start_requested, step_requested: with the RunConfig to train.
        go_on_requested: the run that ended is to be trained further, with the live settings of a RunConfig.
        pause_requested, resume_requested, stop_requested, rewind_requested: for the run under way.
        setting_changed: name and value of a live setting edited during a run.
        config_shown: the RunConfig that the settings show now.
        first_painted: the window is on the screen for the first time.
        closing: the window is about to close; what runs must end now.

    Attributes:
        tabs: the views below the diagram, and `plot` the losses among them; there once furnished.

    """

    tabs: "PlotTabs"
    plot: "LossPlot"

    start_requested = Signal(object)
    step_requested = Signal(object)
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    rewind_requested = Signal()
    setting_changed = Signal(str, object)
    go_on_requested = Signal(object)
    config_shown = Signal(object)
    first_painted = Signal()
    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self._state = RunState.READY
        self._painted = False
        self.settings_panel = SettingsPanel()
        self.parameter_panel = ParameterPanel()
        self.how_it_works = HowItWorks()
        self.diagram = AdapterDiagram()
        self._plot_place = PlotPlace()
        self.banner = Banner()
        self.note = Note()
        self.task_line = TaskLine()
        self.status = RunStatus()
        self.run_actions = RunActions(self)
        self.themes = ThemeMenu(self)
        self.toolbar = RunToolBar(self.run_actions, ThemeButton(self.themes))
        self.menus = Menus(
            self,
            self.run_actions,
            self.settings_panel.undo_stack,
            self.parameter_panel.copy_action,
            self.themes,
            self.how_it_works.menu,
        )
        self._lay_out()
        self.spotlight = Spotlight(self)
        self._connect()
        self.resize(DEFAULT_SIZE.boundedTo(self.screen().availableSize() - FRAME))
        self._show_config(self.config)
        self._retranslate()
        self._wear()
        theme_switch().changed.connect(self._wear)

    def furnish(self, tabs: "PlotTabs") -> None:
        """Put the tabs into their place."""
        self.tabs, self.plot = tabs, tabs.loss.plot
        self._plot_place.take(tabs)
        come_after(self.diagram, tabs)
        tabs.sweep.preset_requested.connect(self.load_preset)
        tabs.sweep.run_opened.connect(self.open_config)
        tabs.rank_chosen.connect(self._on_rank_chosen)
        tabs.show_history(None)
        tabs.show_config(self.config)
        self.config_shown.connect(tabs.show_config)

    @property
    def config(self) -> RunConfig:
        """The settings as they stand in the panel."""
        return self.settings_panel.config()

    def restore_config(self, config: RunConfig) -> None:
        """Begin with `config`, as remembered; there is nothing before it to undo."""
        self.settings_panel.set_config(config)
        self._show_config(config)

    def show_state(self, state: RunState) -> None:
        """Enable what makes sense in `state`."""
        self._state = state
        self.run_actions.follow(state)
        self.settings_panel.set_running(state.is_active)
        self.toolbar.set_running(state.is_active)
        self.how_it_works.show_state(state)
        self.diagram.set_running(state.is_active)
        self.tabs.set_running(state.is_active)

    def show_history(self, history: "LossHistory | None") -> None:
        """Show a new, still empty run; the one before stays faint behind it."""
        self.banner.clear()
        self.diagram.show_picture(None)
        self.tabs.show_history(history)
        self.parameter_panel.show_weight_check(None)

    def mark(self, change: "Change", before: float) -> None:
        """Note on the plot that a setting changed."""
        self.plot.add_marker(change.epoch, describe_change(change, before))

    def show_facts(self, facts: RunFacts) -> None:
        """Bring the status bar up to date."""
        self.status.show_facts(facts)

    def show_end(self, end: RunEnd, config: RunConfig) -> None:
        """Say how a run ended, where that needs saying."""
        if message := describe_end(end, config):
            self.show_message(message)

    def show_message(self, message: Message) -> None:
        """Say something over the plot."""
        self.banner.show_message(message.kind, message.title, message.text, message.details, message.action)

    def show_error(self, error: BaseException, details: str = "") -> None:
        """Say that something failed which nobody expected to."""
        self.show_message(describe_error(error, details))

    def layout_state(self) -> QByteArray:
        """Return the sizes of the panels, to be remembered."""
        return splitters.save(self._splitters)

    def restore_layout(self, state: QByteArray) -> None:
        """Bring back sizes; what cannot be read leaves them."""
        splitters.restore(self._splitters, state)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is there to be seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # Once everything inside has been painted as well.
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let everything that runs end before the window goes."""
        self.hide()
        self.closing.emit()
        super().closeEvent(event)

    @Slot()
    def _wear(self) -> None:
        self.setStyleSheet(style_sheet())

    def _lay_out(self) -> None:
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.toolbar)
        views = splitter("views", Qt.Orientation.Vertical, (self.diagram, self._plot_place), (1, 2))
        views.setSizes([DIAGRAM_HEIGHT, 2 * DIAGRAM_HEIGHT])
        middle = MiddleColumn(self.banner, self.note, self.task_line, views)
        side = SideColumn(self.parameter_panel, self.how_it_works)
        panels = (self.settings_panel, middle, side)
        columns = splitter("splitter", Qt.Orientation.Horizontal, panels, (0, 1, 0))
        columns.setSizes([SIDE_WIDTH, 10 * SIDE_WIDTH, SIDE_WIDTH])
        self._splitters = columns, views, side
        central = QWidget()
        frame = QVBoxLayout(central)
        frame.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        frame.addWidget(columns)
        self.setCentralWidget(central)
        # Permanent: the hints of the buttons must not cover the run.
        self.statusBar().addPermanentWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        actions = self.run_actions
        actions.start.triggered.connect(self._on_start)
        actions.step.triggered.connect(self._on_step)
        actions.pause.triggered.connect(self._on_pause)
        actions.stop.triggered.connect(self.stop_requested)
        actions.go_on.triggered.connect(lambda: self.go_on_requested.emit(self.config))
        actions.rewind.triggered.connect(self.rewind_requested)
        self.settings_panel.edited.connect(self._on_edited)
        self.toolbar.preset_chosen.connect(self.load_preset)
        self.how_it_works.spotlight.connect(self.spotlight.light)
        self.diagram.rank_grabbed.connect(self.settings_panel.begin_drag)
        self.diagram.rank_chosen.connect(self.settings_panel.drag_rank)

    def _on_rank_chosen(self, rank: int) -> None:
        self.settings_panel.begin_drag()
        self.settings_panel.drag_rank(rank)

    def load_preset(self, name: str) -> None:
        """Put a preset into the panel and say what to notice in it."""
        self.settings_panel.set_config(PRESETS[name], undoable=True)

    def open_config(self, config: RunConfig) -> None:
        """Put the settings of a run into the panel, as an edit that can be undone."""
        self.settings_panel.set_config(config, undoable=True)

    def _on_start(self) -> None:
        self.start_requested.emit(self.config)

    def _on_step(self) -> None:
        self.step_requested.emit(self.config)

    def _on_pause(self) -> None:
        paused = self._state is RunState.PAUSED
        (self.resume_requested if paused else self.pause_requested).emit()

    def _on_edited(self, field: str, config: RunConfig) -> None:
        self._show_config(config)
        if self._state.is_active and field in LIVE_FIELDS:
            self.setting_changed.emit(field, getattr(config, field))

    def _show_config(self, config: RunConfig) -> None:
        self.parameter_panel.show_config(config)
        self.how_it_works.show_config(config)
        self.diagram.show_config(config)
        self.toolbar.show_config(config)
        self._show_note(config)
        self.config_shown.emit(config)

    def _show_note(self, config: RunConfig) -> None:
        names = [name for name, preset in PRESETS.items() if preset == config]
        self.note.say(preset_note(names[0]) if names else "")

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("LoRA GUI"))
        self.run_actions.retranslate()
        self.menus.retranslate()
        self._show_note(self.config)
