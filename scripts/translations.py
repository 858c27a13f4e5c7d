"""Bring the translation files up to date with the source, and compile them: `make translations`.

English is written in the source; its file holds the plural forms alone.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "assets" / "i18n"
TOOLS = Path(sys.executable).parent


def main() -> int:
    """Update every .ts file and compile it; returns 1 if a plural has no translation yet."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "lora_gui").rglob("*.py"))
    complete = True
    for path in sorted(FOLDER.glob("*.ts")):
        _run(
            "pyside6-lupdate", "-pluralonly", "-locations", "none", "-no-obsolete", *sources, "-ts", str(path)
        )
        _run("pyside6-lrelease", str(path), "-qm", str(path.with_suffix(".qm")))
        if 'type="unfinished"' in path.read_text(encoding="utf-8"):
            print(f"{path.name}: some texts have no translation yet", file=sys.stderr)
            complete = False
    return 0 if complete else 1


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(TOOLS / tool), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
