"""What the app remembers between starts, in one INI file that may be damaged without harm."""

import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

log = logging.getLogger(__name__)

VERSION = 1
"""Of the keys below; a file of another version is set aside like a damaged one."""
FILE_NAME = "lora-gui.ini"


class Settings:
    """A QSettings file with a version, opened defensively; Qt writes it atomically.

    Attributes:
        path: the file.
        set_aside: where a damaged file was moved at this start; None if there was none or it had to stay.

    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _default_path()
        self.set_aside: Path | None = None
        self._store = self._open()
        if not self._is_sound():
            del self._store
            self.set_aside = _move_away(self.path)
            self._store = self._open()
        self._store.setValue("version", VERSION)

    def text(self, key: str, default: str = "") -> str:
        """Return a remembered text."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def bytes_(self, key: str) -> QByteArray:
        """Return remembered bytes, empty if there are none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def remember(self, key: str, value: str | QByteArray) -> None:
        """Keep `value` for the next start."""
        self._store.setValue(key, value)

    def save(self) -> bool:
        """Write what is remembered to the file now; returns whether that worked."""
        self._store.sync()
        if self._store.status() == QSettings.Status.NoError:
            return True
        log.error("The settings could not be written to %s", self.path)
        return False

    def _open(self) -> QSettings:
        return QSettings(str(self.path), QSettings.Format.IniFormat)

    def _is_sound(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return True
        if self._store.status() != QSettings.Status.NoError:
            return False
        # Qt reads past most damage in silence; a version that is missing or unknown shows it.
        return str(self._store.value("version")) == str(VERSION)


def _default_path() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(folder) / FILE_NAME


def _move_away(path: Path) -> Path | None:
    aside = path.with_suffix(".damaged.ini")
    try:
        path.replace(aside)
    except OSError:
        # In a folder that cannot be written it stays; what makes no sense in it counts as missing.
        log.exception("The settings in %s are damaged and cannot be set aside", path)
        return None
    log.warning("The settings in %s were damaged; they now lie in %s", path, aside)
    return aside
