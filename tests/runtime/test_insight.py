"""What is found out beside the training: for the config shown, and for the run."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.likeness import Likeness
from lora_gui.domain.picture import Watch
from lora_gui.domain.run import RunState
from lora_gui.runtime.insight import Insight
from lora_gui.runtime.session import Session

SMALL = RunConfig(samples=50, in_features=12, out_features=7, rank=3)
LARGE = RunConfig(in_features=2000, out_features=2000)
WAIT_MS = 20_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.shutdown()


@pytest.fixture
def insight(session: Session) -> Iterator[Insight]:
    insight = Insight(session)
    yield insight
    insight.shutdown()


def wait_for_outlook(insight: Insight, qtbot: QtBot, config: RunConfig) -> None:
    qtbot.waitUntil(lambda: insight.outlook is not None and insight.outlook.suits(config), timeout=WAIT_MS)


def test_the_newest_config_wins_and_a_large_one_has_none(insight: Insight, qtbot: QtBot) -> None:
    for rank in (1, 2, 3, 4, 5):
        insight.show_config(SMALL.with_("rank", rank))
    wait_for_outlook(insight, qtbot, SMALL.with_("rank", 5))
    insight.show_config(LARGE)
    assert insight.outlook is None


def test_what_is_known_is_not_computed_again(
    insight: Insight, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    insight.show_config(SMALL)
    wait_for_outlook(insight, qtbot, SMALL)
    asked: list[object] = []
    monkeypatch.setattr(insight._looking, "ask", asked.append)
    insight.show_config(SMALL.with_("learning_rate", 0.5))
    assert asked == []


def test_the_run_keeps_its_outlook_while_another_config_is_shown(
    insight: Insight, session: Session, qtbot: QtBot
) -> None:
    insight.show_config(SMALL)
    wait_for_outlook(insight, qtbot, SMALL)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.start(SMALL)
    kept = insight.run_outlook
    assert kept is not None
    other = SMALL.with_("noise", 0.3).with_("seed", 1)
    insight.show_config(other)
    wait_for_outlook(insight, qtbot, other)
    assert insight.run_outlook is kept
    session.start(other)
    assert insight.run_outlook is insight.outlook


def test_an_outlook_that_comes_after_the_start_is_the_runs_too(
    insight: Insight, session: Session, qtbot: QtBot
) -> None:
    session.start(SMALL.with_("epochs", 1_000_000))
    insight.show_config(SMALL)
    qtbot.waitUntil(lambda: insight.run_outlook is not None, timeout=WAIT_MS)


def test_likenesses_come_while_they_are_watched(insight: Insight, session: Session, qtbot: QtBot) -> None:
    found: list[Likeness] = []
    insight.likeness_found.connect(found.append)
    insight.show_config(SMALL)
    wait_for_outlook(insight, qtbot, SMALL)
    session.watch(Watch(10, 10, 3))
    session.start(SMALL.with_("epochs", 1_000_000))
    qtbot.waitUntil(lambda: session.epoch > 10 and session.picture is not None, timeout=WAIT_MS)
    assert found == []
    insight.watch_likeness(True)
    qtbot.waitUntil(lambda: len(found) > 1, timeout=WAIT_MS)
    assert found[-1].target is not None
    assert insight.run_outlook is not None
    assert found[-1].target is insight.run_outlook.target
    insight.watch_likeness(False)
    session.stop()
    qtbot.waitUntil(lambda: session.state is RunState.STOPPED, timeout=WAIT_MS)
    before = len(found)
    qtbot.wait(50)
    assert len(found) == before
    insight.watch_likeness(True)  # of a run that has ended
    qtbot.waitUntil(lambda: len(found) > before, timeout=WAIT_MS)
    assert found[-1].snapshot.epoch == session.epoch
