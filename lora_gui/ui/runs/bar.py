"""The row over the table: the search, how many runs it leaves, and a button for each action."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from lora_gui.ui.cards import SPACING
from lora_gui.ui.icons import icon
from lora_gui.ui.runs.actions import RunsActions, fill_menu
from lora_gui.ui.runs.search_field import SearchField

ROOMY = 900
"""Pixels from which on the most used buttons have words beside their icons."""
SEARCH_WIDTH = 130
"""Pixels of the search field at least."""


class RunsBar(QWidget):
    """Gives what can be done with the runs a place to click.

    Attributes:
        search: the search field.
        columns: the button that opens the menu of columns.

    """

    def __init__(self, actions: RunsActions, columns_menu: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self.search = SearchField(self)
        self.search.setMinimumWidth(SEARCH_WIDTH)
        self._count = QLabel(self)
        self._count.setObjectName("runs_count")
        self._count.setProperty("role", "muted")
        self.columns = self._menu_button("columns", columns_menu)
        self._more_menu = QMenu(self)
        self._more = self._menu_button("more", self._more_menu)
        self._fill_more(actions)
        main = (actions.load, actions.compare, actions.replay, actions.resume, actions.baseline)
        self._worded = [self._button(action) for action in main]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING // 2)
        row.addWidget(self.search, 1)
        row.addWidget(self._count)
        for button in (*self._worded, self._button(actions.notes), self.columns, self._more):
            row.addWidget(button)
        self.retranslate()

    def show_count(self, shown: int, total: int) -> None:
        """Say how many of the runs the search leaves."""
        self._count.setVisible(total > 0)
        if shown == total:
            self._count.setText(self.tr("%n run(s)", "", total))
        else:
            self._count.setText(
                self.tr("%n of {total}", "runs that a search leaves", shown).format(total=total)
            )

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self.search.retranslate()
        for button, text in ((self.columns, self.tr("Columns")), (self._more, self.tr("More"))):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.columns.setToolTip(self.tr("Choose the columns, and by which one the runs are sorted"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave words out where they have no room."""
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        chosen = style.ToolButtonTextBesideIcon if self.width() >= ROOMY else style.ToolButtonIconOnly
        for button in self._worded:
            button.setToolButtonStyle(chosen)

    def minimumSizeHint(self) -> QSize:
        """Return the room that icons alone need."""
        buttons = len(self._worded) + 3
        each = self._more.sizeHint().width() + SPACING // 2
        return QSize(SEARCH_WIDTH + buttons * each, super().minimumSizeHint().height())

    def _fill_more(self, actions: RunsActions) -> None:
        groups = (
            (actions.rename, actions.pin, actions.delete),
            (actions.untick,),
            (actions.export, actions.import_),
        )
        fill_menu(self._more_menu, groups)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setObjectName(f"{action.objectName()}_button")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _menu_button(self, name: str, menu: QMenu) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"runs_{name}")
        button.setIcon(icon(name))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
