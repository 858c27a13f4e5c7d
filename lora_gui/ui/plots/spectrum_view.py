"""The spectrum tab: which directions the update has, how strong, and whether they are the right ones."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lora_gui.domain.likeness import Likeness
from lora_gui.domain.outlook import Outlook
from lora_gui.domain.spectrum import Floats
from lora_gui.ui import numbers
from lora_gui.ui.cards import SPACING, prose_label, value_label
from lora_gui.ui.plots.overlap_map import OverlapMap
from lora_gui.ui.plots.spectrum_chart import SpectrumChart

FIGURES = ("effective_rank", "update_norm", "energy", "overlap")
MAP_WIDTH = 200
"""Pixels of the column with the heat map."""
NOTHING = "–"


class SpectrumView(QWidget):
    """Four figures, each with a line that explains it, the singular values, and the overlap with the target.

    Signals:
        watched(bool): the view is seen, or no longer.

    """

    watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spectrum_view")
        self._likeness: Likeness | None = None
        self._outlook: Outlook | None = None
        self.chart, self.map = SpectrumChart(), OverlapMap()
        self._names = {name: QLabel() for name in FIGURES}
        self._values = {name: value_label(f"spectrum_{name}", "number") for name in FIGURES}
        self._lines = {name: prose_label("muted") for name in FIGURES}
        self._log_y, self._inputs, self._outputs = QToolButton(), QToolButton(), QToolButton()
        self._map_line = prose_label("muted")
        self._lay_out()
        self._connect()
        self._retranslate()

    def show_likeness(self, likeness: Likeness | None) -> None:
        """Show what a run has learned; None before one begins."""
        self._likeness = likeness
        self._refresh()

    def show_outlook(self, outlook: Outlook | None) -> None:
        """Show what is to be learned, None where that is not known."""
        self._outlook = outlook
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for likenesses."""
        super().showEvent(event)
        self.watched.emit(True)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for none."""
        super().hideEvent(event)
        self.watched.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        """Take every text again when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(1)
        for index, name in enumerate(FIGURES):
            row, column = divmod(index, 2)
            head = QHBoxLayout()
            head.addWidget(self._names[name])
            head.addWidget(self._values[name], 1)
            grid.addLayout(head, 2 * row, column)
            grid.addWidget(self._lines[name], 2 * row + 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        side = QVBoxLayout()
        side.setSpacing(4)
        buttons = QHBoxLayout()
        group = QButtonGroup(self)
        for button, name in ((self._inputs, "inputs"), (self._outputs, "outputs")):
            button.setObjectName(f"overlap_{name}")
            button.setCheckable(True)
            group.addButton(button)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._inputs.setChecked(True)
        self._log_y.setObjectName("spectrum_log_y")
        self._log_y.setCheckable(True)
        side.addLayout(buttons)
        side.addWidget(self.map, 1)
        side.addWidget(self._map_line)
        holder = QWidget()
        holder.setFixedWidth(MAP_WIDTH)
        holder.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._log_y, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.chart, 1)
        below = QHBoxLayout()
        below.addLayout(left, 1)
        below.addWidget(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, SPACING, 0, 0)
        whole.addLayout(grid)
        whole.addLayout(below, 1)

    def _connect(self) -> None:
        self._log_y.toggled.connect(self.chart.set_log_y)
        self._inputs.toggled.connect(self._refresh)
        self.chart.pointing.connect(self._refresh_figures)
        self.map.pointing.connect(self._say_cell)

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        likeness, outlook = self._likeness, self._outlook
        target = outlook.target if outlook and outlook.config.has_adapter else None
        learned = likeness.learned if likeness else None
        self.chart.show_spectra(learned, target, self._target_name(), self._nothing())
        self.map.show_overlap(self._overlap())
        self._refresh_figures()

    def _overlap(self) -> Floats | None:
        if self._likeness is None:
            return None
        return self._likeness.inputs if self._inputs.isChecked() else self._likeness.outputs

    def _refresh_figures(self) -> None:
        texts = dict.fromkeys(FIGURES, NOTHING)
        likeness = self._likeness
        k, shared = self._k()
        if likeness is not None and len(likeness.learned.values):
            learned = likeness.learned
            texts["effective_rank"] = self.tr("{value} of {rank}").format(
                value=numbers.figures(learned.effective_rank), rank=numbers.count(len(learned.values))
            )
            texts["update_norm"] = numbers.figures(learned.frobenius)
            texts["energy"] = numbers.percent(float(learned.energy[min(k, len(learned.values)) - 1]), 1)
            overlap = self._overlap()
            if overlap is not None and overlap.size:
                i, j = (min(shared, n) for n in overlap.shape)
                texts["overlap"] = numbers.fixed(float(overlap[i - 1, j - 1]), 3)
        for name, text in texts.items():
            self._values[name].setText(text)
        self._names["energy"].setText(self.tr("Energy in first {k}").format(k=numbers.count(k)))
        self._names["overlap"].setText(self.tr("φ({k}, {k})").format(k=numbers.count(shared)))
        self._lines["update_norm"].setText(self._norm_line())

    def _k(self) -> tuple[int, int]:
        """Return how many directions energy and overlap speak of: those pointed at, or what says most."""
        if self.chart.pointed is not None:
            return self.chart.pointed + 1, self.chart.pointed + 1
        learned = self._likeness.learned if self._likeness else None
        target = self._outlook.target if self._outlook else None
        if learned is None or target is None:
            return 1, 1
        # All of the energy is in all of the values.
        some = len(target.values) if len(target.values) < len(learned.values) else 1
        return some, min(len(learned.values), len(target.values))

    def _norm_line(self) -> str:
        likeness = self._likeness
        if likeness is None or likeness.distance is None:
            return self.tr("√Σσ², the Frobenius norm of ΔW")
        return self.tr("√Σσ² (Frobenius); {distance} away from the target").format(
            distance=numbers.percent(likeness.distance, 1)
        )

    def _say_cell(self) -> None:
        overlap, cell = self.map.overlap, self.map.pointed
        if overlap is None:
            text = self._nothing() or self.tr("Nothing to compare yet: ΔW is zero, or its target not known.")
        elif cell is None:
            text = self.tr("Row i: learned. Column j: target. Full colour: φ(i, j) = 1.")
        else:
            i, j = cell
            text = self.tr("φ({i}, {j}) = {value}").format(
                i=numbers.count(i + 1), j=numbers.count(j + 1), value=numbers.fixed(float(overlap[i, j]), 3)
            )
        self._map_line.setText(text)
        self.map.setAccessibleDescription(text)

    def _nothing(self) -> str:
        no_adapter = self._outlook is not None and not self._outlook.config.has_adapter
        return self.tr("This run trains no adapter.") if no_adapter else ""

    def _target_name(self) -> str:
        if self._outlook is None:
            return ""
        if self._outlook.is_planted:
            return self.tr("ΔW*, planted")
        return self.tr("best ΔW of rank {rank}").format(rank=numbers.count(self._outlook.config.rank))

    def _retranslate(self) -> None:
        self._names["effective_rank"].setText(self.tr("Effective rank"))
        self._names["update_norm"].setText(self.tr("‖ΔW‖"))
        self._lines["effective_rank"].setText(self.tr("exp entropy of σ / Σσ (Roy & Vetterli, 2007)"))
        self._lines["energy"].setText(self.tr("Share of ‖ΔW‖² = Σσ² (Eckart & Young, 1936)"))
        self._lines["overlap"].setText(self.tr("Shared subspace (LoRA, section 7.2, eq. 4)"))
        self._inputs.setText(self.tr("inputs"))
        self._inputs.setToolTip(
            self.tr("Compare the directions of the inputs that the updates listen to (left singular vectors)")
        )
        self._outputs.setText(self.tr("outputs"))
        self._outputs.setToolTip(
            self.tr("Compare the directions of the outputs that the updates move (right singular vectors)")
        )
        self._log_y.setText(self.tr("Log &y"))
        self._log_y.setToolTip(self.tr("Logarithmic singular values"))
        self._log_y.setAccessibleName(self.tr("Logarithmic axis of singular values"))
        self.map.setAccessibleName(self.tr("Overlap of the directions learned with the target's"))
        self.map.setToolTip(
            self.tr(
                "φ(i, j) = ‖UᵢᵀVⱼ‖² / min(i, j) for the first i directions of ΔW and the first j of the"
                " target: 1 if the smaller subspace lies within the larger, 0 if they are orthogonal."
            )
        )
        self._say_cell()
        self._refresh_figures()
