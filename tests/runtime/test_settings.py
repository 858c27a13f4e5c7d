"""What is remembered comes back; what is damaged is set aside."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from lora_gui.runtime.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "lora-gui.ini"


def test_what_is_remembered_comes_back(path: Path) -> None:
    settings = Settings(path)
    settings.remember("config", '{"rank": 3, "note": "a; b, c = \\"d\\" ü 語"}')
    settings.remember("geometry", QByteArray(b"\x00\xff\x01"))
    assert settings.save()
    again = Settings(path)
    assert again.set_aside is None
    assert again.text("config") == '{"rank": 3, "note": "a; b, c = \\"d\\" ü 語"}'
    assert again.bytes_("geometry") == QByteArray(b"\x00\xff\x01")


def test_what_was_never_remembered_has_its_default(path: Path) -> None:
    settings = Settings(path)
    assert settings.text("theme", "system") == "system"
    assert settings.bytes_("geometry").isEmpty()


@pytest.mark.parametrize(
    "damage", [b"\x00\xff\xfe garbage \x00" * 20, b"[General\nversion", b"version=7\n", b"{}"]
)
def test_a_damaged_file_is_set_aside(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    settings = Settings(path)
    assert settings.set_aside is not None
    assert settings.set_aside.read_bytes() == damage
    settings.remember("theme", "dark")
    assert settings.save()
    assert Settings(path).text("theme") == "dark"


def test_a_damaged_file_that_has_to_stay_is_no_crash(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"version=7\n")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "replace", refuse)
    settings = Settings(path)
    assert settings.set_aside is None
    assert "cannot be set aside" in caplog.text
    assert settings.text("theme", "system") == "system"


def test_a_value_of_another_kind_counts_as_missing(path: Path) -> None:
    settings = Settings(path)
    settings.remember("theme", QByteArray(b"\x01"))
    settings.remember("geometry", "text")
    assert settings.text("theme", "system") == "system"
    assert settings.bytes_("geometry").isEmpty()


def test_a_folder_that_cannot_be_written_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = Settings(tmp_path / "file" / "lora-gui.ini")
    settings.remember("theme", "dark")
    assert not settings.save()
