"""What comes out of a sweep: one value per run, and what the runs say together."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lora_gui.domain.config import RunConfig
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRun:
    """One run that is over.

    Attributes:
        index: its place in `Sweep.configs`.
        config: its settings.
        outcome: FINISHED, DIVERGED or FAILED.
        epochs: completed ones.
        final: the last finite loss, infinite if there was none.
        best: the lowest loss, infinite if there was none.
        test: the loss on held-out data after the last step; None for a run that did not finish.
        accuracy: the share of right answers there, where the task has any.
        floor: the lowest loss within reach of its rank, None where that is not known.
        elbow: the rank that its task needs, None where none stands out or that is not known.
        seconds: its training took; runs trained together share their time equally.
        error: what went wrong, for FAILED.

    """

    index: int
    config: RunConfig
    outcome: RunState
    epochs: int = 0
    final: float = math.inf
    best: float = math.inf
    test: float | None = None
    accuracy: float | None = None
    floor: float | None = None
    elbow: int | None = None
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a sweep is.

    Attributes:
        done, total: runs.
        fraction: of the work, 0 to 1; runs in progress count in part.
        seconds: spent on it, pauses left out.
        seconds_left: about, None as long as nobody can tell.

    """

    done: int
    total: int
    fraction: float
    seconds: float
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class SweepNews:
    """What happened since the last news: runs that came to an end, and the progress now."""

    runs: tuple[SweepRun, ...]
    progress: SweepProgress


@dataclass(frozen=True, slots=True)
class SweepEnd:
    """How a sweep ended: FINISHED, STOPPED (what was done has been told) or FAILED with its error."""

    state: RunState
    error: BaseException | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one combination of values, over their seeds.

    Attributes:
        values: the combination, one value per axis.
        finished: runs that count below.
        diverged: runs that do not.
        mean, spread: of the final losses and their sample standard deviation; None for too few.
        best: the lowest final loss.
        test: the mean loss on held-out data.
        floor: the mean of the floors, None unless every run has one.

    """

    values: tuple[Any, ...]
    finished: int
    diverged: int
    mean: float | None
    spread: float | None
    best: float | None
    test: float | None
    floor: float | None


def summarise(sweep: Sweep, runs: Iterable[SweepRun]) -> tuple[Summary, ...]:
    """Return a summary of every combination that has a run already, in the order of the sweep."""
    groups: dict[tuple[Any, ...], list[SweepRun]] = {}
    for run in sorted(runs, key=lambda run: run.index):
        groups.setdefault(sweep.point(run.config), []).append(run)
    return tuple(_summary(values, group) for values, group in groups.items())


def elbow(runs: Iterable[SweepRun]) -> int | None:
    """Return the rank at which the floors bend: what more than half of the runs agree on, else None."""
    elbows = [run.elbow for run in runs]
    if not elbows:
        return None
    rank, votes = Counter(elbows).most_common(1)[0]
    return rank if votes > len(elbows) / 2 else None


def _summary(values: tuple[Any, ...], runs: Sequence[SweepRun]) -> Summary:
    finished = [run for run in runs if run.outcome is RunState.FINISHED]
    final = [run.final for run in finished]
    return Summary(
        values=values,
        finished=len(finished),
        diverged=sum(run.outcome is RunState.DIVERGED for run in runs),
        mean=_mean(final),
        spread=statistics.stdev(final) if len(final) > 1 else None,
        best=min(final, default=None),
        test=_mean([run.test for run in finished]),
        floor=_mean([run.floor for run in runs]),
    )


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return statistics.fmean(known) if known and len(known) == len(numbers) else None
