"""The rules that import-linter cannot say: who imports which part of Qt, and how long a file may be."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lora_gui"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 300


def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports anywhere, those inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    """Return the files under version control, whoever owns the checkout."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_the_package_is_seen() -> None:
    assert {PACKAGE / "__main__.py", PACKAGE / "domain" / "config.py"} <= set(MODULES)


def test_runtime_knows_only_qt_core() -> None:
    foreign = {
        f"{relative(path)}: {name}"
        for path in (PACKAGE / "runtime").rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in ("PySide6", "pyqtgraph") and not name.startswith("PySide6.QtCore")
    }
    assert foreign == set()


def test_only_the_plots_import_pyqtgraph() -> None:
    plotting = {path for path in MODULES if any(name.split(".")[0] == "pyqtgraph" for name in imports(path))}
    assert {relative(path) for path in plotting if PACKAGE / "ui" / "plots" not in path.parents} == set()


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "scripts").rglob("*.py"))], ids=relative)
def test_every_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.splitlines()[0].endswith(".")


def test_no_file_names_a_folder_of_one_machine() -> None:
    # Joined here, so that this file does not find itself.
    private = ["/" + name + "/" for name in ("home", "work", "root", "Users")] + ["/tmp/" + "probe"]
    read = 0
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and packed data
        read += 1
        assert [word for word in private if word in text] == [], relative(path)
    assert read > 20
