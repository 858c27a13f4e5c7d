"""The search over runs: words, and terms such as rank=4, lr<0.01 or task:digits, all of which must hold."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QLocale

from lora_gui.domain.record import RunSummary
from lora_gui.ui.number_entry import read_number
from lora_gui.ui.runs.columns import NUMBERS, Column

NUMBER_FIELDS: Final[dict[str, Callable[[RunSummary], float | None]]] = {
    "rank": NUMBERS[Column.RANK],
    "scaling": NUMBERS[Column.SCALING],
    "lr": NUMBERS[Column.LEARNING_RATE],
    "epochs": NUMBERS[Column.EPOCHS],
    "final": NUMBERS[Column.FINAL],
    "best": NUMBERS[Column.BEST],
    "gap": NUMBERS[Column.GAP],
    "seconds": NUMBERS[Column.SECONDS],
    "seed": NUMBERS[Column.SEED],
    "samples": NUMBERS[Column.SAMPLES],
    "batch": NUMBERS[Column.BATCH_SIZE],
    "noise": NUMBERS[Column.NOISE],
    "trainable": NUMBERS[Column.TRAINABLE],
    "in": lambda run: run.config.in_features,
    "out": lambda run: run.config.out_features,
}
"""What a term can compare; the words are the same in every language."""

WORD_FIELDS: Final[dict[str, Column]] = {
    "name": Column.NAME,
    "task": Column.TASK,
    "method": Column.METHOD,
    "init": Column.INIT,
    "optimizer": Column.OPTIMIZER,
    "device": Column.DEVICE,
    "ended": Column.OUTCOME,
    "notes": Column.NOTES,
}
"""What a term can look for a word in."""

ALIASES: Final = {"learning_rate": "lr", "loss": "final", "r": "rank", "s": "scaling", "batch_size": "batch"}

Comparison = Callable[[float, float], bool]
COMPARISONS: Final[dict[str, Comparison]] = {
    "=": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PIECE = re.compile(r'([^\s"]*)"([^"]*)"?|(\S+)')
_TERM = re.compile(r"([^\W\d]\w*)(!=|<=|>=|[:=<>])(.*)")


class Fault(NamedTuple):
    """A term that means nothing: an unknown field, or a value that is no number."""

    kind: Literal["field", "number", "comparison"]
    term: str
    field: str
    value: str


class Words(NamedTuple):
    """What a search compares words with, in small letters: all of them, and those of single columns."""

    all: str
    columns: Callable[[Column], str]


Test = Callable[[RunSummary, Words], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A search: the tests that a run must pass, and the terms that could not be understood."""

    tests: tuple[Test, ...] = ()
    faults: tuple[Fault, ...] = ()

    def accepts(self, run: RunSummary, words: Words) -> bool:
        """Return whether `run` passes every test."""
        return all(test(run, words) for test in self.tests)


def read_query(text: str, locale: QLocale) -> Query:
    """Understand what a person typed; numbers are read in `locale` or with a decimal point."""
    tests: list[Test] = []
    faults: list[Fault] = []
    for before, quoted, piece in _PIECE.findall(text):
        found = _read_piece(before + quoted + piece, locale) if before or piece else _word(quoted)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            tests.append(found)
    return Query(tuple(tests), tuple(faults))


def _read_piece(piece: str, locale: QLocale) -> Test | Fault:
    match = _TERM.fullmatch(piece)
    if not match:
        return _word(piece)
    field, sign, value = match.groups()
    field = field.casefold()
    field = ALIASES.get(field, field)
    if field in WORD_FIELDS:
        if sign not in "=:":
            return Fault("comparison", piece, field, value)
        return _word_in(WORD_FIELDS[field], value)
    if field not in NUMBER_FIELDS:
        return Fault("field", piece, field, value)
    try:
        number = float(read_number(value, locale, whole=False))
    except ValueError:
        return Fault("number", piece, field, value)
    return _compared(NUMBER_FIELDS[field], COMPARISONS[sign], number)


def _word(word: str) -> Test:
    small = word.casefold()
    return lambda _run, words: small in words.all


def _word_in(column: Column, word: str) -> Test:
    small = word.casefold()
    return lambda _run, words: small in words.columns(column)


def _compared(field: Callable[[RunSummary], float | None], compare: Comparison, number: float) -> Test:
    def test(run: RunSummary, _words: Words) -> bool:
        value = field(run)
        return value is not None and compare(value, number)

    return test
