"""The window and the terminal find the same runs, where Qt has them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from lora_gui.storage.place import default_path


@pytest.mark.parametrize("given", [None, "", "relative/path", "{home}/elsewhere"])
def test_runs_lie_where_qt_has_data(
    given: str | None, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is None:
        monkeypatch.delenv("XDG_DATA_HOME")
    else:
        monkeypatch.setenv("XDG_DATA_HOME", given.format(home=own_home))
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    assert default_path() == Path(folder) / "lora-gui" / "runs.sqlite"
