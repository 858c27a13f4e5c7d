"""The file is brought up to date, refused, or set aside; never made worse."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lora_gui.domain.record import Outcome
from lora_gui.storage.database import MIGRATIONS, open_database, set_aside
from lora_gui.storage.errors import DamagedStoreError, NewerStoreError, UnavailableStoreError
from lora_gui.storage.store import RunStore, new_id
from tests.storage.support import floats, info


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def columns(database: sqlite3.Connection) -> set[str]:
    return {row["name"] for row in database.execute("PRAGMA table_info(runs)")}


def version(database: sqlite3.Connection) -> int:
    found: int = database.execute("PRAGMA user_version").fetchone()[0]
    return found


def test_every_older_version_is_brought_up_to_date(path: Path) -> None:
    with closing(open_database(path)) as database:
        wanted = columns(database)
    for older in range(len(MIGRATIONS)):
        old = path.with_name(f"version-{older}.sqlite")
        with closing(open_database(old, MIGRATIONS[:older])) if older else closing(sqlite3.connect(old)):
            pass
        with RunStore(old) as store:
            assert columns(store._database) == wanted
            run_id = new_id()
            store.begin(run_id, info())
            store.append(run_id, floats(1.0), (), (), 1.0)
            assert store.load(run_id).losses.tolist() == [1.0]


def test_a_migration_keeps_the_runs(path: Path) -> None:
    with RunStore(path) as store:
        store.begin("a", info(name="kept"))
    later = (*MIGRATIONS, ("ALTER TABLE runs ADD COLUMN colour TEXT", "UPDATE runs SET colour = 'red'"))
    with closing(open_database(path, later)) as database:
        assert version(database) == len(MIGRATIONS) + 1
        assert database.execute("SELECT name, colour FROM runs").fetchone()[:] == ("kept", "red")


def test_a_migration_is_done_whole_or_not_at_all(path: Path) -> None:
    with RunStore(path) as store:
        store.begin("a", info())
    broken = (*MIGRATIONS, ("ALTER TABLE runs ADD COLUMN colour TEXT", "UPDATE no_such_table SET a = 1"))
    with pytest.raises(DamagedStoreError):
        open_database(path, broken)
    with closing(open_database(path)) as database:
        assert version(database) == len(MIGRATIONS)
        assert "colour" not in columns(database)


def test_a_file_of_a_later_version_is_refused_and_left_alone(path: Path) -> None:
    with closing(open_database(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(NewerStoreError, match="later version of the app"):
        RunStore(path)
    assert path.read_bytes() == before


def damage_header(path: Path) -> None:
    path.write_bytes(b"no database at all" * 500)


def damage_pages(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE runs")


@pytest.mark.parametrize("damage", [damage_header, damage_pages, cut_off, drop_a_table])
def test_damage_is_found_when_it_is_opened(path: Path, damage: Callable[[Path], None]) -> None:
    with RunStore(path) as store:
        for _ in range(50):
            run_id = new_id()
            store.begin(run_id, info())
            store.append(run_id, floats(1.0, 2.0), (), (), 1.0)
            store.finish(run_id, Outcome.FINISHED)
    damage(path)
    with pytest.raises(DamagedStoreError):
        RunStore(path)


def test_what_is_set_aside_is_kept_with_its_log(path: Path) -> None:
    for i, name in enumerate(("runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm")):
        path.with_name(name).write_bytes(bytes([i]))
    first = set_aside(path)
    path.write_bytes(b"again")
    second = set_aside(path)
    assert first != second
    assert second.read_bytes() == b"again"
    endings = ("", "-wal", "-shm")
    assert [first.with_name(first.name + ending).read_bytes() for ending in endings] == [b"\0", b"\1", b"\2"]
    assert {part.name for part in path.parent.iterdir() if part.name.startswith("runs.sqlite")} == set()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UnavailableStoreError, match=r"runs\.sqlite"):
        RunStore(tmp_path / "file" / "runs.sqlite")


def test_a_folder_in_its_place_is_said(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UnavailableStoreError, match="unable to open"):
        RunStore(path)
