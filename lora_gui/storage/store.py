"""The runs on disk: lists of them, whole records, and every change to them."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RunInfo, RunRecord, RunSummary
from lora_gui.storage.database import explained, open_database, transaction
from lora_gui.storage.errors import UnknownRunError
from lora_gui.storage.owner import Owner
from lora_gui.storage.rows import (
    LOSS,
    info_of,
    insert_facts,
    insert_losses,
    insert_run,
    owner_of,
    summary_of,
)

KEPT_DELETED = timedelta(days=7)
"""How long a deleted run can come back."""


def new_id() -> str:
    """Return an id for a run that no other run has, in this store or another."""
    return uuid.uuid4().hex


def checkpoint_path(database: Path, run_id: str) -> Path:
    """Return where the state to continue a run from belongs, beside the database."""
    return database.with_name("checkpoints") / f"{run_id}.safetensors"


class RunStore:
    """One connection to the database of runs, for the thread that opened it.

    Readers never wait for a writer. Every method raises StoreError for what SQLite could not do, and
    UnknownRunError, one of them, for a run that is not here.

    Attributes:
        path: the database.

    """

    def __init__(self, path: Path) -> None:
        """Open the database; raises DamagedStoreError, NewerStoreError or UnavailableStoreError."""
        self.path = path
        self._database = open_database(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def checkpoint_path(self, run_id: str) -> Path:
        """Return where the state to continue a run from belongs; it is removed with the run."""
        return checkpoint_path(self.path, run_id)

    # Reading

    def summaries(self) -> list[RunSummary]:
        """Return every run that is not deleted, the newest first; one that cannot be read is left out."""
        with explained(self.path):
            rows = self._rows("SELECT * FROM runs WHERE deleted IS NULL ORDER BY started DESC")
        return [summary for summary in map(summary_of, rows) if summary]

    def summary(self, run_id: str) -> RunSummary | None:
        """Return one run, None if it is deleted, unknown or cannot be read."""
        with explained(self.path):
            rows = self._rows("SELECT * FROM runs WHERE id = ? AND deleted IS NULL", run_id)
        return summary_of(rows[0]) if rows else None

    def load(self, run_id: str) -> RunRecord:
        """Return a whole run; raises ValueError or TypeError too, if what is kept of it makes no sense."""
        with self._transaction("DEFERRED"):
            row = self._run(run_id)
            chunks = self._rows(
                "SELECT first, seconds, chunk FROM losses WHERE run = ? ORDER BY first", run_id
            )
            evaluations = self._rows(
                "SELECT epoch, loss, accuracy FROM evaluations WHERE run = ? ORDER BY epoch", run_id
            )
            changes = self._rows("SELECT epoch, field, value FROM changes WHERE run = ? ORDER BY id", run_id)
        sizes = [len(chunk["chunk"]) // LOSS.itemsize for chunk in chunks]
        return RunRecord(
            **info_of(row),
            changes=tuple(Change(*change) for change in changes),
            losses=np.frombuffer(b"".join(chunk["chunk"] for chunk in chunks), LOSS),
            evaluations=tuple(Evaluation(*evaluation) for evaluation in evaluations),
            clock=tuple(
                (chunk["first"] - 1 + size, chunk["seconds"])
                for chunk, size in zip(chunks, sizes, strict=True)
            ),
        )

    # A run as it goes

    def begin(self, run_id: str, info: RunInfo) -> None:
        """Keep a new run of this process; whatever `info` says of its outcome, it is running now."""
        with self._transaction():
            insert_run(self._database, run_id, replace(info, outcome=Outcome.RUNNING), Owner.this_process())

    def append(
        self,
        run_id: str,
        losses: NDArray[np.floating[Any]],
        evaluations: Iterable[Evaluation],
        changes: Iterable[Change],
        seconds: float,
    ) -> None:
        """Add what a run of this process gave: the losses (n,) of its next n epochs, and the rest.

        `seconds` is the run's whole time in training at the end of these losses.
        """
        with self._transaction():
            if owner_of(self._run(run_id)) != Owner.this_process():
                raise UnknownRunError(self.path, f"run {run_id} is not this process's to write")
            # Should another instance have taken this process for dead, this is the proof that it is not.
            self._update(run_id, outcome=Outcome.RUNNING)
            insert_losses(self._database, run_id, losses, seconds)
            insert_facts(self._database, run_id, evaluations, changes)

    def finish(self, run_id: str, outcome: Outcome) -> None:
        """Say how a run ended."""
        with self._transaction():
            self._update(run_id, outcome=outcome, owner_pid=None, owner_started=None)

    def resume(self, run_id: str) -> None:
        """Take up a run again, so that more can be appended; refused while another process writes it."""
        this = Owner.this_process()
        with self._transaction():
            owner = owner_of(self._run(run_id))
            if owner and owner != this and owner.is_alive:
                raise UnknownRunError(self.path, f"run {run_id} is another process's to write")
            self._update(run_id, outcome=Outcome.RUNNING, owner_pid=this.pid, owner_started=this.started)

    def mark_interrupted(self) -> None:
        """Mark the runs without an end whose process is gone."""
        with self._transaction():
            for row in self._rows("SELECT * FROM runs WHERE outcome = ?", Outcome.RUNNING):
                owner = owner_of(row)
                if not (owner and owner.is_alive):
                    self._update(row["id"], outcome=Outcome.INTERRUPTED)

    # What a person does with runs

    def add(self, run_id: str, record: RunRecord) -> None:
        """Keep a whole record, such as an imported one; if it was running when it left, it is interrupted."""
        if record.outcome is Outcome.RUNNING:
            record = replace(record, outcome=Outcome.INTERRUPTED)
        chunks = np.split(record.losses, [epoch for epoch, _ in record.clock[:-1]])
        with self._transaction():
            insert_run(self._database, run_id, record, None)
            # Without any losses there is one empty chunk, and no mark for it.
            for chunk, (_, seconds) in zip(chunks, record.clock, strict=False):
                insert_losses(self._database, run_id, chunk, seconds)
            insert_facts(self._database, run_id, record.evaluations, record.changes)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name."""
        with self._transaction():
            self._update(run_id, name=name)

    def pin(self, run_id: str, pinned: bool) -> None:
        """Keep a run on top, or no longer."""
        with self._transaction():
            self._update(run_id, pinned=pinned)

    def annotate(self, run_id: str, notes: str) -> None:
        """Replace the notes on a run."""
        with self._transaction():
            self._update(run_id, notes=notes)

    def set_floor(self, run_id: str, floor: float) -> None:
        """Keep the lowest loss within reach of a run."""
        with self._transaction():
            self._update(run_id, floor=floor)

    def delete(self, run_id: str) -> None:
        """Take a run out of sight; `restore` brings it back until it is purged."""
        with self._transaction():
            self._update(run_id, deleted=datetime.now(UTC).isoformat())

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back."""
        with self._transaction():
            self._update(run_id, deleted=None)

    def purge(self, kept: timedelta = KEPT_DELETED) -> None:
        """Remove for good what was deleted longer ago than `kept`, checkpoints included."""
        before = (datetime.now(UTC) - kept).isoformat()
        with self._transaction():
            rows = self._rows(
                "SELECT id FROM runs WHERE deleted < ? AND outcome != ?", before, Outcome.RUNNING
            )
            self._database.executemany("DELETE FROM runs WHERE id = ?", rows)
        for row in rows:
            with suppress(OSError):
                self.checkpoint_path(row["id"]).unlink()

    # Statements

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        with explained(self.path), transaction(self._database, kind):
            yield

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self._database.execute(statement, values).fetchall()

    def _run(self, run_id: str) -> sqlite3.Row:
        rows = self._rows("SELECT * FROM runs WHERE id = ?", run_id)
        if not rows:
            raise UnknownRunError(self.path, f"there is no run {run_id}")
        return rows[0]

    def _update(self, run_id: str, **values: object) -> None:
        assignments = ", ".join(f"{name} = ?" for name in values)
        done = self._database.execute(
            f"UPDATE runs SET {assignments} WHERE id = ?", (*values.values(), run_id)
        )
        if not done.rowcount:
            raise UnknownRunError(self.path, f"there is no run {run_id}")
