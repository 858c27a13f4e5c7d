"""Counts read as English does, and no plural in the source lacks its forms."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from lora_gui.domain.assets import asset

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("count", "text"), [(0, "Deleted 0 runs."), (1, "Deleted 1 run."), (5, "Deleted 5 runs.")]
)
def test_plurals(count: int, text: str) -> None:
    assert QCoreApplication.translate("UndoLine", "Deleted %n run(s).", "", count) == text


def test_every_plural_in_the_source_has_its_forms(tmp_path: Path) -> None:
    copy = tmp_path / "lora_gui_en.ts"
    shutil.copy(asset("i18n/lora_gui_en.ts"), copy)
    sources = [str(path) for path in (ROOT / "lora_gui").rglob("*.py")]
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    command = [str(tool), "-pluralonly", "-no-obsolete", *sources, "-ts", str(copy)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    text = copy.read_text(encoding="utf-8")
    assert text.count('numerus="yes"') >= 10
    assert "unfinished" not in text, "run make translations and fill in what is missing"
