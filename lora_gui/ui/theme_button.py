"""The switch between light, dark and what the system wears."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from lora_gui.ui.icons import icon
from lora_gui.ui.theme import SCHEMES, theme_switch


class ThemeMenu(QMenu):
    """Three exclusive choices.

    Signals:
        chosen: "system", "light" or "dark" was picked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        group = QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        for name in SCHEMES:
            action = self.addAction(icon(name), "")
            action.setCheckable(True)
            action.setData(name)
            action.setObjectName(f"theme_{name}")
            group.addAction(action)
            self._actions[name] = action
        group.triggered.connect(self._on_triggered)
        self._retranslate()
        self._actions[theme_switch().choice].setChecked(True)

    def choose(self, name: str) -> None:
        """Wear a theme: "system", "light" or "dark"."""
        theme_switch().choose(name)
        self._actions[theme_switch().choice].setChecked(True)
        self.chosen.emit(theme_switch().choice)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _on_triggered(self, action: QAction) -> None:
        self.choose(action.data())

    def _retranslate(self) -> None:
        self.setTitle(self.tr("&Theme"))
        self._actions["system"].setText(self.tr("&System"))
        self._actions["light"].setText(self.tr("&Light"))
        self._actions["dark"].setText(self.tr("&Dark"))


class ThemeButton(QToolButton):
    """Opens the theme menu; its icon shows the choice."""

    def __init__(self, menu: ThemeMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("theme")
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.chosen.connect(self._show)
        self._show(theme_switch().choice)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _show(self, name: str) -> None:
        self.setIcon(icon(name))

    def _retranslate(self) -> None:
        self.setToolTip(self.tr("Light, dark, or as the system"))
        self.setAccessibleName(self.tr("Theme"))
