"""When pictures are drawn, and that the newest reaches whoever watches."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture, Watch
from lora_gui.domain.run import RunState
from lora_gui.engine.trainer import Trainer
from lora_gui.runtime.session import Session
from lora_gui.runtime.watching import INTERVAL_SECONDS, REST, Watching

WATCH = Watch(100, 100, 100)
CONFIG = RunConfig(samples=20, epochs=1_000_000)
WAIT_MS = 20_000


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def trainer() -> Trainer:
    return Trainer(CONFIG)


def epoch_of(picture: Picture | None) -> int:
    assert picture is not None
    return picture.snapshot.epoch


def test_nothing_is_drawn_that_nobody_watches(trainer: Trainer) -> None:
    watching = Watching()
    watching.look(trainer, now=True)
    assert watching.picture is None
    assert watching.wait(trainer) == float("inf")


def test_pictures_keep_their_distance(trainer: Trainer) -> None:
    clock = Clock()
    watching = Watching(WATCH, clock)
    watching.look(trainer)
    assert epoch_of(watching.take()) == 0
    trainer.advance(1)
    clock.now += INTERVAL_SECONDS / 2
    watching.look(trainer)
    assert epoch_of(watching.picture) == 0
    assert watching.wait(trainer) == pytest.approx(INTERVAL_SECONDS / 2)
    clock.now += 0.6 * INTERVAL_SECONDS
    watching.look(trainer)
    assert epoch_of(watching.picture) == 1


def test_no_picture_is_drawn_while_the_last_one_waits_to_be_taken(trainer: Trainer) -> None:
    clock = Clock()
    watching = Watching(WATCH, clock)
    watching.look(trainer)
    trainer.advance(1)
    clock.now += 10 * INTERVAL_SECONDS
    watching.look(trainer)
    assert watching.wait(trainer) > 0
    assert epoch_of(watching.take()) == 0
    assert watching.wait(trainer) == 0
    watching.look(trainer)
    assert epoch_of(watching.take()) == 1
    trainer.advance(1)
    watching.look(trainer, now=True)  # the end, or a pause: always drawn
    assert epoch_of(watching.take()) == 2


def test_a_dear_picture_is_followed_by_a_long_rest(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    watching = Watching(WATCH, clock)
    draw = Watching._draw

    def slow(self: Watching, trainer: Trainer, watch: Watch) -> Picture:
        clock.now += 0.5
        return draw(self, trainer, watch)

    monkeypatch.setattr(Watching, "_draw", slow)
    watching.look(trainer)
    watching.take()
    trainer.advance(1)
    assert watching.wait(trainer) == pytest.approx(REST * 0.5)
    assert 0.5 / (0.5 + watching.wait(trainer)) < 0.02


def test_nothing_is_drawn_twice(trainer: Trainer) -> None:
    watching = Watching(WATCH, Clock())
    watching.look(trainer)
    first = watching.picture
    watching.look(trainer, now=True)
    assert watching.picture is first
    trainer.advance(1)
    watching.look(trainer, now=True)
    assert epoch_of(watching.picture) == 1


def test_a_new_wish_is_granted_at_once(trainer: Trainer) -> None:
    watching = Watching(WATCH, Clock())
    watching.look(trainer)
    watching.watch = Watch(3, 3, 3)
    assert watching.wait(trainer) == 0
    watching.look(trainer)
    assert watching.picture is not None
    assert watching.picture.maps[Matrix.WEIGHT].shape == (3, 3)


def test_a_diverged_state_is_not_shown(trainer: Trainer) -> None:
    watching = Watching(WATCH, Clock())
    watching.look(trainer)
    trainer.layer.lora_A.data.fill_(float("nan"))
    trainer.advance(1)
    watching.look(trainer, now=True)
    assert epoch_of(watching.picture) == 0


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.shutdown()


def test_pictures_come_while_a_run_goes_on(session: Session, qtbot: QtBot) -> None:
    seen: list[Picture] = []
    session.pictured.connect(seen.append)
    session.watch(WATCH)
    session.start(CONFIG)
    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=WAIT_MS)
    epochs = [picture.snapshot.epoch for picture in seen]
    assert epochs == sorted(set(epochs))
    session.watch(None)
    qtbot.wait(150)  # what was drawn meanwhile still arrives
    count = len(seen)
    qtbot.wait(300)
    assert len(seen) == count


def test_the_last_picture_is_of_the_end(session: Session, qtbot: QtBot) -> None:
    session.watch(WATCH)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.start(RunConfig(epochs=7))
    trainer = Trainer(RunConfig(epochs=7))
    trainer.advance(7)
    assert session.picture is not None
    assert session.picture.snapshot.epoch == 7
    assert np.array_equal(session.picture.maps[Matrix.LORA_B], trainer.layer.lora_B.detach().numpy())


def wait_for_picture_of(epoch: int, session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: session.picture is not None and session.picture.snapshot.epoch == epoch, timeout=WAIT_MS
    )


def test_pause_and_step_show_the_state_reached(session: Session, qtbot: QtBot) -> None:
    session.watch(WATCH)
    session.step(CONFIG)
    for epoch in (1, 2, 3):
        wait_for_picture_of(epoch, session, qtbot)
        assert session.epoch == epoch
        session.step(CONFIG)
    session.start(CONFIG)
    qtbot.waitUntil(lambda: session.epoch > 50, timeout=WAIT_MS)
    session.pause()
    qtbot.wait(150)
    assert epoch_of(session.picture) == session.epoch


def test_every_epoch_of_a_slow_run_is_shown(session: Session, qtbot: QtBot) -> None:
    seen: list[int] = []
    session.pictured.connect(lambda picture: seen.append(picture.snapshot.epoch))
    session.watch(WATCH)
    session.set_speed(5.0)
    session.start(RunConfig(epochs=6))
    qtbot.waitUntil(lambda: session.state is RunState.FINISHED, timeout=WAIT_MS)
    assert set(range(1, 7)) <= set(seen)


def test_a_run_that_has_ended_is_drawn_again(session: Session, qtbot: QtBot) -> None:
    session.watch(WATCH)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.start(RunConfig(epochs=2, task="low_rank"))
    for size in (5, 6, 7):
        session.watch(Watch(size, size, size, Matrix.UPDATE))
    qtbot.waitUntil(lambda: session.picture is not None and session.picture.watch.rows == 7, timeout=WAIT_MS)
    assert session.picture is not None
    assert session.picture.maps[Matrix.UPDATE].shape == (7, 7)
    assert session.picture.distance is not None
    assert session.picture.snapshot.epoch == 2


def test_a_picture_of_a_forgotten_run_is_not_shown(session: Session, qtbot: QtBot) -> None:
    session.watch(WATCH)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.start(RunConfig(epochs=2))
    session.watch(Watch(5, 5, 5))
    session.rewind()
    assert session.picture is None
    qtbot.wait(200)
    assert session.picture is None


def test_changing_the_scaling_of_a_paused_run_is_seen(session: Session, qtbot: QtBot) -> None:
    session.watch(WATCH)
    session.step(CONFIG)
    wait_for_picture_of(1, session, qtbot)
    session.change("scaling", 3.0)
    qtbot.waitUntil(
        lambda: session.picture is not None and session.picture.snapshot.scaling == 3.0, timeout=WAIT_MS
    )


def test_shutdown_waits_for_a_picture_being_redrawn(qtbot: QtBot) -> None:
    session = Session()
    session.watch(WATCH)
    with qtbot.waitSignal(session.ended, timeout=WAIT_MS):
        session.start(RunConfig(epochs=1))
    session.watch(Watch(9, 9, 9))
    session.shutdown()  # the leak check of every test looks for the thread
