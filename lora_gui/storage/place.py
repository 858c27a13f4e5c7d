"""Where the runs lie: in the platform's folder for data, found without Qt so that a terminal needs none."""

import os
import sys
from pathlib import Path


def default_path() -> Path:
    """Return the database's path, in what Qt calls the GenericDataLocation."""
    return _data_folder() / "lora-gui" / "runs.sqlite"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    # The XDG Base Directory Specification has relative paths ignored.
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".local" / "share"
