"""The SQLite file that holds the runs: opened defensively, brought up to date, set aside when damaged.

Plain sqlite3, because four tables and a dozen statements need no mapping library on top of it: it ships
with Python, survives a kill in the middle of a write, and lets two instances of the app share one file. The
version of the schema stands in PRAGMA user_version.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lora_gui.storage.errors import DamagedStoreError, NewerStoreError, StoreError, UnavailableStoreError

log = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
"""Longest wait for another process that is writing."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # An owner is a process: its id and when it started, since ids are used again.
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            config TEXT NOT NULL,
            started TEXT NOT NULL,
            outcome TEXT NOT NULL,
            device TEXT NOT NULL,
            versions TEXT NOT NULL,
            floor REAL,
            name TEXT NOT NULL,
            pinned INTEGER NOT NULL,
            notes TEXT NOT NULL,
            epochs INTEGER NOT NULL DEFAULT 0,
            seconds REAL NOT NULL DEFAULT 0,
            final_loss REAL,
            best_loss REAL,
            owner_pid INTEGER,
            owner_started REAL,
            deleted TEXT
        )""",
        # A chunk holds float32, little-endian, from epoch `first` on; `seconds` is the time at its end.
        """CREATE TABLE losses (
            run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
            first INTEGER NOT NULL,
            seconds REAL NOT NULL,
            chunk BLOB NOT NULL,
            PRIMARY KEY (run, first)
        )""",
        """CREATE TABLE evaluations (
            run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            loss REAL NOT NULL,
            accuracy REAL,
            PRIMARY KEY (run, epoch)
        )""",
        # `value` has no type, so that whole numbers stay whole.
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY,
            run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            field TEXT NOT NULL,
            value NOT NULL
        )""",
        "CREATE INDEX changes_of_a_run ON changes (run)",
    ),
)
"""Statements that lead from each schema version to the next; never edited once released, only added to."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNAVAILABLE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM),
}


def open_database(path: Path, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> sqlite3.Connection:
    """Open the database, made if there is none, with the schema of this version.

    Raises a StoreError: DamagedStoreError, NewerStoreError or UnavailableStoreError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableStoreError(path, error.strerror or str(error)) from error
    with explained(path):
        database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        # What SQLite finds no other word for here is a schema that is not ours.
        with explained(path, otherwise=DamagedStoreError):
            _prepare(path, database, migrations)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(path: Path, database: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = ON")
    if _version(database) > len(migrations):
        raise NewerStoreError(path, "the runs kept here were written by a later version of the app")
    _use_write_ahead_log(database)
    # With the log a kill loses nothing that was committed, and a power cut at most the last moments.
    database.execute("PRAGMA synchronous = NORMAL")
    _migrate(database, migrations)
    # Of the table that everything hangs on; a damaged chunk of losses spoils one run, not all.
    (found,) = database.execute("PRAGMA quick_check('runs')").fetchone()
    if found != "ok":
        raise DamagedStoreError(path, found)


def _use_write_ahead_log(database: sqlite3.Connection) -> None:
    # Two processes that do this to a new file at once fail without the wait that other statements have.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(database: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    if _version(database) == len(migrations):
        return
    with transaction(database):
        # Once more, now that no other process can be at it too.
        for statements in migrations[_version(database) :]:
            for statement in statements:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(migrations)}")


def _version(database: sqlite3.Connection) -> int:
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextmanager
def transaction(database: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Do all of the block or nothing; kind DEFERRED is for reading, and then sees one moment only."""
    database.execute(f"BEGIN {kind}")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # a full disk ends it by itself
            database.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path, otherwise: type[StoreError] = StoreError) -> Iterator[None]:
    """Turn what sqlite3 raises inside the block into the StoreError that fits, or into `otherwise`."""
    try:
        yield
    except sqlite3.Error as error:
        code = _code(error)
        if code in _DAMAGED:
            raise DamagedStoreError(path, str(error)) from error
        if code in _UNAVAILABLE:
            raise UnavailableStoreError(path, str(error)) from error
        raise otherwise(path, str(error)) from error


def _code(error: sqlite3.Error) -> int:
    # Extended codes carry the plain one in their lowest byte; errors of the module itself have none.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def set_aside(path: Path) -> Path:
    """Move a damaged database out of the way, under a name that is free; returns where it lies now."""
    stem = f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    aside = path.with_name(stem + path.suffix)
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
    # Its log first: left behind, it would be played into the new database.
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    log.warning("The runs in %s were damaged; they now lie in %s", path, aside)
    return aside
