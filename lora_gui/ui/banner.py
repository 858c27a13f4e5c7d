"""The banner over the window's content: what happened, what it means, and details to copy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from lora_gui.ui.announce import announce
from lora_gui.ui.cards import PADDING, SPACING, IconView, prose_label
from lora_gui.ui.icons import icon

Kind = Literal["info", "warning", "error"]
Action = tuple[str, Callable[[], object]]

ROLES: dict[Kind, str] = {"info": "accent", "warning": "warning", "error": "error"}
"""The theme's colour for each kind; the icon has the kind's own name."""
DETAILS_SHARE = 12
"""The part of the window's height for the details is one in so many, so that the views keep their room."""
MOST_DETAILS = 160
"""Pixels of height at most; longer details scroll."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a banner says.

    Attributes:
        kind: how grave it is.
        title: what happened, in a few words.
        text: what that means and what to try.
        details: what an expert would want to see, such as a traceback.
        action: the label of a button and what it does; pressing it also closes the message.

    """

    kind: Kind
    title: str
    text: str = ""
    details: str = ""
    action: Action | None = None

    def repeats(self, other: "Message") -> bool:
        """Return whether this says what `other` said already."""
        return (self.kind, self.title, self.text) == (other.kind, other.title, other.text)


class Banner(QFrame):
    """Shows the newest message; errors under it wait until they too are closed, others give way.

    Hidden while there is nothing to say. Escape closes the message while the focus is inside.

    Signals:
        occupied: whether there is something to say.
    """

    occupied = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._messages: list[Message] = []
        self._make_parts()
        self._lay_out()
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.dismiss,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self._retranslate()
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is shown now."""
        return self._messages[-1] if self._messages else None

    def show_message(
        self, kind: Kind, title: str, text: str, details: str = "", action: Action | None = None
    ) -> None:
        """Show a message, already translated, and have a screen reader speak it."""
        message = Message(kind, title, text, details, action)
        self._messages = [m for m in self._messages if m.kind == "error" and not m.repeats(message)]
        self._messages.append(message)
        self._refresh()
        announce(self, self.accessibleName(), urgent=kind == "error")

    def dismiss(self) -> None:
        """Close the message that is shown; an error that waited under it appears."""
        if self._messages:
            self._messages.pop()
            self._refresh()

    def clear(self, *kinds: Kind) -> None:
        """Close all messages of `kinds`, or all there are, as when their cause is gone."""
        self._messages = [m for m in self._messages if kinds and m.kind not in kinds]
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; messages stay in the one they were written in."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _make_parts(self) -> None:
        self._icon = IconView()
        self._title = prose_label("number")
        self._title.setObjectName("banner_title")
        self._text = prose_label()
        self._text.setObjectName("banner_text")
        self._waiting = QLabel()
        self._waiting.setObjectName("banner_waiting")
        self._waiting.setProperty("role", "muted")
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)  # a message may quote what a person typed
        self._action = QPushButton()
        self._action.setObjectName("banner_action")
        self._action.clicked.connect(self._act)
        self._toggle = QPushButton()
        self._toggle.setObjectName("banner_details_toggle")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self._show_details)
        self._copy = QPushButton()
        self._copy.setObjectName("banner_copy")
        self._copy.clicked.connect(self._copy_details)
        self._close = QToolButton()
        self._close.setObjectName("banner_close")
        self._close.setIcon(icon("close"))
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self.dismiss)
        self._details = QPlainTextEdit()
        self._details.setObjectName("banner_details")
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        for button in (self._waiting, self._action, self._copy, self._toggle, self._close):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(PADDING, SPACING, SPACING, SPACING)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        grid.addWidget(self._icon, 0, 0)
        grid.addWidget(self._title, 0, 1)
        grid.addLayout(buttons, 0, 2, 2, 1, top)
        grid.addWidget(self._text, 1, 1, top)
        grid.addWidget(self._details, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)

    def _retranslate(self) -> None:
        self._toggle.setText(self.tr("Details"))
        self._toggle.setToolTip(self.tr("Show or hide what went on underneath"))
        self._details.setAccessibleName(self.tr("Details"))
        self._close.setAccessibleName(self.tr("Close message"))
        self._close.setToolTip(self.tr("Close this message (Esc)"))
        self._refresh()

    def _refresh(self) -> None:
        message = self.message
        self.setVisible(message is not None)
        self.occupied.emit(message is not None)
        if message is None:
            return
        if self.property("banner") != message.kind:
            self.setProperty("banner", message.kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._icon.show_icon(message.kind, ROLES[message.kind])
        self._title.setText(message.title)
        self._text.setText(message.text)
        self._text.setVisible(bool(message.text))
        waiting = len(self._messages) - 1
        self._waiting.setText(self.tr("%n more", "messages that wait under the one shown", waiting))
        self._waiting.setVisible(waiting > 0)
        self._action.setVisible(message.action is not None)
        if message.action is not None:
            self._action.setText(message.action[0])
        self._details.setPlainText(message.details)
        self._toggle.setVisible(bool(message.details))
        self._toggle.setChecked(False)
        self._show_details(False)
        self.setAccessibleName(f"{self._kind_word(message.kind)}: {message.title}. {message.text}")

    def _kind_word(self, kind: Kind) -> str:
        words = {"info": self.tr("Note"), "warning": self.tr("Warning"), "error": self.tr("Error")}
        return words[kind]

    def _show_details(self, shown: bool) -> None:
        self._details.setFixedHeight(min(MOST_DETAILS, self.window().height() // DETAILS_SHARE))
        self._details.setVisible(shown)
        self._copy.setVisible(shown)
        self._copy.setText(self.tr("Copy details"))

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
        self._copy.setText(self.tr("Copied"))
        announce(self, self.tr("Copied"))

    def _act(self) -> None:
        message = self.message
        if message is not None and message.action is not None:
            self.dismiss()
            message.action[1]()
