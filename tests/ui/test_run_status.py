"""The run's line in the status bar: every fact, at rest while numbers change, never too wide."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from lora_gui.domain.run import RunState
from lora_gui.ui import run_status
from lora_gui.ui.cards import IconView
from lora_gui.ui.run_status import LOOKS, WARMING_UP, RunFacts, RunStatus

FACTS = RunFacts(
    state="training",
    epoch=4321,
    epochs=10_000,
    rate=61_234.0,
    seconds_left=2.1,
    loss=243.7067,
    accuracy=0.934,
    device="cpu",
    engine="closed form",
    best=1.1357,
)
LONGEST = RunFacts(
    state="warming_up",
    epoch=9_999_999,
    epochs=10_000_000,
    rate=61_234,
    seconds_left=9_999_999,
    loss=1.2e-7,
    accuracy=0.934,
    device="cuda:0 · NVIDIA H200",
    best=1e-7,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def status(qtbot: QtBot) -> RunStatus:
    status = RunStatus()
    qtbot.addWidget(status)
    status.resize(1280, 30)
    status.show()
    return status


def part(status: RunStatus, name: str) -> QLabel:
    found = status.findChild(QLabel, f"{name}_label")
    assert found is not None
    return found


def overflows(status: RunStatus) -> bool:
    inside = [w for w in status.findChildren(QWidget) if w.isVisible()]
    spans = sorted((w.mapTo(status, w.rect().topLeft()).x(), w.width()) for w in inside)
    crossing = any(x + width > after for (x, width), (after, _) in pairwise(spans))
    return crossing or spans[-1][0] + spans[-1][1] > status.width()


def test_every_fact_is_shown(status: RunStatus) -> None:
    status.show_facts(FACTS)
    shown = {
        "state": "Training",
        "epoch": "epoch 4,321 of 10,000",
        "percent": "43 %",
        "rate": "61,200 epochs/s",
        "time_left": "0:02 left",
        "loss": "loss 243.7067",
        "best": "best 1.1357",
        "accuracy": "accuracy 93.4 %",
        "device": "cpu · closed form",
    }
    assert {name: part(status, name).text() for name in shown} == shown
    bar = status.findChild(QProgressBar, "progress")
    assert bar is not None
    assert (bar.value(), bar.maximum()) == (4321, 10_000)
    assert all(part(status, name).isVisible() for name in shown)
    assert not overflows(status)


def test_what_is_unknown_is_left_out(status: RunStatus) -> None:
    status.show_facts(RunFacts("ready", epochs=10, device="cpu"))
    for name in ("rate", "time_left", "loss", "best", "accuracy"):
        assert part(status, name).text() == ""
    assert not part(status, "rate").isVisible()
    assert part(status, "device").text() == "cpu"


@pytest.mark.parametrize("state", [WARMING_UP, *RunState])
def test_every_state_has_a_word_an_icon_and_a_colour(status: RunStatus, state: str) -> None:
    status.show_facts(replace(FACTS, state=state))
    icon = status.findChild(IconView)
    assert icon is not None
    assert icon.name == LOOKS[state][0]
    assert part(status, "state").text().lower().replace(" ", "_") == state


def test_no_two_states_look_the_same_but_for_their_word() -> None:
    ends = (RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED, RunState.FAILED, RunState.PAUSED)
    assert len({LOOKS[state][0] for state in ends}) == len(ends)


def test_a_state_that_is_none_is_refused(status: RunStatus) -> None:
    with pytest.raises(KeyError, match="dancing"):
        status.show_facts(replace(FACTS, state="dancing"))


def test_percent_says_100_only_at_the_end(status: RunStatus) -> None:
    status.show_facts(replace(FACTS, epoch=9_999_999, epochs=10_000_000))
    assert part(status, "percent").text() == "99 %"
    status.show_facts(replace(FACTS, epoch=29, epochs=100))
    assert part(status, "percent").text() == "29 %"
    status.show_facts(replace(FACTS, epoch=10_000))
    assert part(status, "percent").text() == "100 %"


def test_more_epochs_than_planned_do_not_overflow_the_bar(status: RunStatus) -> None:
    status.show_facts(replace(FACTS, epoch=500, epochs=100))
    bar = status.findChild(QProgressBar, "progress")
    assert bar is not None
    assert bar.value() == bar.maximum() == 100


def test_nothing_moves_while_numbers_change(status: RunStatus, qtbot: QtBot) -> None:
    status.show_facts(replace(FACTS, epoch=0, rate=None, seconds_left=None, loss=243.7067, best=243.7067))
    names = ("state", "epoch", "percent", "rate", "time_left", "loss", "best", "accuracy")

    def places() -> list[int]:
        QApplication.processEvents()
        return [part(status, name).x() for name in names]

    before = places()
    for epoch in (1, 11, 999, 8888, 10_000):
        rate, left = epoch / 0.17, (10_000 - epoch) / 100
        status.show_facts(
            replace(FACTS, epoch=epoch, rate=rate, seconds_left=left, loss=200 / epoch, best=0.5)
        )
        assert places() == before


def test_long_numbers_never_force_the_window_wider(status: RunStatus, qtbot: QtBot) -> None:
    for width in (700, 1000, 1280, 1900):
        status.resize(width, 30)
        status.show_facts(replace(LONGEST, state="training"))
        QApplication.processEvents()
        assert status.width() == width
        assert not overflows(status)
        assert part(status, "epoch").isVisible()
    assert part(status, "best").isVisible()


class LongWords(QTranslator):
    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        # About as much longer as German is.
        return source + "n" * (len(source) // 3)


def test_longer_languages_fit_at_1280(status: RunStatus, qtbot: QtBot) -> None:
    translator = LongWords()
    QApplication.installTranslator(translator)
    try:
        QApplication.processEvents()
        status.show_facts(FACTS)
        QApplication.processEvents()
        assert part(status, "state").text() == "Trainingnn"
        assert not overflows(status)
        assert part(status, "device").isVisible()
        assert part(status, "time_left").isVisible()
    finally:
        QApplication.removeTranslator(translator)


def test_a_change_of_state_is_spoken_once(status: RunStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(run_status, "announce", lambda _, text: spoken.append(text))
    for epoch in range(3):
        status.show_facts(replace(FACTS, epoch=epoch))
    status.show_facts(replace(FACTS, state="finished"))
    assert spoken == ["Training", "Finished"]
