"""What can go wrong with the runs on disk, each with what to tell the person."""

from pathlib import Path


class StoreError(Exception):
    """Something about the runs on disk did not work; `path` is the database."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class UnavailableStoreError(StoreError):
    """The database cannot be read or written now: disk full, locked, or not permitted; later it may work."""


class DamagedStoreError(StoreError):
    """The database is damaged.

    Attributes:
        damage: what is wrong, in SQLite's words.
        aside: where it lies now, None if it is still in its place.

    """

    def __init__(self, path: Path, damage: str, aside: Path | None = None) -> None:
        where = f"; they now lie in {aside}, and new runs are kept in a new file" if aside else ""
        super().__init__(path, f"the runs kept here are damaged ({damage}){where}")
        self.damage = damage
        self.aside = aside


class NewerStoreError(StoreError):
    """The database was made by a later version of the app, and is left as it is."""


class UnknownRunError(StoreError):
    """There is no such run, or it is another process's to write."""
