"""How it works: four steps beside the running app, told with its own numbers and pointing at its parts."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lora_gui.domain.config import RunConfig
from lora_gui.domain.proof import MergeCheck, MergeFailure
from lora_gui.domain.run import RunState
from lora_gui.domain.snippets import STEPS
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import PADDING, SPACING, Card, prose_label
from lora_gui.ui.code_box import CodeBox
from lora_gui.ui.icons import icon
from lora_gui.ui.lessons import Lessons
from lora_gui.ui.merge_box import MergeBox
from lora_gui.ui.spotlight import Groups
from lora_gui.ui.theme import theme, theme_switch

MERGE_STEP, LOSS_STEP = 2, 3
"""The steps that have the merge check and the losses of the run."""
COMFORTABLE = QSize(290, 420)


class HowItWorks(Card):
    """A card with one step at a time, which can be folded to its heading.

    Signals:
        spotlight(Groups, str): what the step chosen speaks of, and the label for it; nothing to go dark.
        merge_requested: a merge check of the run is wanted.
        folded(bool): only the heading is to be seen from now on, or all of it again.

    Attributes:
        menu: everything here by words and keys, for the menu bar.
        step: the step shown, 1 to 4.

    """

    spotlight = Signal(object, str)
    merge_requested = Signal()
    folded = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("how_it_works")
        self.step = STEPS[0]
        self._lessons = Lessons(self)
        self._config = RunConfig()
        self._losses: tuple[float | None, float | None, int] = (None, None, 0)
        self.menu = QMenu(self)
        self._open = self._action("how_it_works_open", "F1")
        self._open.setCheckable(True)
        self._open.setChecked(True)
        self._choices = [self._action(f"step_{step}", f"Alt+{step}") for step in STEPS]
        # While nothing is lit, Esc belongs to whoever else wants it.
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, lambda: self._light(False))
        self._escape.setEnabled(False)
        self._make_header()
        self._make_page()
        self._connect()
        self._retranslate()

    @property
    def is_open(self) -> bool:
        """Whether more than the heading is to be seen."""
        return self._open.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Fold the card to its heading, or unfold it."""
        self._open.setChecked(is_open)

    def choose(self, step: int) -> None:
        """Show a step, unfold the card for it, and point at what it speaks of."""
        self.set_open(True)
        self.step = step
        self._show()
        self._scroll.verticalScrollBar().setValue(0)
        self._light(True)
        announce(self, f"{step}. {self._title.text()}")

    def show_config(self, config: RunConfig) -> None:
        """Tell everything with the numbers of `config`."""
        self._config = config
        self._merge.show_config(config)
        self._show()

    def show_losses(self, first: float | None, last: float | None, epoch: int) -> None:
        """Show the first and the newest loss of a run; None before there are any."""
        if (first, last, epoch) != self._losses:
            self._losses = first, last, epoch
            self._live.setText(self._lessons.losses(*self._losses))

    def show_state(self, state: RunState) -> None:
        """Offer what makes sense in `state`."""
        self._merge.show_state(state)

    def show_merge(self, result: MergeCheck | MergeFailure) -> None:
        """Show what a merge check found."""
        self._merge.show_result(result)
        # Once the layout has made room for it.
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self._merge, 0, SPACING))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def sizeHint(self) -> QSize:
        """Return a size in which most of a step can be seen."""
        return COMFORTABLE if self.is_open else super().sizeHint()

    def _action(self, name: str, keys: str) -> QAction:
        action = QAction(self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(keys))
        self.menu.addAction(action)
        return action

    def _make_header(self) -> None:
        self.body.setContentsMargins(PADDING, SPACING + 2, PADDING - SPACING, SPACING + 2)
        self._fold = QToolButton()
        self._fold.setObjectName("fold_how_it_works")
        self._fold.setAutoRaise(True)
        self._fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.addWidget(self._fold)

    def _make_page(self) -> None:
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(SPACING)
        page.addLayout(self._step_bar())
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, SPACING, 0)
        column.setSpacing(SPACING)
        self._title = QLabel()
        self._title.setObjectName("lesson_title")
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        self._text, self._formula, self._live, self._links = (
            prose_label(), prose_label("formula"), prose_label("muted"), prose_label()
        )  # fmt: skip
        for label, name in (
            (self._text, "lesson_text"),
            (self._formula, "lesson_formula"),
            (self._live, "lesson_losses"),
            (self._links, "lesson_links"),
        ):
            label.setObjectName(name)
        for label in (self._text, self._formula):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._links.setOpenExternalLinks(True)
        self._links.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._code = CodeBox()
        self._merge = MergeBox()
        for widget in (
            self._title,
            self._text,
            self._live,
            self._formula,
            self._code,
            self._merge,
            self._links,
        ):
            column.addWidget(widget)
        column.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        page.addWidget(self._scroll, 1)
        self.body.addWidget(self._page, 1)

    def _step_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, SPACING, 0)
        bar.setSpacing(SPACING // 2)
        self._buttons = QButtonGroup(self)
        for step in STEPS:
            button = QToolButton()
            button.setObjectName(f"lesson_{step}")
            button.setText(str(step))
            button.setCheckable(True)
            button.setProperty("step", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._buttons.addButton(button, step)
            bar.addWidget(button)
        self._previous, self._next, self._lamp = QToolButton(), QToolButton(), QToolButton()
        for button, name in (
            (self._previous, "previous_lesson"),
            (self._next, "next_lesson"),
            (self._lamp, "lesson_spotlight"),
        ):
            button.setObjectName(name)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._previous.setIcon(icon("previous"))
        self._next.setIcon(icon("next"))
        self._lamp.setIcon(icon("spotlight"))
        self._lamp.setCheckable(True)
        bar.addWidget(self._previous)
        bar.addWidget(self._next)
        bar.addStretch()
        bar.addWidget(self._lamp)
        return bar

    def _connect(self) -> None:
        self._open.toggled.connect(self._on_open)
        self._fold.clicked.connect(self._open.toggle)
        for step, action in zip(STEPS, self._choices, strict=True):
            action.triggered.connect(lambda _checked=False, step=step: self.choose(step))
        self._buttons.idClicked.connect(self.choose)
        self._previous.clicked.connect(lambda: self.choose(self.step - 1))
        self._next.clicked.connect(lambda: self.choose(self.step + 1))
        self._lamp.toggled.connect(self._light)
        self._merge.requested.connect(self.merge_requested)
        theme_switch().changed.connect(self._show)

    def _on_open(self, is_open: bool) -> None:
        self._page.setVisible(is_open)
        if not is_open:
            self._light(False)
        self._retranslate_fold()
        self.folded.emit(not is_open)

    def _light(self, lit: bool) -> None:
        self._lamp.setChecked(lit)
        self._escape.setEnabled(lit)
        targets: Groups = self._lessons.lesson(self.step, self._config).targets if lit else ()
        self.spotlight.emit(targets, self.tr("step {number}").format(number=self.step) if lit else "")

    def _show(self) -> None:
        lesson = self._lessons.lesson(self.step, self._config)
        button = self._buttons.button(self.step)
        button.setChecked(True)
        self._previous.setEnabled(self.step > STEPS[0])
        self._next.setEnabled(self.step < STEPS[-1])
        self._title.setText(f"{self.step}. {lesson.title}")
        self._text.setText(lesson.text)
        self._formula.setText(lesson.formula)
        self._code.show_code(lesson.code)
        self._merge.setVisible(self.step == MERGE_STEP and self._config.has_adapter)
        self._live.setVisible(self.step == LOSS_STEP)
        self._live.setText(self._lessons.losses(*self._losses))
        colour = theme().accent
        self._links.setText(
            "<br>".join(
                f'<a href="{address}" style="color: {colour}">{title}</a>' for title, address in lesson.links
            )
        )

    def _retranslate(self) -> None:
        self.set_heading(self.tr("How it works"))
        self.menu.setTitle(self.tr("&How it works"))
        self._open.setText(self.tr("&Show the steps"))
        for step, action in zip(STEPS, self._choices, strict=True):
            title = self._lessons.title(step)
            action.setText(f"&{step}  {title}")
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button = self._buttons.button(step)
            button.setToolTip(f"{title} ({keys})")
            button.setAccessibleName(self.tr("Step {number}: {title}").format(number=step, title=title))
        for button, text in (
            (self._previous, self.tr("Previous step")),
            (self._next, self.tr("Next step")),
            (self._lamp, self.tr("Point at what this step speaks of")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._retranslate_fold()
        self._show()

    def _retranslate_fold(self) -> None:
        self._fold.setIcon(icon("fold" if self.is_open else "unfold"))
        text = self.tr("Fold the steps away (F1)") if self.is_open else self.tr("Show the steps (F1)")
        self._fold.setToolTip(text)
        self._fold.setAccessibleName(text)
