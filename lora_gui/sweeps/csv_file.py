"""A sweep's runs as a CSV file: what varies, what came out, and every other setting, one row per run."""

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

from lora_gui.domain.config import ConfigError, RunConfig, field_names, parse
from lora_gui.domain.files import check_writable, write_atomically
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepRun

RESULTS = (
    *("outcome", "epochs_done", "final_loss", "best_loss", "test_loss", "test_accuracy"),
    *("floor", "elbow", "seconds"),
)
"""Columns that say what came out; empty where nothing is known."""


class SweepFile:
    """The runs of one sweep that are done, in memory and on disk.

    Attributes:
        runs: by index, those that finished or diverged; one that failed is tried again.

    """

    def __init__(self, path: Path, sweep: Sweep) -> None:
        """Read what stands in `path` already.

        Raises ConfigError for a file that cannot be used or that holds other runs than those of `sweep`.
        """
        self._path, self._sweep = path, sweep
        varied = (*sweep.fields, "seed")
        self._columns = (*varied, *RESULTS, *(name for name in field_names() if name not in varied))
        self.runs: dict[int, SweepRun] = {}
        try:
            check_writable(path)
            if path.exists() and path.stat().st_size:
                self._read(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._error(f"a file that can be written: {error.strerror or error}") from None
        except (UnicodeDecodeError, csv.Error):
            raise self._error("a CSV file in UTF-8") from None

    def add(self, runs: Iterable[SweepRun]) -> None:
        """Keep `runs` that came to an end of their own."""
        self.runs |= {run.index: run for run in runs if run.outcome is not RunState.FAILED}

    def save(self) -> None:
        """Write all rows, in the order of the sweep, in place of what stood there; raises OSError."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self._columns)
        writer.writerows(self._row(self.runs[index]) for index in sorted(self.runs))
        write_atomically(self._path, text.getvalue())

    def _row(self, run: SweepRun) -> list[object]:
        values = run.config.to_dict() | {
            "outcome": run.outcome.value,
            "epochs_done": run.epochs,
            "final_loss": run.final,
            "best_loss": run.best,
            "test_loss": run.test,
            "test_accuracy": run.accuracy,
            "floor": run.floor,
            "elbow": run.elbow,
            "seconds": round(run.seconds, 6),
        }
        return [values[name] for name in self._columns]

    def _read(self, text: str) -> None:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if tuple(rows.fieldnames or ()) != self._columns:
            raise self._error("a file of this very sweep; the one there has other columns")
        places = {config: index for index, config in enumerate(self._sweep.configs)}
        for row in rows:
            try:
                config = RunConfig(**{name: parse(name, row[name]) for name in field_names()})
                index = places.get(config)
                if index is None:
                    raise self._error(f"a file of this very sweep; {self._difference(config)}")
                self.runs[index] = _run(index, config, row)
            except (ValueError, AttributeError, TypeError) as error:
                if isinstance(error, ConfigError) and error.field == "out":
                    raise
                raise self._error(f"a file of this very sweep; line {rows.line_num} is damaged") from None

    def _difference(self, config: RunConfig) -> str:
        """Say what rules `config` out: the first setting with a value that no run of the sweep has."""
        for name in field_names():
            value = getattr(config, name)
            if all(getattr(other, name) != value for other in self._sweep.configs):
                return f"the one there has a run with {name} {value}"
        return "the one there has a run with another combination of settings"

    def _error(self, allowed: str) -> ConfigError:
        return ConfigError("out", str(self._path), allowed)


def _run(index: int, config: RunConfig, row: dict[str, str]) -> SweepRun:
    """Read the results in `row`; raises ValueError."""
    numbers = {name: float(row[name]) if row[name] else None for name in RESULTS[1:]}
    final, best = numbers["final_loss"], numbers["best_loss"]
    return SweepRun(
        index=index,
        config=config,
        outcome=RunState(row["outcome"]),
        epochs=int(row["epochs_done"]),
        final=math.inf if final is None else final,
        best=math.inf if best is None else best,
        test=numbers["test_loss"],
        accuracy=numbers["test_accuracy"],
        floor=numbers["floor"],
        elbow=int(row["elbow"]) if row["elbow"] else None,
        seconds=numbers["seconds"] or 0.0,
    )
