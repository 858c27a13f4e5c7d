from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.ui.runs.files import RunFiles
from lora_gui.ui.runs.runs_tab import RunsTab
from tests.ui.runs import summary

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def tab(window: QWidget) -> RunsTab:
    made = RunsTab(window)
    made.show_runs([summary("a", name="best/so: far")])
    return made


@pytest.fixture
def files(window: QWidget, tab: RunsTab) -> RunFiles:
    return RunFiles(window, tab)


def dialog(window: QWidget, name: str) -> QFileDialog:
    found = window.findChild(QFileDialog, name)
    assert isinstance(found, QFileDialog)
    assert found.isVisible()
    return found


def test_an_export_asks_where_to_and_suggests_the_name(
    qtbot: QtBot, window: QWidget, tab: RunsTab, files: RunFiles, tmp_path: Path
) -> None:
    tab.export_requested.emit("a")
    asked = dialog(window, "export_dialog")
    assert [Path(path).name for path in asked.selectedFiles()] == ["best_so_ far.json"]
    asked.setDirectory(str(tmp_path))
    asked.selectFile("here")
    with qtbot.waitSignal(files.export_chosen) as caught:
        asked.accept()
    assert caught.args == ["a", str(tmp_path / "here.json")]


def test_an_import_takes_several_files_and_can_be_left(
    qtbot: QtBot, window: QWidget, tab: RunsTab, files: RunFiles, tmp_path: Path
) -> None:
    tab.import_requested.emit()
    with qtbot.assertNotEmitted(files.import_chosen):
        dialog(window, "import_dialog").reject()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog, "import_dialog") is None)
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    for path in paths:
        path.write_text("{}")
    tab.import_requested.emit()
    asked = dialog(window, "import_dialog")
    with qtbot.waitSignal(files.import_chosen) as caught:
        asked.filesSelected.emit([str(path) for path in paths])
    assert caught.args == [[str(path) for path in paths]]
    asked.reject()
