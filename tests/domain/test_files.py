"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from lora_gui.domain.files import check_writable, write_atomically


def test_writes_and_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_atomically(path, "one")
    write_atomically(path, "zwei ×")
    assert path.read_text(encoding="utf-8") == "zwei ×"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    path.write_text("old")

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull)):
        for attempt in (check_writable, lambda p: write_atomically(p, "x")):
            with pytest.raises(OSError, match="exists and is no file"):
                attempt(path)


def test_writable_is_checked_without_a_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "run.json")
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="No such file"):
        check_writable(tmp_path / "missing" / "run.json")
