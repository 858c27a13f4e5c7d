"""The diagram in the real window: live values, the rank by drag, sizes remembered."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSplitter
from pytestqt.qtbot import QtBot

from lora_gui.app import create_app
from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture
from lora_gui.domain.run import RunState
from lora_gui.engine.trainer import Trainer
from lora_gui.runtime.session import Session
from lora_gui.ui.diagram.matrix_view import MatrixView
from lora_gui.ui.diagram.rank_edge import RankEdge
from lora_gui.ui.main_window import MainWindow

WAIT_MS = 30_000
PLANTED = RunConfig(
    in_features=40, out_features=30, rank=3, task="low_rank", samples=50, epochs=40, engine="reference"
)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    _, window = create_app(["lora-gui"], complete=True)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.deleteLater()


def session_of(window: MainWindow) -> Session:
    session = window.findChild(Session)
    assert session is not None
    return session


def view(window: MainWindow, matrix: Matrix) -> MatrixView:
    found = window.findChild(MatrixView, f"{matrix}_map")
    assert found is not None
    return found


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def finish(window: MainWindow, qtbot: QtBot, config: RunConfig) -> None:
    window.restore_config(config)
    action(window, "start").trigger()
    qtbot.waitUntil(lambda: session_of(window).state is RunState.FINISHED, timeout=WAIT_MS)


def test_values_live_and_end_as_the_trainers(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[Picture] = []
    session_of(window).pictured.connect(seen.append)
    session_of(window).set_speed(40.0)
    finish(window, qtbot, PLANTED)
    assert len({picture.snapshot.epoch for picture in seen}) >= 4
    trainer = Trainer(PLANTED)
    trainer.advance(PLANTED.epochs)
    for matrix, tensor in ((Matrix.LORA_A, trainer.layer.lora_A), (Matrix.LORA_B, trainer.layer.lora_B)):
        shown = view(window, matrix).values
        assert shown is not None
        assert np.array_equal(shown, tensor.detach().numpy())
    trainer.layer.merge()
    merged = view(window, Matrix.MERGED).values
    assert merged is not None
    assert np.allclose(merged, trainer.layer.weight.numpy().T, atol=1e-6)


def test_after_the_end_the_update_can_still_be_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    finish(window, qtbot, PLANTED)
    button = window.diagram.findChild(QAbstractButton, "show_update")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: view(window, Matrix.PLANTED).values is not None, timeout=WAIT_MS)
    trainer = Trainer(PLANTED)
    trainer.advance(PLANTED.epochs)
    shown = view(window, Matrix.UPDATE).values
    assert shown is not None
    assert np.allclose(shown, trainer.layer.update().numpy(), atol=1e-6)


def test_rewind_empties_the_shapes(window: MainWindow, qtbot: QtBot) -> None:
    finish(window, qtbot, PLANTED)
    qtbot.waitUntil(lambda: view(window, Matrix.WEIGHT).values is not None, timeout=WAIT_MS)
    action(window, "rewind").trigger()
    assert view(window, Matrix.WEIGHT).values is None


def test_a_drag_of_an_edge_is_one_edit_of_the_rank(window: MainWindow, qtbot: QtBot) -> None:
    window.restore_config(PLANTED)
    handle = window.findChildren(RankEdge)[0]
    scale = window.diagram._canvas.arrangement.scale
    start = handle.mapToGlobal(handle.rect().center())
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center())
    for ranks in (2, 5, 9):
        QTest.mouseMove(handle, handle.mapFromGlobal(start + QPoint(round(ranks * scale), 0)))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert window.config.rank == 12
    assert view(window, Matrix.LORA_A).area().width() == round(12 * scale)
    action(window, "undo").trigger()
    assert window.config.rank == 3


def test_the_rank_is_held_while_a_run_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    window.restore_config(PLANTED)
    action(window, "step").trigger()
    qtbot.waitUntil(lambda: session_of(window).state is RunState.PAUSED, timeout=WAIT_MS)
    handle = window.findChildren(RankEdge)[0]
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center())
    QTest.mouseMove(handle, QPoint(90, 30))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert window.config.rank == 3
    assert "stop it first" in handle.toolTip()


def test_in_a_small_window_the_plot_keeps_half_of_the_height(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 720)
    qtbot.wait(50)
    views = window.findChild(QSplitter, "views")
    assert views is not None
    diagram, plot = views.sizes()
    assert plot >= diagram
    assert diagram >= 150


def test_the_height_of_the_diagram_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    views = window.findChild(QSplitter, "views")
    assert views is not None
    views.setSizes([320, sum(views.sizes()) - 320])
    before = views.sizes()
    state = window.layout_state()
    views.setSizes([200, sum(before) - 200])
    assert views.sizes() != before
    window.restore_layout(state)
    assert views.sizes() == before
