"""The results of a sweep: a plot of one field, a map of two, or a table of either; before any, what to do."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from lora_gui.domain.run import RunState
from lora_gui.domain.spots import Spot, Spread, spots
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepRun, elbow
from lora_gui.ui.cards import SPACING, prose_label
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.plots.sweep_map import SweepMap
from lora_gui.ui.plots.sweep_plot import SweepPlot
from lora_gui.ui.sweep.fields import order, scale, value_text
from lora_gui.ui.sweep.model import SweepModel
from lora_gui.ui.sweep.table import SweepTable

LESSON_WIDTH = 460


class SweepResults(QStackedWidget):
    """Shows what the runs of one sweep gave, those done so far.

    Signals:
        opened(object): a run was chosen: its index in the sweep.
        ranks_asked: the button of the empty state was pressed.

    Attributes:
        sweep: the sweep shown, None before the first.
        runs: its runs that are over, by their index.

    """

    opened = Signal(object)
    ranks_asked = Signal()

    def __init__(self, texts: FieldTexts) -> None:
        super().__init__()
        self.setObjectName("sweep_results")
        self.sweep: Sweep | None = None
        self.runs: dict[int, SweepRun] = {}
        self._texts = texts
        self._spread = Spread.EXTREMES
        self._as_table = False
        self._model = SweepModel(texts, self)
        self._empty, self._lesson, self._ranks = QWidget(), prose_label("muted"), QPushButton()
        self.plot, self.map, self.table = SweepPlot(), SweepMap(), SweepTable(self._model)
        for page in (self._empty, self.plot, self.map, self.table):
            self.addWidget(page)
        for view in (self.plot, self.map, self.table):
            view.opened.connect(self.opened)
        self._ranks.clicked.connect(self.ranks_asked)
        self._lay_out()
        self._retranslate()

    def begin(self, sweep: Sweep, runs: Mapping[int, SweepRun]) -> None:
        """Show `sweep`, of which `runs` are done already."""
        self.sweep, self.runs = sweep, dict(runs)
        self._model.show(sweep)
        self._model.put(self.runs)
        self._refresh()

    def add(self, runs: Iterable[SweepRun]) -> None:
        """Show what further runs gave."""
        found = {run.index: run for run in runs}
        self.runs |= found
        self._model.put(found)
        self._refresh()

    def show_as_table(self, as_table: bool) -> None:
        """Show the table, or the drawing."""
        self._as_table = as_table
        self._refresh()

    def show_spread(self, spread: Spread) -> None:
        """Let the band show another spread."""
        self._spread = spread
        self._refresh()

    @property
    def has_lost(self) -> bool:
        """Whether some run diverged or failed."""
        return any(run.outcome is not RunState.FINISHED for run in self.runs.values())

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _lay_out(self) -> None:
        self._lesson.setObjectName("sweep_lesson")
        self._lesson.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lesson.setMaximumWidth(LESSON_WIDTH)
        self._ranks.setObjectName("sweep_ranks")
        column = QVBoxLayout(self._empty)
        column.setSpacing(2 * SPACING)
        column.addStretch()
        # Between stretches: aligned by the layout, the text would be as narrow as it can be.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._lesson, 100)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addWidget(self._ranks, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def _refresh(self) -> None:
        sweep = self.sweep
        if sweep is None:
            self.setCurrentWidget(self._empty)
            return
        if len(sweep.axes) == 2:
            self._draw_map(sweep)
        else:
            self._draw_plot(sweep)
        drawing = self.map if len(sweep.axes) == 2 else self.plot
        self.setCurrentWidget(self.table if self._as_table else drawing)

    def _draw_plot(self, sweep: Sweep) -> None:
        found, along = spots(sweep, self.runs), scale(sweep, 0, self._texts)
        axis = sweep.axes[0]
        places = order(axis.field, axis.values)
        bend = self._elbow(sweep)
        at = [axis.values[place] for place in places].index(bend) if bend is not None else None
        self.plot.show_spots(along, [found[place] for place in places], elbow=at, spread=self._spread)

    def _draw_map(self, sweep: Sweep) -> None:
        found = spots(sweep, self.runs)
        across, up = (order(axis.field, axis.values) for axis in sweep.axes)
        arranged: Sequence[Spot] = [found[x * len(up) + y] for x in across for y in up]
        bend = self._elbow(sweep)
        self.map.show_spots(
            scale(sweep, 0, self._texts),
            scale(sweep, 1, self._texts),
            arranged,
            elbow="" if bend is None else value_text("rank", bend, self._texts),
            spread=self._spread,
        )

    def _elbow(self, sweep: Sweep) -> int | None:
        """Return the rank at which the floors bend, if it is among those swept."""
        ranks = next((axis.values for axis in sweep.axes if axis.field == "rank"), ())
        found = elbow(self.runs.values())
        return found if found in ranks else None

    def _retranslate(self) -> None:
        self._lesson.setText(
            self.tr(
                "A sweep trains the same task many times with different settings and seeds, and shows how far"
                " the loss falls with each: how much rank is enough, and how much of it is luck."
            )
        )
        self._ranks.setText(self.tr("Sweep the rank"))
        self._ranks.setToolTip(
            self.tr(
                "Fill in ranks and three seeds. Where the task is noise, the preset “Planted rank 3” is"
                " loaded, which has a rank to be found."
            )
        )
        self._model.refresh()
        self._refresh()
