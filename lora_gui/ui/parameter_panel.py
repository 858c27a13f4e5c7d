"""The panel that counts: what is frozen, what is trained, what it takes, and what full fine-tuning would."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.proof import WeightCheck
from lora_gui.ui import numbers
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import PADDING, SPACING, Card, IconView, prose_label, rule, value_label
from lora_gui.ui.icons import icon
from lora_gui.ui.memory_grid import MemoryGrid
from lora_gui.ui.parameter_bar import ParameterBar
from lora_gui.ui.steady_button import SteadyButton
from lora_gui.ui.tensor_table import TensorTable
from lora_gui.ui.weight_proof import WeightProof

COPIED_MS = 2000
"""How long the copy button says that it copied."""
CONTENT_WIDTH = 256
"""Pixels that the content asks for; with the card around it the panel is 280 wide."""


class ParameterPanel(QWidget):
    """Every figure that follows from a config, brought up to date by `show_config`.

    Attributes:
        card: the card that all of it stands on; its `body` has room for more below.
        copy_action: puts the counts on the clipboard in PEFT's words; also Ctrl+C and the context menu.

    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = ParameterCounts.of(RunConfig())
        self.card = Card()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)
        self._make_copy()
        # The scroll bar stands in half of the card's padding, so that it takes little from the numbers.
        self.card.body.setContentsMargins(PADDING, PADDING, PADDING - SPACING, PADDING)
        self.card.header.setContentsMargins(0, 0, SPACING, 0)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, SPACING, 0)
        self._column.setSpacing(SPACING)
        self._make_counts()
        self._make_comparison()
        self._memory = MemoryGrid()
        self._proof = WeightProof()
        for widget in (self._memory, rule(), self._proof):
            self._column.addWidget(widget)
        self._column.addStretch()
        self._scroll = _Scroll(content)
        self.card.body.addWidget(self._scroll)
        self._retranslate()

    def show_config(self, config: RunConfig) -> None:
        """Show what training `config` would take."""
        self._counts = ParameterCounts.of(config)
        self._refresh()

    def show_weight_check(self, check: WeightCheck | None) -> None:
        """Show the newest proof that W0 is frozen; None while there is no run."""
        self._proof.show_check(check)

    def copy(self) -> None:
        """Put the counts on the clipboard as PEFT's `print_trainable_parameters` prints them, and say so."""
        QGuiApplication.clipboard().setText(str(self._counts))
        self._say_copied(True)
        self._copied.start()
        announce(self, self.tr("Copied"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _make_copy(self) -> None:
        self.copy_action = QAction(self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.copy_action.triggered.connect(self.copy)
        self.addAction(self.copy_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._copy_button = SteadyButton()
        self._copy_button.setObjectName("copy_counts")
        self._copy_button.setDefaultAction(self.copy_action)
        self._copy_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._copy_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(COPIED_MS)
        self._copied.timeout.connect(self._forget_copied)
        self.card.header.addWidget(self._copy_button)

    def _make_counts(self) -> None:
        self._bar = ParameterBar()
        self._column.addWidget(self._bar)
        counts = QWidget()
        counts.setObjectName("parameter_counts")
        self._column.addWidget(counts)
        column = QVBoxLayout(counts)
        column.setContentsMargins(0, 0, 0, 0)
        grid = _grid(column)
        self._frozen = _row(grid, "frozen_count", role="frozen", icon_name="snowflake")
        self._trainable = _row(grid, "trainable_count", role="trainable", icon_name="flame")
        self._total = _row(grid, "total_count")
        self._share = _row(grid, "trainable_share")
        self._sum = prose_label()
        self._sum.setObjectName("trainable_sum")
        self._sum.setFont(numbers.tabular())
        self._bias_note = prose_label("muted")
        self._bias_note.setObjectName("bias_note")
        self._table = TensorTable()
        for widget in (self._sum, self._bias_note, self._table, rule()):
            self._column.addWidget(widget)

    def _make_comparison(self) -> None:
        grid = _grid(self._column)
        self._full = _row(grid, "full_count", role="muted")
        self._ratio = _row(grid, "full_ratio", role="muted")
        self._even = _row(grid, "break_even_rank", role="muted")
        self._warning = QWidget()
        self._warning.setObjectName("break_even_warning")
        layout = QHBoxLayout(self._warning)
        layout.setContentsMargins(0, 0, 0, 0)
        self._warning_text = prose_label("warning")
        layout.addWidget(IconView("warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._warning_text, 1)
        self._column.addWidget(self._warning)
        self._column.addWidget(rule())

    def _retranslate(self) -> None:
        self.card.set_heading(self.tr("Parameters"))
        self.copy_action.setText(self.tr("&Copy parameter counts"))
        self._say_copied(self._copied.isActive())
        shortcut = QKeySequence(QKeySequence.StandardKey.Copy).toString(
            QKeySequence.SequenceFormat.NativeText
        )
        self.copy_action.setToolTip(
            self.tr("Copy the counts in the words of PEFT ({shortcut})").format(shortcut=shortcut)
        )
        self._frozen[0].setText(self.tr("frozen"))
        self._trainable[0].setText(self.tr("trainable"))
        self._total[0].setText(self.tr("total"))
        self._share[0].setText(self.tr("trainable share"))
        self._full[0].setText(self.tr("full fine-tuning"))
        self._full[0].setToolTip(self.tr("What full fine-tuning would train: the weight and the bias"))
        self._ratio[0].setText(self.tr("full ÷ trainable"))
        self._ratio[0].setToolTip(self.tr("How many times as much full fine-tuning would train"))
        self._even[0].setText(self.tr("break-even rank"))
        self._refresh()

    def _refresh(self) -> None:
        counts = self._counts
        self._bar.show_share(counts.share)
        _show(self._frozen, numbers.count(counts.frozen))
        _show(self._trainable, numbers.count(counts.trainable))
        _show(self._total, numbers.count(counts.total))
        _show(self._share, numbers.percent(counts.share))
        bar = self.tr("{frozen} frozen, {trainable} trainable").format(
            frozen=self._frozen[1].text(), trainable=self._trainable[1].text()
        )
        self._bar.setToolTip(bar)
        self._bar.setAccessibleName(bar)
        self._table.show_tensors(counts.tensors)
        self._refresh_sum()
        self._refresh_comparison()
        self._memory.show_counts(counts)

    def _refresh_sum(self) -> None:
        counts = self._counts
        trained = {t.name.removeprefix("lora_"): t.count for t in counts.tensors if t.trainable}
        if "A" not in trained:
            self._sum.setText(" + ".join(f"{numbers.count(n)} ({name})" for name, n in trained.items()))
            self._bias_note.setText(self._without_adapter(set(trained)))
            return
        adapter = trained["A"] + trained["B"]
        text = self.tr("{sum} = {A} (A) + {B} (B)")
        note = self.tr("Only A and B are trained; the bias is frozen like the weight.")
        if "bias" in trained:
            text = self.tr("{sum} = {A} (A) + {B} (B) + {bias} (bias)")
            note = self.tr("A and B alone: {adapter}. The bias learns too.")
        written = {name: numbers.count(n) for name, n in trained.items()}
        self._sum.setText(text.format(sum=numbers.count(counts.trainable), **written))
        self._bias_note.setText(note.format(adapter=numbers.count(adapter)))

    def _without_adapter(self, trained: set[str]) -> str:
        if "weight" in trained:
            return self.tr("Full fine-tuning: no adapter, every number of the layer is trained.")
        if trained:
            return self.tr("No adapter: the weight is frozen, the bias alone is trained.")
        return self.tr("Nothing is trained: the layer stays the base model.")

    def _refresh_comparison(self) -> None:
        counts = self._counts
        n_in, n_out = numbers.count(counts.in_features), numbers.count(counts.out_features)
        even = counts.break_even_rank
        _show(self._full, numbers.count(counts.full))
        ratio = numbers.figures(counts.full / counts.trainable) if counts.trainable else "∞"
        _show(self._ratio, self.tr("{ratio} ×").format(ratio=ratio))
        _show(self._even, numbers.fixed(even, 0 if even.is_integer() else 2))
        formula = self.tr(
            "in · out / (in + out) = {n_in} · {n_out} / ({n_in} + {n_out}): "
            "the rank at which A and B hold as many numbers as the weight"
        )
        for label in self._even:
            label.setToolTip(formula.format(n_in=n_in, n_out=n_out))
        self._warning.setVisible(counts.above_break_even)
        warning = self.tr(
            "Rank {rank} is above break-even: A and B hold {adapter} numbers, "
            "the weight that they adapt only {weight}."
        )
        self._warning_text.setText(
            warning.format(
                rank=numbers.count(counts.rank),
                adapter=numbers.count(counts.rank * (counts.in_features + counts.out_features)),
                weight=numbers.count(counts.in_features * counts.out_features),
            )
        )

    def _say_copied(self, copied: bool) -> None:
        texts = self.tr("Copy"), self.tr("Copied")
        self.copy_action.setIconText(texts[copied])
        self.copy_action.setIcon(icon("check", "good") if copied else icon("copy"))
        self._copy_button.reserve(texts)

    def _forget_copied(self) -> None:
        self._say_copied(False)


class _Scroll(QScrollArea):
    # As tall as its content where there is room, so that no bar appears without need.

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        return QSize(CONTENT_WIDTH, self._content.heightForWidth(CONTENT_WIDTH))


def _grid(column: QVBoxLayout) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACING)
    grid.setVerticalSpacing(SPACING - 2)
    column.addLayout(grid)
    return grid


def _row(grid: QGridLayout, name: str, role: str = "", icon_name: str = "") -> tuple[QLabel, QLabel]:
    line = grid.rowCount()
    caption = QLabel()
    caption.setProperty("role", role)
    value = value_label(name, "" if role == "muted" else "number")
    if icon_name:
        grid.addWidget(IconView(icon_name, role), line, 0)
    grid.addWidget(caption, line, 1 if icon_name else 0, 1, 1 if icon_name else 2)
    grid.addWidget(value, line, 2)
    grid.setColumnStretch(1, 1)
    return caption, value


def _show(row: tuple[QLabel, QLabel], text: str) -> None:
    caption, value = row
    value.setText(text)
    value.setAccessibleName(f"{caption.text()}: {text}")
