"""What the tab says about a sweep: how many runs and by which engine, how far it is, what is wrong."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject

from lora_gui.domain.config import ConfigError, Range, RunConfig
from lora_gui.domain.engines import engine_for
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_plan import Piece
from lora_gui.domain.sweep_results import SweepProgress, SweepRun
from lora_gui.domain.sweep_values import MOST_VALUES
from lora_gui.ui import numbers
from lora_gui.ui.field_texts import FORMULAS, FieldTexts
from lora_gui.ui.numbers import SECONDS_PER_MINUTE
from lora_gui.ui.sweep.fields import PLANTED_ONLY, value_text


class SweepTexts(QObject):
    """Every sentence of the tab, in the language in force."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.fields = FieldTexts(self)

    def plan(self, sweep: Sweep, pieces: Sequence[Piece], seconds: float, scheduler: str) -> str:
        """Return how many runs it is, who trains them and about how long that takes."""
        runs = self.tr("%n run(s)", "", sweep.count)
        if scheduler:
            return self.tr("{runs} · on the Dask cluster").format(runs=runs)
        return self.tr("{runs} · {engine} · about {time}").format(
            runs=runs, engine=self._engine(sweep, pieces), time=self.duration(seconds)
        )

    def warning(self, sweep: Sweep) -> str:
        """Return what makes a sweep pointless or slow without need; empty for most."""
        idle = [name for name in sweep.fields if name in PLANTED_ONLY and sweep.base.task != "low_rank"]
        if idle:
            title = dict(self.fields.choices("task"))["low_rank"]
            return self.tr("{field} does something only in the task “{task}”").format(
                field=self.fields.name(idle[0]), task=title
            )
        chosen, free = engine_for(sweep.base), engine_for(sweep.base.with_("engine", "auto"))
        if chosen.name != free.name and sweep.base.epochs * sweep.count > 1000:
            return self.tr("{setting}: {automatic} trains them far faster").format(
                setting=self.fields.name("engine"), automatic=dict(self.fields.choices("engine"))["auto"]
            )
        return ""

    def progress(self, progress: SweepProgress) -> str:
        """Return how far the sweep is, and how long it takes from here."""
        text = self._done(progress.done, progress.total)
        if progress.seconds_left is None or progress.done == progress.total:
            return text
        return self.tr("{done} · about {time} left").format(
            done=text, time=self.duration(progress.seconds_left)
        )

    def paused(self, progress: SweepProgress | None) -> str:
        """Return how far a sweep is that is held."""
        return (
            self.tr("Paused · {done}")
            .format(done=self._done(progress.done, progress.total) if progress else "")
            .rstrip(" ·")
        )

    def finished(self, total: int, runs: Collection[SweepRun], seconds: float) -> str:
        """Return how a sweep ended that ran to its end, or was cancelled, and what became of its `runs`."""
        if len(runs) < total:
            text = self.tr("Cancelled · {done}, kept").format(done=self._done(len(runs), total))
        else:
            counted = self.tr("%n run(s)", "", total)
            text = self.tr("{runs} in {time}").format(runs=counted, time=self.duration(seconds))
        diverged = sum(run.outcome is RunState.DIVERGED for run in runs)
        errors = [run.error for run in runs if run.outcome is RunState.FAILED]
        if diverged:
            text += self.tr(" · {count} diverged").format(count=numbers.count(diverged))
        if errors:
            text += self.tr(" · {count} failed: {error}").format(
                count=numbers.count(len(errors)), error=errors[0]
            )
        return text

    def opened(self, sweep: Sweep, config: RunConfig) -> str:
        """Return which run was opened."""
        values = [
            f"{self.fields.name(f)} {value_text(f, getattr(config, f), self.fields)}" for f in sweep.fields
        ]
        return self.tr(
            "Loaded into the settings: {run}, seed {seed}. Undo brings the former ones back."
        ).format(run=", ".join(values), seed=numbers.plain(config.seed))

    def duration(self, seconds: float) -> str:
        """Return a time span; below a minute with its unit, since 0:02 may be read as minutes."""
        if seconds < SECONDS_PER_MINUTE:
            return self.tr("{seconds} s").format(seconds=numbers.count(max(1, round(seconds))))
        return numbers.duration(seconds)

    def describe(self, error: ConfigError) -> str:
        """Return which part of the form has what value, and what it may be."""
        if error.field in FORMULAS and isinstance(error.allowed, str):
            return self.tr("{field}: “{text}” is not allowed; {allowed}").format(
                field=self.fields.name(error.field), text=error.value, allowed=self._forms(error.allowed)
            )
        if error.field == "runs" and isinstance(error.allowed, Range):
            return self.tr("{count} runs are too many; at most {most} are possible here").format(
                count=numbers.count(int(str(error.value))), most=numbers.count(int(error.allowed.high))
            )
        if error.field == "axes":
            return self.tr("Both fields are the same; choose another one, or none")
        if error.field == "scheduler":
            return self.tr("Scheduler: “{address}” is not allowed; it must be {allowed}").format(
                address=error.value, allowed=error.allowed
            )
        return self.fields.describe(error)

    def _forms(self, allowed: str) -> str:
        if allowed == f"at most {MOST_VALUES} values":
            return self.tr("at most {count} values fit").format(count=numbers.count(MOST_VALUES))
        return self.tr("write values such as 1,2,4 or 1:10 or 0:1:0.25 or 1e-4:1e-1:x10")

    def _engine(self, sweep: Sweep, pieces: Sequence[Piece]) -> str:
        together = sum(len(piece.runs) for piece in pieces if piece.together)
        if together == sweep.count:
            return self.tr("closed form, trained together")
        if together:
            return self.tr("closed form for {count}, processes for the others").format(
                count=numbers.count(together)
            )
        return self.tr("{engine}, in processes").format(engine=self.fields.engine(sweep.base))

    def _done(self, done: int, total: int) -> str:
        return self.tr("{done} of {total} runs").format(done=numbers.count(done), total=numbers.count(total))
