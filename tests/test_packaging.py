"""The wheel carries all that the installed application looks for, and nothing of the workshop."""

import configparser
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lora_gui import __version__

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("dist")
    # Without isolation the build needs no network: hatchling is one of the tests' own dependencies.
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("lora_gui-*-py3-none-any.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_every_module_and_asset_is_inside(wheel: zipfile.ZipFile) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "lora_gui").rglob("*.py")}
    assets = {f"lora_gui/{path.relative_to(ROOT)}" for path in (ROOT / "assets").rglob("*") if path.is_file()}
    assert {
        "lora_gui/assets/digits.csv.gz",
        "lora_gui/assets/icon.svg",
        "lora_gui/assets/icons/start.svg",
    } <= assets
    assert "lora_gui/__main__.py" in modules
    assert modules | assets <= set(wheel.namelist())


def test_nothing_else_is_inside(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"lora_gui", next(top for top in tops if top.endswith(".dist-info"))}
    assert not [name for name in wheel.namelist() if "__pycache__" in name]


def test_it_starts_by_name_in_a_window_and_in_a_terminal(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    entries = configparser.ConfigParser()
    entries.read_string(wheel.read(name).decode())
    assert entries["gui_scripts"]["lora-gui"] == "lora_gui.__main__:main"
    assert entries["console_scripts"]["lora-gui-cli"] == "lora_gui.__main__:main"


def test_it_has_the_version_that_the_program_prints(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    assert f"\nVersion: {__version__}\n" in wheel.read(name).decode()


def test_it_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))
    assert b"MIT License" in wheel.read(name)
