"""Install the built wheel into an empty environment and start it there, in a terminal and in a window."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_WINDOW = """
from lora_gui.app import create_app
from lora_gui.domain.assets import asset

app, window = create_app(["lora-gui"])
window.show()
app.processEvents()
assert window.isVisible()
assert "site-packages" in str(asset("digits.csv.gz")), asset("digits.csv.gz")
window.close()
print("window:", window.windowTitle())
"""


def main() -> int:
    """Return 0 if the wheel in dist/ installs, trains and opens its window away from the checkout."""
    (wheel,) = (ROOT / "dist").glob("*.whl")
    # Nothing of the checkout may help: another folder, no inherited path, settings of its own.
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder) / "env" / ("Scripts" if os.name == "nt" else "bin")
        venv.create(scripts.parent, with_pip=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder, "HOME": folder}

        def run(program: str, *arguments: str) -> None:
            found = shutil.which(program, path=scripts)
            assert found, f"{program} is not in {scripts}"
            print("$", program, *(word for word in arguments if word != _WINDOW), flush=True)
            subprocess.run([found, *arguments], cwd=folder, env=environment, check=True)

        run("python", "-m", "pip", "-qq", "install", "-c", str(ROOT / "constraints.txt"), str(wheel))
        run("lora-gui-cli", "train", "--epochs", "2")
        run("lora-gui-cli", "train", "--preset", "digits", "--epochs", "1")
        run("python", "-c", _WINDOW)
        assert shutil.which("lora-gui", path=scripts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
