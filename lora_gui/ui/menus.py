"""The menu bar: everything the window can do, with its keys, for those who look for words."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMainWindow, QMenu, QMessageBox

from lora_gui import __version__
from lora_gui.ui.icons import icon
from lora_gui.ui.run_actions import RunActions

PAPER = "https://arxiv.org/abs/2106.09685"
"""LoRA: Low-Rank Adaptation of Large Language Models (Hu et al., 2021)."""


class Menus(QObject):
    """Run, Edit, View and Help of one window."""

    def __init__(
        self,
        window: QMainWindow,
        runs: RunActions,
        undo_stack: QUndoStack,
        copy: QAction,
        themes: QMenu,
        lessons: QMenu,
    ) -> None:
        super().__init__(window)
        self._window = window
        bar = window.menuBar()
        self._quit = self._action("quit", QKeySequence.StandardKey.Quit, window.close)
        self._undo = undo_stack.createUndoAction(self)
        self._redo = undo_stack.createRedoAction(self)
        for action, name, keys in (
            (self._undo, "undo", QKeySequence.StandardKey.Undo),
            (self._redo, "redo", QKeySequence.StandardKey.Redo),
        ):
            action.setObjectName(name)
            action.setIcon(icon(name))
            action.setShortcuts(keys)
        self._paper = self._action("paper", None, self._open_paper)
        self._about = self._action("about", None, self._show_about)
        self._run = bar.addMenu("")
        self._run.addActions(runs.all)
        self._run.addSeparator()
        self._run.addAction(self._quit)
        self._edit = bar.addMenu("")
        self._edit.addActions([self._undo, self._redo])
        self._edit.addSeparator()
        self._edit.addAction(copy)
        self._view = bar.addMenu("")
        self._view.addMenu(themes)
        self._help = bar.addMenu("")
        self._help.addMenu(lessons)
        self._help.addActions([self._paper, self._about])
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        self._run.setTitle(self.tr("&Run"))
        self._edit.setTitle(self.tr("&Edit"))
        self._view.setTitle(self.tr("&View"))
        self._help.setTitle(self.tr("&Help"))
        self._quit.setText(self.tr("&Quit"))
        self._paper.setText(self.tr("The LoRA &paper"))
        self._about.setText(self.tr("&About LoRA GUI"))

    def _action(self, name: str, keys: QKeySequence.StandardKey | None, slot: object) -> QAction:
        action = QAction(self)
        action.setObjectName(name)
        if keys is not None:
            action.setShortcuts(keys)
        action.triggered.connect(slot)
        return action

    def _open_paper(self) -> None:
        QDesktopServices.openUrl(QUrl(PAPER))

    def _show_about(self) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("About LoRA GUI"))
        box.setText(self.tr("LoRA GUI {version}").format(version=__version__))
        box.setInformativeText(
            self.tr(
                "Understand low-rank adaptation by touching it. MIT licence.\n\n"
                "The handwritten digits are the UCI optical recognition data set of E. Alpaydin and "
                "C. Kaynak (1998), CC BY 4.0."
            )
        )
        # open(), not exec(): a run goes on, and is drawn, behind it.
        box.open()
