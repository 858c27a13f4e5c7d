"""The dialogs that choose where a run is written to, and which files are read as runs."""

import re

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from lora_gui.ui.runs.runs_tab import RunsTab


class RunFiles(QObject):
    """Asks for files when the tab wants some; training goes on meanwhile.

    Signals:
        export_chosen: a run's id, and the path to write it to.
        import_chosen: the paths of files to read as runs.
    """

    export_chosen = Signal(str, str)
    import_chosen = Signal(list)

    def __init__(self, window: QWidget, tab: RunsTab) -> None:
        super().__init__(window)
        self._window, self._tab = window, tab
        tab.export_requested.connect(self._ask_export)
        tab.import_requested.connect(self._ask_import)

    def _ask_export(self, run_id: str) -> None:
        dialog = self._dialog("export_dialog", self.tr("Export a run"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{_file_name(self._tab.title_of(run_id))}.json")
        dialog.fileSelected.connect(lambda path: self.export_chosen.emit(run_id, path))
        dialog.open()

    def _ask_import(self) -> None:
        dialog = self._dialog("import_dialog", self.tr("Import runs"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.import_chosen.emit(paths))
        dialog.open()

    def _dialog(self, name: str, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName(name)
        dialog.setNameFilter(self.tr("Runs (*.json)"))
        # open(), not exec(): a run goes on, and is drawn, behind it.
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _file_name(title: str) -> str:
    """Return `title` without what some file systems do not take."""
    return re.sub(r"[^\w .°-]+", "_", title).strip(" .") or "run"
