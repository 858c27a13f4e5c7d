"""Everything that can be done with the runs selected, as actions for buttons, menus and keys."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from lora_gui.domain.record import Outcome, RunSummary
from lora_gui.ui.icons import icon

CONTINUABLE = frozenset((Outcome.STOPPED, Outcome.INTERRUPTED, Outcome.FINISHED))
"""How a run must have ended to go on from there; a finished one once its epochs are raised."""

KEYS: dict[str, tuple[Qt.Key, ...]] = {
    "load_run": (Qt.Key.Key_Return, Qt.Key.Key_Enter),
    "rename_run": (Qt.Key.Key_F2,),
    "delete_runs": (Qt.Key.Key_Delete,),
}


class RunsActions(QObject):
    """The actions; `follow` enables those that make sense.

    Attributes:
        load, replay, resume, compare, baseline, export, import_, rename, pin, notes, delete, untick: what
            their names say.

    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.load = self._action("load_run", "load")
        self.replay = self._action("replay_run", "replay")
        self.resume = self._action("continue_run", "continue")
        self.compare = self._action("compare_runs", "compare")
        self.baseline = self._action("baseline", "baseline")
        self.export = self._action("export_run", "export")
        self.import_ = self._action("import_run", "import")
        self.rename = self._action("rename_run", "rename")
        self.pin = self._action("pin_runs", "pin")
        self.notes = self._action("run_notes", "notes")
        self.delete = self._action("delete_runs", "delete")
        self.untick = self._action("untick_runs", "close")
        self.pin.setCheckable(True)
        self.notes.setCheckable(True)
        self.compare.setCheckable(True)
        self.retranslate()
        self.follow((), 0, running=False)

    def follow(self, selected: Sequence[RunSummary], ticked: int, *, running: bool) -> None:
        """Enable what can be done with `selected`; `running` says that training goes on now."""
        one = selected[0] if len(selected) == 1 else None
        ended = one is not None and one.outcome is not Outcome.RUNNING
        self.load.setEnabled(one is not None and not running)
        self.replay.setEnabled(ended and not running)
        self.resume.setEnabled(one is not None and one.outcome in CONTINUABLE and not running)
        self.export.setEnabled(one is not None)
        self.baseline.setEnabled(not running)
        self.rename.setEnabled(one is not None)
        self.notes.setEnabled(one is not None or self.notes.isChecked())
        self.compare.setEnabled(len(selected) > 1 or ticked > 1 or self.compare.isChecked())
        self.pin.setEnabled(bool(selected))
        self.pin.setChecked(bool(selected) and all(run.pinned for run in selected))
        self.delete.setEnabled(any(run.outcome is not Outcome.RUNNING for run in selected))
        self.untick.setEnabled(ticked > 0)

    def menu(self, parent: QWidget) -> QMenu:
        """Make a menu of all; it is gone once it closes."""
        menu = QMenu(parent)
        groups = (
            (self.load, self.replay, self.resume),
            (self.compare, self.untick, self.baseline),
            (self.rename, self.pin, self.notes, self.delete),
            (self.export, self.import_),
        )
        fill_menu(menu, groups)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def retranslate(self) -> None:
        """Write every text in the language in force."""
        for action, text, tip in (
            (self.load, self.tr("&Load"), self.tr("Put this run's settings into the panel")),
            (
                self.replay,
                self.tr("&Replay"),
                self.tr("Run it again, live changes included, and compare: every loss must be the same"),
            ),
            (
                self.resume,
                self.tr("&Continue"),
                self.tr("Go on from where a run ended, with its weights and its optimizer's state"),
            ),
            (
                self.compare,
                self.tr("Co&mpare"),
                self.tr("Lay the selected runs over the loss plot, and show the settings that differ"),
            ),
            (
                self.baseline,
                self.tr("&Baseline"),
                self.tr(
                    "Train the same task and seed with every weight, with the bias only, and with nothing,"
                    " beside the adapter"
                ),
            ),
            (self.export, self.tr("E&xport…"), self.tr("Write this run to a JSON file")),
            (self.import_, self.tr("&Import…"), self.tr("Read a run from a JSON file")),
            (self.rename, self.tr("Re&name"), self.tr("Give this run a name of your own")),
            (self.pin, self.tr("&Pin"), self.tr("Keep the selected runs on top")),
            (self.notes, self.tr("N&otes"), self.tr("Read and write notes on this run")),
            (self.delete, self.tr("&Delete"), self.tr("Delete the selected runs; Ctrl+Z brings them back")),
            (self.untick, self.tr("&Untick all"), self.tr("Take every run off the loss plot")),
        ):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setText(text)
            action.setToolTip(f"{tip} ({keys})" if keys else tip)

    def _action(self, name: str, picture: str) -> QAction:
        action = QAction(icon(picture), "", self)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in KEYS.get(name, ())])
        # The keys belong to the table: in a search field or in notes they mean something else.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return action


def fill_menu(menu: QMenu, groups: Sequence[Sequence[QAction]]) -> None:
    """Put groups of actions into a menu, with a line between each two."""
    menu.setToolTipsVisible(True)
    for at, group in enumerate(groups):
        if at:
            menu.addSeparator()
        menu.addActions(list(group))
