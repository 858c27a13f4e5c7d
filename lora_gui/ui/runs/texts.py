"""What the Runs tab writes of a run: headings, cells, settings and the words a search looks through."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, QObject

from lora_gui.domain.config import RunConfig, field_names
from lora_gui.domain.record import Outcome, RunSummary
from lora_gui.ui import numbers
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.runs.columns import NUMBERS, Column, Value, gap

NOTHING: Final = "–"
"""Stands where there is no value."""
JUST_NOW_SECONDS = 60
RECENT_SECONDS = 3600
"""Up to this age a run's start is given in minutes, then as a time or a date."""

OUTCOME_LOOKS: Final = {
    Outcome.RUNNING: ("start", "good"),
    Outcome.FINISHED: ("check", "good"),
    Outcome.STOPPED: ("stop", "muted"),
    Outcome.DIVERGED: ("warning", "warning"),
    Outcome.FAILED: ("error", "error"),
    Outcome.INTERRUPTED: ("interrupted", "warning"),
}
"""Icon and colour of each outcome; the word comes with them."""


class RunTexts(QObject):
    """Every text about runs in the language in force; call `retranslate` after a change of language."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields = FieldTexts(self)
        self.retranslate()

    def retranslate(self) -> None:
        """Take every word from the language in force."""
        self._outcomes = {
            Outcome.RUNNING: self.tr("Running"),
            Outcome.FINISHED: self.tr("Finished"),
            Outcome.STOPPED: self.tr("Stopped"),
            Outcome.DIVERGED: self.tr("Diverged"),
            Outcome.FAILED: self.tr("Failed"),
            Outcome.INTERRUPTED: self.tr("Interrupted"),
        }
        self._headings = {
            Column.OVERLAY: (self.tr("Plot"), self.tr("Ticked runs lie over the loss plot")),
            Column.NAME: (self.tr("Name"), self.tr("What you call the run; F2 to change it")),
            Column.WHEN: (self.tr("When"), self.tr("When the run started")),
            Column.TASK: (self.tr("Task"), self.tr("What was learned")),
            Column.METHOD: (self.tr("Trained"), self.tr("What was trained: the adapter or something else")),
            Column.RANK: (self.tr("Rank"), self.tr("Rank r of the adapter")),
            Column.SCALING: (self.tr("Scaling"), self.tr("Factor s in front of the adapter, at the start")),
            Column.LEARNING_RATE: (self.tr("lr"), self.tr("Learning rate, at the start")),
            Column.EPOCHS: (self.tr("Epochs"), self.tr("Completed epochs")),
            Column.FINAL: (self.tr("Final loss"), self.tr("Training loss of the last epoch")),
            Column.BEST: (self.tr("Best loss"), self.tr("Lowest training loss of any epoch")),
            Column.GAP: (
                self.tr("Above floor"),
                self.tr("Final loss minus the lowest loss that the rank allows"),
            ),
            Column.SECONDS: (self.tr("Seconds"), self.tr("Time spent in training, in seconds")),
            Column.OUTCOME: (self.tr("Ended"), self.tr("How the run ended")),
            Column.SIZES: (self.tr("Sizes"), self.tr("Inputs × outputs of the layer")),
            Column.TRAINABLE: (self.tr("Trainable"), self.tr("Parameters that were trained")),
            Column.INIT: (self.tr("Init"), self.tr("How A and B started")),
            Column.OPTIMIZER: (self.tr("Optimizer"), self.tr("The rule that turned gradients into steps")),
            Column.BATCH_SIZE: (self.tr("Batch"), self.tr("Samples per step")),
            Column.SAMPLES: (self.tr("Samples"), self.tr("Rows of the training data")),
            Column.NOISE: (self.tr("Noise"), self.tr("Standard deviation of the noise on the targets")),
            Column.SEED: (self.tr("Seed"), self.tr("Start of everything drawn at random")),
            Column.DEVICE: (self.tr("Device"), self.tr("What computed the run")),
            Column.NOTES: (self.tr("Notes"), self.tr("What you wrote about the run")),
        }
        self._choices = {name: dict(self._fields.choices(name)) for name in field_names()}

    def heading(self, column: Column) -> str:
        """Return the name of a column."""
        return self._headings[column][0]

    def purpose(self, column: Column) -> str:
        """Return what a column says."""
        return self._headings[column][1]

    def outcome(self, run: RunSummary) -> str:
        """Return how a run ended, in a word."""
        return self._outcomes[run.outcome]

    def title(self, run: RunSummary) -> str:
        """Return the run's name, or where it has none, what it trained."""
        config = run.config
        if run.name:
            return run.name
        task, method = self.choice("task", config.task), self.choice("method", config.method)
        if config.has_adapter:
            return self.tr("{task}, rank {rank}").format(task=task, rank=numbers.count(config.rank))
        return self.tr("{task}, {method}").format(task=task, method=method)

    def choice(self, name: str, word: str) -> str:
        """Return the title of a setting's `word`; the word itself where there is none."""
        return self._choices.get(name, {}).get(word, word)

    def cell(self, column: Column, run: RunSummary) -> str:
        """Return what stands in a column."""
        config = run.config
        match column:
            case Column.OVERLAY:
                return ""
            case Column.NAME:
                return self.title(run)
            case Column.WHEN:
                return self.moment(run.started)
            case Column.TASK | Column.METHOD | Column.OPTIMIZER:
                return self.choice(column, getattr(config, column))
            case Column.INIT | Column.SCALING | Column.NOISE | Column.BATCH_SIZE | Column.SEED:
                return self.setting(column, config)
            case Column.LEARNING_RATE | Column.RANK | Column.SAMPLES:
                return self.setting(column, config)
            case Column.FINAL:
                return _loss(run.final_loss)
            case Column.BEST:
                return _loss(run.best_loss)
            case Column.GAP:
                return _loss(gap(run))
            case Column.SECONDS:
                return numbers.fixed(run.seconds, 1)
            case Column.OUTCOME:
                return self.outcome(run)
            case Column.SIZES:
                return f"{numbers.count(config.in_features)} × {numbers.count(config.out_features)}"
            case Column.DEVICE:
                return run.device
            case Column.NOTES:
                return " ".join(run.notes.split())
            case Column.EPOCHS:
                return numbers.count(run.epochs)
            case Column.TRAINABLE:
                return numbers.count(run.counts.trainable)

    def order(self, column: Column, run: RunSummary) -> Value:
        """Return what a column sorts by."""
        number = NUMBERS.get(column)
        return number(run) if number else self.cell(column, run).casefold()

    def words(self, run: RunSummary) -> str:
        """Return, in small letters, all words that a search looks through."""
        config = run.config
        found = [run.name, run.notes, self.title(run), self.outcome(run), run.outcome, run.device]
        for name in ("task", "method", "init", "optimizer"):
            found += [getattr(config, name), self.choice(name, getattr(config, name))]
        return "\n".join(found).casefold()

    def moment(self, started: datetime) -> str:
        """Return when something started: the newest in minutes, today's by the clock, others by the date."""
        age = (datetime.now(UTC) - started).total_seconds()
        if 0 <= age < JUST_NOW_SECONDS:
            return self.tr("just now")
        if 0 <= age < RECENT_SECONDS:
            return self.tr("%n minute(s) ago", "", int(age // 60))
        local = _local(started)
        time = QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)
        days = local.date().daysTo(QDateTime.currentDateTime().date())
        if days == 0:
            return self.tr("today, {time}").format(time=time)
        if days == 1:
            return self.tr("yesterday, {time}").format(time=time)
        return QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)

    def exact_moment(self, started: datetime) -> str:
        """Return date and time in full."""
        return QLocale().toString(_local(started), QLocale.FormatType.LongFormat)

    def field(self, name: str) -> str:
        """Return the name of a setting."""
        return self._fields.name(name)

    def counts(self) -> list[tuple[str, Callable[[RunSummary], int]]]:
        """Return what is counted of a run's parameters, by name, and its completed epochs."""
        return [
            (self.tr("Epochs done"), lambda run: run.epochs),
            (self.tr("Trainable"), lambda run: run.counts.trainable),
            (self.tr("Total"), lambda run: run.counts.total),
        ]

    def setting(self, name: str, config: RunConfig) -> str:
        """Return the value of a setting, as people read it; a dash where the run does not use it."""
        value = effective(name, config)
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return self._fields.yes_or_no(value)
        if name == "batch_size" and value == 0:
            return self.tr("all")
        if isinstance(value, int) and name != "seed":
            return numbers.count(value)
        if isinstance(value, (int, float)):
            return numbers.plain(value)
        return self.choice(name, str(value))


def effective(name: str, config: RunConfig) -> object:
    """Return the value of a setting, None where the run does not use it."""
    if name in ("noise", "true_rank") and config.task != "low_rank":
        return None
    if name in ("rank", "scaling", "init", "train_bias") and not config.has_adapter:
        return None
    value: object = getattr(config, name)
    return value


def _loss(value: float | None) -> str:
    return NOTHING if value is None else numbers.loss(value)


def _local(moment: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
