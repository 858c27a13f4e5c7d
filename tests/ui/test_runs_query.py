from collections.abc import Callable

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from lora_gui.domain.record import Outcome
from lora_gui.ui.runs.model import RunsModel
from lora_gui.ui.runs.query import read_query
from lora_gui.ui.runs.slots import Slots
from lora_gui.ui.runs.texts import RunTexts
from tests.ui.runs import summary

RUNS = [
    summary("a", rank=2, learning_rate=0.001, task="digits", in_features=64, out_features=10),
    summary("b", rank=4, learning_rate=0.01, name="Too low a rank", outcome=Outcome.DIVERGED),
    summary("c", rank=8, learning_rate=0.1, task="low_rank", noise=0.5, notes="see the elbow"),
    summary("d", rank=4, learning_rate=0.003, final_loss=None, best_loss=None, outcome=Outcome.FAILED),
]

Found = Callable[[str], set[str]]


@pytest.fixture
def found(qtbot: QtBot) -> Found:
    texts = RunTexts()
    model = RunsModel(texts, Slots())
    model.show(RUNS)

    def search(text: str, locale: QLocale | None = None) -> set[str]:
        query = read_query(text, locale or QLocale.c())
        rows = range(model.rowCount())
        return {model.run_at(row).id for row in rows if query.accepts(model.run_at(row), model.words_at(row))}

    search.texts = (texts, model)  # type: ignore[attr-defined]
    return search


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "abcd"),
        ("   ", "abcd"),
        ("rank=4", "bd"),
        ("r=4", "bd"),
        ("rank!=4", "ac"),
        ("rank>2 rank<8", "bd"),
        ("rank>=4", "bcd"),
        ("lr<0.01", "ad"),
        ("lr<=1e-2", "abd"),
        ("learning_rate:0.1", "c"),
        ("noise=0.5", "c"),
        ("loss<1e9", "abc"),
        ("task:digits", "a"),
        ("TASK:Digits", "a"),
        ("task=low_rank", "c"),
        ("task:planted", "c"),
        ("ended:diverged", "b"),
        ("digits", "a"),
        ("elbow", "c"),
        ("notes:elbow", "c"),
        ("name:elbow", ""),
        ("too rank", "b"),
        ('"low a"', "b"),
        ('name:"low a" rank=4', "b"),
        ('"low z"', ""),
        ("adam rank=8", "c"),
    ],
)
def test_words_and_terms_find_the_runs_they_should(found: Found, text: str, ids: str) -> None:
    assert found(text) == set(ids)
    assert read_query(text, QLocale.c()).faults == ()


def test_noise_is_not_compared_where_the_task_does_not_use_it(found: Found) -> None:
    assert found("noise>=0") == {"c"}


def test_numbers_are_read_in_the_locale_and_with_a_point(qtbot: QtBot) -> None:
    german = QLocale(QLocale.Language.German)
    words = RunsModel(RunTexts(), Slots())
    words.show(RUNS)
    for text in ("lr=0,003", "lr=0.003"):
        query = read_query(text, german)
        assert [run.id for run in RUNS if query.accepts(run, words.words_at(0))] == ["d"]


@pytest.mark.parametrize(
    ("text", "kind", "field", "value"),
    [
        ("foo:1", "field", "foo", "1"),
        ("rank=four", "number", "rank", "four"),
        ("rank=", "number", "rank", ""),
        ("task<3", "comparison", "task", "3"),
    ],
)
def test_a_term_that_means_nothing_is_named_and_left_out(
    found: Found, text: str, kind: str, field: str, value: str
) -> None:
    faults = read_query(text, QLocale.c()).faults
    assert [(fault.kind, fault.field, fault.value) for fault in faults] == [(kind, field, value)]
    assert found(f"{text} rank=4") == {"b", "d"}
