"""The spectrum tab: figures, singular values and overlap of a run with its target."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.analysis import Floors
from lora_gui.domain.config import RunConfig
from lora_gui.domain.likeness import Likeness, compare
from lora_gui.domain.outlook import Outlook
from lora_gui.domain.progress import Snapshot
from lora_gui.domain.spectrum import Spectrum, spectrum
from lora_gui.ui.plots.spectrum_view import SpectrumView
from lora_gui.ui.theme import DARK, LIGHT, SYSTEM, theme_switch

PLANTED = RunConfig(task="low_rank", in_features=12, out_features=9, rank=4, true_rank=2)
Floats = NDArray[np.float32]
FLOORS = Floors(np.ones(10), 1.0, None)


def factors(rank: int, seed: int) -> tuple[Floats, Floats]:
    generator = np.random.default_rng(seed)
    return (
        generator.standard_normal((12, rank)).astype(np.float32),
        generator.standard_normal((rank, 9)).astype(np.float32),
    )


def likeness(target: Spectrum | None, scaling: float = 1.0) -> Likeness:
    lora_A, lora_B = factors(4, 1)
    weight, bias = np.zeros((9, 12), np.float32), np.zeros(9, np.float32)
    return compare(Snapshot(5, scaling, weight, bias, lora_A, lora_B), target)


@pytest.fixture
def target() -> Spectrum:
    return spectrum(*factors(2, 0))


@pytest.fixture
def view(qtbot: QtBot, target: Spectrum) -> SpectrumView:
    made = SpectrumView()
    qtbot.addWidget(made)
    made.resize(620, 320)
    made.show_outlook(Outlook(PLANTED, FLOORS, target))
    made.show()
    qtbot.waitExposed(made)
    return made


def text(view: SpectrumView, name: str) -> str:
    found = view.findChild(QLabel, f"spectrum_{name}")
    assert isinstance(found, QLabel)
    return found.text()


def all_text(view: SpectrumView) -> str:
    return " ".join(label.text() for label in view.findChildren(QLabel))


def press(view: SpectrumView, name: str) -> None:
    button = view.findChild(QToolButton, name)
    assert isinstance(button, QToolButton)
    button.click()


def test_before_a_run_the_target_stands_alone(view: SpectrumView, target: Spectrum) -> None:
    assert view.chart.learned is None
    assert view.chart.target is target
    assert [row.name for row in view.chart.legend] == ["ΔW*, planted"]
    assert {text(view, name) for name in ("effective_rank", "update_norm", "energy", "overlap")} == {"–"}


def test_figures_are_those_of_the_update(view: SpectrumView, target: Spectrum) -> None:
    shown = likeness(target)
    view.show_likeness(shown)
    lora_A, lora_B = factors(4, 1)
    values = np.linalg.svd(lora_A.astype(np.float64) @ lora_B, compute_uv=False)[:4]
    assert text(view, "update_norm") == f"{np.linalg.norm(values):.1f}"
    share = values / values.sum()
    assert text(view, "effective_rank") == f"{np.exp(-(share * np.log(share)).sum()):.2f} of 4"
    # What was planted has rank 2: that many values count.
    assert "Energy in first 2" in all_text(view)
    assert text(view, "energy") == f"{100 * (values[:2] ** 2).sum() / (values**2).sum():.1f} %"
    assert shown.inputs is not None
    assert text(view, "overlap") == f"{shown.inputs[1, 1]:.3f}"


def test_each_figure_is_explained_with_its_source(view: SpectrumView) -> None:
    for source in ("Roy & Vetterli, 2007", "Frobenius", "Eckart & Young", "LoRA, section 7.2, eq. 4"):
        assert source in all_text(view)


def test_pointing_at_a_value_asks_for_so_many_directions(view: SpectrumView, target: Spectrum) -> None:
    shown = likeness(target)
    view.show_likeness(shown)
    view.chart.setFocus()
    QTest.keyClick(view.chart, Qt.Key.Key_Home)
    assert "Energy in first 1" in all_text(view)
    assert text(view, "energy") == f"{100 * shown.learned.energy[0]:.1f} %"
    assert "Singular value 1" in view.chart.accessibleDescription()
    QTest.keyClick(view.chart, Qt.Key.Key_End)
    assert text(view, "energy") == "100.0 %"
    assert "planted" not in view.chart.accessibleDescription()  # it has two values only
    QTest.keyClick(view.chart, Qt.Key.Key_Escape)
    assert "Energy in first 2" in all_text(view)


def test_without_a_planted_update_the_best_one_is_the_target(view: SpectrumView, target: Spectrum) -> None:
    view.show_outlook(Outlook(RunConfig(rank=4), FLOORS, target))
    assert [row.name for row in view.chart.legend] == ["best ΔW of rank 4"]


def test_an_unknown_target_leaves_the_spectrum(view: SpectrumView) -> None:
    view.show_outlook(None)
    view.show_likeness(likeness(None))
    assert [row.name for row in view.chart.legend] == ["ΔW, learned"]
    assert text(view, "overlap") == "–"
    assert text(view, "update_norm") != "–"
    assert view.map.overlap is None


def test_an_update_of_zero_is_shown_as_such(view: SpectrumView, target: Spectrum) -> None:
    view.show_likeness(likeness(target, scaling=0.0))
    assert text(view, "effective_rank") == "0 of 4"
    assert text(view, "update_norm") == "0"
    assert text(view, "overlap") == "–"
    assert "ΔW is zero" in all_text(view)
    press(view, "spectrum_log_y")
    assert not view.grab().isNull()


def test_a_run_without_an_adapter_says_so(view: SpectrumView, target: Spectrum) -> None:
    view.show_outlook(Outlook(RunConfig(method="full"), FLOORS, target))
    assert "no adapter" in view.chart.message
    assert "no adapter" in all_text(view)


def test_the_map_compares_inputs_or_outputs(view: SpectrumView, target: Spectrum) -> None:
    shown = likeness(target)
    view.show_likeness(shown)
    assert view.map.overlap is shown.inputs
    press(view, "overlap_outputs")
    assert view.map.overlap is shown.outputs
    assert shown.outputs is not None
    assert text(view, "overlap") == f"{shown.outputs[1, 1]:.3f}"


def test_the_map_is_read_by_mouse_and_keys(view: SpectrumView, target: Spectrum) -> None:
    shown = likeness(target)
    view.show_likeness(shown)
    assert shown.inputs is not None
    assert shown.inputs.shape == (4, 2)
    field = view.map.field
    QTest.mouseMove(view.map, QPoint(field.right() - 3, field.bottom() - 3))
    QApplication.processEvents()
    assert f"φ(4, 2) = {shown.inputs[3, 1]:.3f}" in view.map.accessibleDescription()
    assert view.map.accessibleDescription() in all_text(view)
    view.map.point_at(None)
    for key, cell in (
        (Qt.Key.Key_Down, (0, 0)),
        (Qt.Key.Key_Down, (1, 0)),
        (Qt.Key.Key_Right, (1, 1)),
        (Qt.Key.Key_Right, (1, 1)),
        (Qt.Key.Key_Up, (0, 1)),
        (Qt.Key.Key_Left, (0, 0)),
    ):
        QTest.keyClick(view.map, key)
        assert view.map.pointed == cell
    QTest.keyClick(view.map, Qt.Key.Key_Escape)
    assert view.map.pointed is None


def test_full_overlap_is_full_colour_in_both_themes(view: SpectrumView, target: Spectrum) -> None:
    lora_A, lora_B = factors(4, 1)
    view.show_outlook(Outlook(RunConfig(rank=4), FLOORS, spectrum(lora_A, lora_B)))
    view.show_likeness(likeness(spectrum(lora_A, lora_B)))
    try:
        for scheme, theme in (("light", LIGHT), ("dark", DARK)):
            theme_switch().choose(scheme)
            field = view.map.field
            image = view.map.grab().toImage()
            corner = image.pixelColor(QPoint(field.right() - 4, field.bottom() - 4))
            assert corner == QColor(theme.accent)
    finally:
        theme_switch().choose(SYSTEM)


def test_who_watches_is_told_and_nobody_draws_unseen(
    view: SpectrumView, target: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[bool] = []
    view.watched.connect(watched.append)
    view.hide()
    drawn: list[object] = []
    monkeypatch.setattr(view.chart, "show_spectra", lambda *args: drawn.append(args))
    view.show_likeness(likeness(target))
    assert drawn == []
    view.show()
    assert watched == [False, True]
    assert drawn


def test_the_axis_stands_still_while_values_change_a_little(view: SpectrumView, target: Spectrum) -> None:
    view.show_likeness(likeness(target))
    before = view.chart.up
    view.show_likeness(likeness(target, scaling=1.05))
    assert view.chart.up == before
    view.show_likeness(likeness(target, scaling=3.0))
    assert view.chart.up.high > before.high


def test_many_values_are_drawn_too(view: SpectrumView) -> None:
    generator = np.random.default_rng(0)
    large = spectrum(generator.standard_normal((600, 500)), generator.standard_normal((500, 600)))
    view.show_outlook(Outlook(RunConfig(in_features=600, out_features=600, rank=500), FLOORS, large))
    press(view, "spectrum_log_y")
    assert not view.grab().isNull()
