"""The command `sweep`: many runs, a table of what came out, and a CSV file that it can go on from."""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from tqdm import tqdm

from lora_gui.cli.ctrl_c import CtrlC
from lora_gui.cli.options import add_config_options, config_from
from lora_gui.domain.config import ConfigError, Range, field_names
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import SEEDS, Axis, Sweep, swept_fields
from lora_gui.domain.sweep_plan import estimate_seconds
from lora_gui.domain.sweep_results import SweepNews, SweepRun, elbow, summarise
from lora_gui.domain.sweep_values import FORMS, is_several, parse_values
from lora_gui.sweeps.csv_file import SweepFile
from lora_gui.sweeps.job import SweepJob

FAILED = 1
DIVERGED = 3
INTERRUPTED = 130
JOBS = Range(1, 1024, whole=True)
SAVE_SECONDS = 1.0
"""Between two writings of the file: what a power cut may cost."""


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "sweep",
        help="train many runs that differ in one or two settings, and compare them",
        description="Train many runs that differ in one or two settings and in their seeds. A setting takes "
        f"several {FORMS}. The engine is auto unless --engine or --config say otherwise.",
        allow_abbrev=False,
    )
    add_config_options(parser)
    group = parser.add_argument_group("sweep")
    group.add_argument(
        "--seeds", metavar="N", default="1", help=f"seeds per combination: {SEEDS} (default: 1)"
    )
    group.add_argument(
        "--out",
        metavar="FILE.csv",
        type=Path,
        help="write a row per run; those there are not repeated",
    )
    group.add_argument("--jobs", metavar="N", help="processes for runs that go alone (default: one per core)")
    group.add_argument(
        "--scheduler", metavar="ADDRESS", help="train on a Dask cluster instead, such as tcp://host:8786"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train what the command line asks for and return the exit code.

    0: done; 1: some runs failed; 3: all diverged; 130: Ctrl-C. Raises ConfigError, NotEnoughMemory and
    OSError for what cannot be done.
    """
    sweep = _sweep(arguments)
    jobs = None if arguments.jobs is None else _whole("jobs", arguments.jobs, JOBS)
    file = SweepFile(arguments.out, sweep) if arguments.out else None
    done = file.runs if file else {}
    watch = _Watch(file, dict(done), sweep.count)
    job = SweepJob(sweep, known=done, jobs=jobs, scheduler=arguments.scheduler, tell=watch.tell)
    print(_announcement(sweep, job, len(done)), flush=True)
    with CtrlC(then=job.cancel), watch:
        end = job.run()
    print("\n".join(_table(sweep, watch.runs.values())))
    return _ending(watch, stopped=end.state is RunState.STOPPED)


class _Watch:
    """Follows a sweep: a bar on a terminal, and the file, saved now and then and at the end.

    Attributes:
        runs: by index, all that are over.

    """

    def __init__(self, file: SweepFile | None, runs: dict[int, SweepRun], total: int) -> None:
        self._file, self.runs, self._total = file, runs, total
        self._unsaved, self._saved = False, -SAVE_SECONDS

    def __enter__(self) -> Self:
        self._bar = tqdm(
            total=1.0,
            bar_format="{percentage:3.0f}%|{bar}|{postfix}",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        self._save()

    def tell(self, news: SweepNews) -> None:
        """Take in what happened."""
        self.runs |= {run.index: run for run in news.runs}
        self._unsaved |= bool(news.runs)
        left = news.progress.seconds_left
        words = f"{news.progress.done}/{self._total} runs"
        self._bar.n = news.progress.fraction
        self._bar.set_postfix_str(words if left is None else f"{words}, {_about(left)} left")
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self._save()

    @property
    def saves(self) -> bool:
        """Whether there is a file to go on from."""
        return self._file is not None

    def _save(self) -> None:
        if self._file and self._unsaved:
            self._file.add(self.runs.values())
            self._file.save()
            self._unsaved, self._saved = False, time.monotonic()


def _sweep(arguments: argparse.Namespace) -> Sweep:
    axes = []
    for name in field_names():
        text = getattr(arguments, name)
        if name in swept_fields() and isinstance(text, str) and is_several(text):
            values = parse_values(name, text)
            axes.append(Axis(name, values))
            # The base needs some value; one that is swept will do, its own need not be allowed here.
            setattr(arguments, name, str(values[0]))
    if arguments.engine is None and arguments.config is None:
        arguments.engine = "auto"
    seeds = _whole("seeds", arguments.seeds, SEEDS)
    if not axes and seeds == 1:
        raise ConfigError("seeds", seeds, f"more than 1 unless some setting takes {FORMS}")
    return Sweep(config_from(arguments), tuple(axes), seeds)


def _whole(name: str, text: str, allowed: Range) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ConfigError(name, text, allowed) from None
    if value not in allowed:
        raise ConfigError(name, value, allowed)
    return value


def _announcement(sweep: Sweep, job: SweepJob, known: int) -> str:
    parts = [f"{len(axis.values)} of {axis.field}" for axis in sweep.axes]
    if sweep.seeds > 1:
        parts.append(f"{sweep.seeds} seeds")
    runs = f"{sweep.count:,} {'run' if sweep.count == 1 else 'runs'} ({' × '.join(parts)})"
    if known:
        runs += f", {known:,} of them done before"
    if not job.pieces:
        return f"{runs}."
    return f"{runs}, {_about(estimate_seconds(job.pieces, job.workers))}."


def _about(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"


def _table(sweep: Sweep, runs: Iterable[SweepRun]) -> list[str]:
    """Return the mean and the spread over the seeds for each combination of values, aligned in columns."""
    runs = list(runs)
    rows = [[*sweep.fields, "final loss", "± spread", "test loss", "floor", "finished"]]
    for line in summarise(sweep, runs):
        figures = [_short(number) for number in (line.mean, line.spread, line.test, line.floor)]
        diverged = f" ({line.diverged} diverged)" if line.diverged else ""
        rows.append([*(f"{v}" for v in line.values), *figures, f"{line.finished}{diverged}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(w.rjust(n) for w, n in zip(row, widths, strict=True)).rstrip() for row in rows]
    if "rank" in sweep.fields and (rank := elbow(runs)) is not None:
        table.append(f"The floors bend at rank {rank}: a higher one brings little.")
    return table


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.5g}"


def _ending(watch: _Watch, *, stopped: bool) -> int:
    runs = watch.runs.values()
    errors = [run.error for run in runs if run.outcome is RunState.FAILED]
    if errors:
        print(f"{len(errors):,} of the runs failed; the first: {errors[0]}", file=sys.stderr)
    if stopped:
        again = ". The same command goes on from there." if watch.saves else "."
        print(f"Stopped by Ctrl-C after {len(runs):,} runs{again}", file=sys.stderr)
        return INTERRUPTED
    if errors:
        return FAILED
    return DIVERGED if all(run.outcome is RunState.DIVERGED for run in runs) else 0
