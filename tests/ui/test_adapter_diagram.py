"""The diagram by mouse and key: shapes, values, colours, the rank by drag, one matrix in large."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture, Watch
from lora_gui.domain.pooling import Floats
from lora_gui.domain.progress import Snapshot
from lora_gui.ui.diagram.adapter_diagram import AdapterDiagram
from lora_gui.ui.diagram.colour_bar import ColourBar
from lora_gui.ui.diagram.heat_map import STEPS, colour_table, heat_map
from lora_gui.ui.diagram.matrix_view import MARGIN, MatrixView
from lora_gui.ui.diagram.rank_edge import RankEdge
from lora_gui.ui.diagram.read_out import ReadOut
from lora_gui.ui.theme import DARK, LIGHT, Theme, theme, theme_switch

CONFIG = RunConfig(in_features=32, out_features=24, rank=4, task="low_rank", scaling=0.5)


def picture_of(config: RunConfig, product: Matrix = Matrix.MERGED, distance: float | None = None) -> Picture:
    """Make a picture whose every value tells its place: row + column / 100."""
    maps: dict[Matrix, Floats] = {}
    for matrix in (Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B, product):
        maps[matrix] = places(matrix.shape(config.in_features, config.out_features, config.rank))
    if product is Matrix.UPDATE and distance is not None:
        maps[Matrix.PLANTED] = maps[product]
    weight = maps[Matrix.WEIGHT].T
    shot = Snapshot(3, 0.5, weight, weight[:, 0], maps[Matrix.LORA_A], maps[Matrix.LORA_B])
    extreme = max(float(values.max()) for values in maps.values())
    return Picture(shot, None, Watch(99, 99, 99, product), maps, extreme, distance)


def places(shape: tuple[int, int]) -> Floats:
    rows, columns = np.indices(shape, dtype=np.float32)
    return np.asarray(rows + columns / 100, np.float32)


@pytest.fixture
def diagram(qtbot: QtBot) -> Iterator[AdapterDiagram]:
    diagram = AdapterDiagram()
    qtbot.addWidget(diagram)
    diagram.resize(900, 260)
    diagram.show_config(CONFIG)
    diagram.show()
    qtbot.waitExposed(diagram)
    yield diagram
    if diagram.large:
        diagram.large.close()


def view(diagram: AdapterDiagram, matrix: Matrix) -> MatrixView:
    found = diagram.findChild(MatrixView, f"{matrix}_map")
    assert found is not None
    return found


def middle_of(view: MatrixView, row: int, column: int) -> QPoint:
    """Return where the middle of a cell is."""
    assert view.values is not None
    rows, columns = view.values.shape
    area = view.area()
    x, y = area.width() * (column + 0.5) / columns, area.height() * (row + 0.5) / rows
    return (QPointF(area.topLeft()) + QPointF(x, y)).toPoint()


def hover(view: MatrixView, place: QPoint) -> None:
    """Move the pointer where another window lies above: a platform without a screen stacks none."""
    button = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(view.mapToGlobal(place)),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def read_out(diagram: AdapterDiagram) -> ReadOut:
    found = diagram.window().findChild(ReadOut)
    assert found is not None
    return found


def edge(diagram: AdapterDiagram, orientation: Qt.Orientation) -> RankEdge:
    return next(e for e in diagram.findChildren(RankEdge) if e._orientation is orientation)


def test_shapes_follow_the_config(diagram: AdapterDiagram) -> None:
    shown = [m for m in Matrix if view(diagram, m).isVisible()]
    assert shown == [Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B, Matrix.MERGED]
    before = view(diagram, Matrix.LORA_A).area().width()
    diagram.show_config(CONFIG.with_("rank", 12))
    after = view(diagram, Matrix.LORA_A).area().width()
    assert after == pytest.approx(3 * before, abs=3)
    assert view(diagram, Matrix.LORA_B).area().height() == pytest.approx(after, abs=1)
    weight = view(diagram, Matrix.WEIGHT).area()
    assert weight.height() / weight.width() == pytest.approx(32 / 24, abs=0.05)


def test_every_matrix_says_what_it_is(diagram: AdapterDiagram) -> None:
    name = view(diagram, Matrix.LORA_B).accessibleName()
    assert all(word in name for word in ("B", "trainable", "4 rows", "24 columns", "96"))
    assert "frozen" in view(diagram, Matrix.WEIGHT).accessibleName()
    summary = diagram.accessibleDescription()
    assert all(word in summary for word in ("32 × 24", "32 × 4", "4 × 24", "0.5", "W′"))


@pytest.mark.parametrize(
    ("n_in", "n_out", "caption"), [(32, 24, "drawn to scale"), (16_384, 2, "not to scale: W₀, A, B, W′")]
)
def test_the_caption_is_honest_about_scale(
    diagram: AdapterDiagram, n_in: int, n_out: int, caption: str
) -> None:
    diagram.show_config(RunConfig(in_features=n_in, out_features=n_out, rank=1))
    label = diagram.findChild(QLabel, "drawn_to_scale")
    assert label is not None
    assert label.toolTip() == caption


def test_without_values_the_shapes_are_empty_and_say_so(diagram: AdapterDiagram) -> None:
    weight = view(diagram, Matrix.WEIGHT)
    image = weight.grab().toImage()
    assert image.pixelColor(weight.area().center()).name() == theme().zero
    QTest.mouseMove(weight, weight.area().center())
    assert "when the run starts" in read_out(diagram).text()


def test_the_pointer_reads_row_column_and_value(diagram: AdapterDiagram) -> None:
    diagram.show_picture(picture_of(CONFIG))
    for matrix, sign in ((Matrix.WEIGHT, "W₀"), (Matrix.LORA_B, "B"), (Matrix.MERGED, "W′")):
        target = view(diagram, matrix)
        QTest.mouseMove(target, middle_of(target, 3, 17))
        value = QLocale().toString(3.17, "g", 6)
        assert read_out(diagram).text() == f"{sign}, row 3, column 17\n{value}"
        assert read_out(diagram).isVisible()


def test_the_read_out_lives_while_the_pointer_rests(diagram: AdapterDiagram) -> None:
    diagram.show_picture(picture_of(CONFIG))
    weight = view(diagram, Matrix.WEIGHT)
    QTest.mouseMove(weight, middle_of(weight, 2, 2))
    newer = picture_of(CONFIG)
    diagram.show_picture(
        Picture(newer.snapshot, None, newer.watch, {m: -v for m, v in newer.maps.items()}, newer.extreme)
    )
    assert read_out(diagram).text().endswith("-2.02")
    QTest.mouseMove(diagram, QPoint(5, 5))
    assert not read_out(diagram).isVisible()


def test_a_pooled_pixel_tells_its_range_and_its_extreme(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    config = RunConfig(in_features=4000, out_features=3000, rank=8)
    diagram.show_config(config)
    diagram.show_picture(picture_of(config))
    weight = view(diagram, Matrix.WEIGHT)
    assert weight.values is not None
    assert weight.values.shape == (weight.area().height(), weight.area().width())
    QTest.mouseMove(weight, weight.area().bottomRight())
    text = read_out(diagram).text()
    assert "–3999, columns" in text
    assert QLocale().toString(3999 + 29.99, "g", 6) in text
    assert "most extreme of" in text


def test_the_arrow_keys_read_too(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    diagram.show_picture(picture_of(CONFIG))
    weight = view(diagram, Matrix.WEIGHT)
    weight.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(weight, key)
    # The first key only begins, at row 0 and column 0.
    assert "row 1, column 1" in read_out(diagram).text()
    for _ in range(5):
        QTest.keyClick(weight, Qt.Key.Key_Up)
    assert "row 0, column 1" in read_out(diagram).text()


def test_a_picture_of_other_shapes_is_not_stretched_over_these(diagram: AdapterDiagram) -> None:
    diagram.show_picture(picture_of(CONFIG))
    assert view(diagram, Matrix.LORA_A).values is not None
    diagram.show_config(CONFIG.with_("rank", 5))
    assert view(diagram, Matrix.LORA_A).values is None
    diagram.show_config(CONFIG)
    assert view(diagram, Matrix.LORA_A).values is not None


def test_the_update_stands_beside_what_was_planted(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    button = diagram.findChild(QToolButton, "show_update")
    assert button is not None
    with qtbot.waitSignal(diagram.watch_changed) as asked:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args[0].product is Matrix.UPDATE
    diagram.show_picture(picture_of(CONFIG, Matrix.UPDATE, distance=0.125))
    shown = [m for m in Matrix if view(diagram, m).isVisible()]
    assert shown == [Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B, Matrix.UPDATE, Matrix.PLANTED]
    assert "ΔW" in diagram.accessibleDescription()
    assert view(diagram, Matrix.PLANTED).values is not None
    texts = diagram._texts.label(Matrix.PLANTED, CONFIG, 0.125, short=False)
    assert "12.5" in texts[1]
    diagram.show_config(RunConfig())
    assert not view(diagram, Matrix.PLANTED).isVisible()


@pytest.mark.parametrize("orientation", [Qt.Orientation.Horizontal, Qt.Orientation.Vertical])
def test_dragging_an_edge_chooses_the_rank(
    diagram: AdapterDiagram, qtbot: QtBot, orientation: Qt.Orientation
) -> None:
    chosen: list[int] = []

    def follow(rank: int) -> None:
        chosen.append(rank)
        diagram.show_config(CONFIG.with_("rank", rank))

    diagram.rank_chosen.connect(follow)
    handle = edge(diagram, orientation)
    scale = diagram._canvas.arrangement.scale
    shape = Qt.CursorShape.SizeHorCursor, Qt.CursorShape.SizeVerCursor
    assert handle.cursor().shape() is shape[orientation is Qt.Orientation.Vertical]

    def along(pixels: float) -> QPoint:
        offset = (
            QPoint(round(pixels), 0) if orientation is Qt.Orientation.Horizontal else QPoint(0, round(pixels))
        )
        return handle.mapFromGlobal(start + offset)

    start = handle.mapToGlobal(handle.rect().center())
    with qtbot.waitSignal(diagram.rank_grabbed):
        QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center())
    QTest.mouseMove(handle, along(3 * scale))
    assert chosen[-1] == 7
    QTest.mouseMove(handle, along(1000))
    assert chosen[-1] == 24
    QTest.mouseMove(handle, along(-1000))
    assert chosen[-1] == 1
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=along(-1000))
    QTest.mouseMove(handle, along(5 * scale))
    assert chosen[-1] == 1


def test_during_a_run_the_rank_is_held_and_says_why(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    diagram.set_running(True)
    handle = edge(diagram, Qt.Orientation.Horizontal)
    assert "stop it first" in handle.toolTip()
    with qtbot.assertNotEmitted(diagram.rank_chosen):
        QTest.mousePress(handle, Qt.MouseButton.LeftButton)
        QTest.mouseMove(handle, QPoint(80, 20))
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    diagram.set_running(False)
    assert "Drag" in handle.toolTip()


def test_a_click_opens_a_matrix_that_stays_live(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    diagram.show_picture(picture_of(CONFIG))
    weight = view(diagram, Matrix.WEIGHT)
    with qtbot.waitSignal(diagram.watch_changed) as asked:
        QTest.mouseClick(weight, Qt.MouseButton.LeftButton, pos=weight.area().center())
    large = diagram.large
    assert large is not None
    qtbot.waitExposed(large)
    assert large.view.area().height() > 2 * weight.area().height()
    assert asked.args[0].rows == large.view.area().height()
    newer = picture_of(CONFIG)
    diagram.show_picture(
        Picture(newer.snapshot, None, newer.watch, {m: -v for m, v in newer.maps.items()}, newer.extreme)
    )
    hover(large.view, middle_of(large.view, 5, 6))
    said = large.findChild(ReadOut)
    assert said is not None
    assert said.text().endswith("row 5, column 6\n-5.06")
    with qtbot.waitSignal(large.destroyed):
        QTest.keyClick(large, Qt.Key.Key_Escape)
    assert diagram.large is None
    QTest.mouseMove(weight, middle_of(weight, 1, 1))
    assert read_out(diagram).isVisible()


@pytest.mark.parametrize("matrix", [Matrix.LORA_A, Matrix.LORA_B])
def test_enter_opens_the_factor_with_the_focus(diagram: AdapterDiagram, qtbot: QtBot, matrix: Matrix) -> None:
    target = view(diagram, matrix)
    with qtbot.waitSignal(diagram.watch_changed) as asked:
        QTest.keyClick(target, Qt.Key.Key_Return)
    assert diagram.large is not None
    assert diagram.large.view.matrix is matrix
    area = diagram.large.view.area()
    assert asked.args[0].rank == (area.width() if matrix is Matrix.LORA_A else area.height())


def test_nothing_is_asked_for_that_cannot_be_seen(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: diagram.watch is not None)
    with qtbot.waitSignal(diagram.watch_changed) as asked:
        diagram.hide()
    assert asked.args[0] is None
    with qtbot.waitSignal(diagram.watch_changed) as asked:
        diagram.show()
    assert asked.args[0].rows == view(diagram, Matrix.WEIGHT).area().height()


def test_the_keyboard_reaches_every_matrix(diagram: AdapterDiagram) -> None:
    for matrix in (Matrix.WEIGHT, Matrix.LORA_A, Matrix.LORA_B, Matrix.MERGED):
        assert view(diagram, matrix).focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_bar_names_the_ends_of_the_scale(diagram: AdapterDiagram) -> None:
    bar = diagram.findChild(ColourBar)
    assert bar is not None
    assert bar.texts == ("0", "0")
    bar.show_extreme(0.4321)
    assert bar.texts == (QLocale().toString(-0.432), QLocale().toString(0.432))
    assert "0.432" in bar.accessibleName()
    bar.show_extreme(1.5e-7)
    assert "e" in bar.texts[1].lower()


def test_without_values_there_is_no_scale_to_draw(diagram: AdapterDiagram) -> None:
    bar = diagram.findChild(ColourBar)
    assert bar is not None

    def colours() -> set[str]:
        image = bar.grab().toImage()
        return {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}

    assert len(colours()) == 1
    bar.show_extreme(1.0)
    assert len(colours()) > 10


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=lambda t: t.name)
def test_zero_is_the_ground_and_the_ends_are_the_ends(worn: Theme) -> None:
    values = np.array([[-2, 0, 2, 1e-12, -1]], np.float32)
    image = heat_map(values, 2.0, worn)
    assert [image.pixelColor(x, 0).name() for x in range(4)] == [
        worn.negative,
        worn.zero,
        worn.positive,
        worn.zero,
    ]
    assert heat_map(values, 0.0, worn).pixelColor(0, 0).name() == worn.zero
    assert image.format() is QImage.Format.Format_Indexed8


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=lambda t: t.name)
def test_larger_magnitudes_stand_out_more_without_colour_vision(worn: Theme) -> None:
    lightness = np.array([QColor(colour).lightness() for colour in colour_table(worn)], float)
    apart = np.abs(lightness - lightness[STEPS])
    assert (np.diff(apart[STEPS:]) >= 0).all()
    assert (np.diff(apart[:STEPS]) <= 0).all()
    assert min(apart[0], apart[-1]) > 60


def test_a_switch_of_theme_is_seen_at_once(diagram: AdapterDiagram, qtbot: QtBot) -> None:
    diagram.show_picture(picture_of(CONFIG))
    target = view(diagram, Matrix.WEIGHT)
    corner = target.area().bottomRight()
    seen = []
    try:
        for name in ("light", "dark"):
            theme_switch().choose(name)
            frame = target.grab().toImage().pixelColor(MARGIN - 1, MARGIN + 5).name()
            assert frame == theme().frozen
            seen.append(target.grab().toImage().pixelColor(corner).name())
        assert seen == [LIGHT.positive, DARK.positive]
    finally:
        theme_switch().choose("system")
