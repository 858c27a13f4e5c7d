"""How a run lies in the tables: values to rows and back."""

import json
import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RunInfo, RunSummary, Versions
from lora_gui.storage.owner import Owner

log = logging.getLogger(__name__)

LOSS = np.dtype("<f4")
"""A loss in a chunk: float32, little-endian."""


def insert_run(database: sqlite3.Connection, run_id: str, info: RunInfo, owner: Owner | None) -> None:
    """Add the row of a run, without any losses yet."""
    values = {
        "id": run_id,
        "config": info.config.to_json(),
        "started": info.started.isoformat(),
        "outcome": info.outcome,
        "device": info.device,
        "versions": json.dumps(asdict(info.versions)),
        "floor": info.floor,
        "name": info.name,
        "pinned": info.pinned,
        "notes": info.notes,
        "owner_pid": owner and owner.pid,
        "owner_started": owner and owner.started,
    }
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO runs ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def insert_losses(
    database: sqlite3.Connection, run_id: str, losses: NDArray[np.floating[Any]], seconds: float
) -> None:
    """Add the losses (n,) of the next n epochs as one chunk, and bring the run's own row up to date."""
    chunk = losses.astype(LOSS)
    if not len(chunk):
        return
    database.execute(
        """INSERT INTO losses (run, first, seconds, chunk)
           SELECT id, epochs + 1, max(seconds, ?), ? FROM runs WHERE id = ?""",
        (seconds, chunk.tobytes(), run_id),
    )
    best, final = float(chunk.min()), float(chunk[-1])
    database.execute(
        """UPDATE runs SET epochs = epochs + ?, seconds = max(seconds, ?), final_loss = ?,
                  best_loss = min(ifnull(best_loss, ?), ?) WHERE id = ?""",
        (len(chunk), seconds, final, best, best, run_id),
    )


def insert_facts(
    database: sqlite3.Connection,
    run_id: str,
    evaluations: Iterable[Evaluation],
    changes: Iterable[Change],
) -> None:
    """Add evaluations, one per epoch at most, and changes."""
    # The evaluation at the end of a run comes again if the run is continued.
    database.executemany(
        "INSERT OR REPLACE INTO evaluations (run, epoch, loss, accuracy) VALUES (?, ?, ?, ?)",
        [(run_id, e.epoch, e.loss, e.accuracy) for e in evaluations],
    )
    database.executemany(
        "INSERT INTO changes (run, epoch, field, value) VALUES (?, ?, ?, ?)",
        [(run_id, c.epoch, c.field, c.value) for c in changes],
    )


def info_of(row: sqlite3.Row) -> dict[str, Any]:
    """Return the fields of RunInfo; raises ValueError or TypeError if the row makes no sense."""
    return {
        "config": _config(row["config"]),
        "started": datetime.fromisoformat(row["started"]),
        "outcome": Outcome(row["outcome"]),
        "device": row["device"],
        "versions": _versions(row["versions"]),
        "floor": row["floor"],
        "name": row["name"],
        "pinned": bool(row["pinned"]),
        "notes": row["notes"],
    }


# Frozen values, so one will do for every run and list that has the same text.
@lru_cache(maxsize=4096)
def _config(text: str) -> RunConfig:
    return RunConfig.from_json(text)


@lru_cache(maxsize=64)
def _versions(text: str) -> Versions:
    return Versions(**json.loads(text))


def summary_of(row: sqlite3.Row) -> RunSummary | None:
    """Return one line of a list; None, and a line in the log, if the row makes no sense."""
    figures = {name: row[name] for name in ("id", "epochs", "seconds", "final_loss", "best_loss")}
    try:
        return RunSummary(**info_of(row), **figures)
    except (ValueError, TypeError) as error:
        log.warning("The run %s cannot be read: %s", row["id"], error)
        return None


def owner_of(row: sqlite3.Row) -> Owner | None:
    """Return the process that writes, or last wrote, the run; None if it ended properly."""
    return None if row["owner_pid"] is None else Owner(row["owner_pid"], row["owner_started"])
