"""Find the icons and data that ship with the application."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
# An installed wheel carries the folder inside the package; a checkout has it beside the package.
_FOLDERS = (_PACKAGE / "assets", _PACKAGE.parent / "assets")


def asset(name: str) -> Path:
    """Return the path of one file of the assets folder, for example ``icons/start.svg``.

    Raises:
        FileNotFoundError: no such file; the message names it and the folders that were searched.
    """
    for folder in _FOLDERS:
        path = folder / name
        if path.is_file():
            return path
    searched = " nor in ".join(str(folder) for folder in _FOLDERS)
    raise FileNotFoundError(f"asset {name!r} is neither in {searched}; reinstall lora-gui")
