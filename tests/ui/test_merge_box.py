"""The merge check's button and result, and the lines that prove W0 frozen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.proof import MergeCheck, MergeFailure, WeightCheck
from lora_gui.domain.run import RunState
from lora_gui.ui.cards import IconView
from lora_gui.ui.merge_box import MergeBox
from lora_gui.ui.weight_proof import WeightProof

SAME = WeightCheck(10, "29ecc0e9", "29ecc0e9")
CHANGED = WeightCheck(10, "29ecc0e9", "0badf00d")


@pytest.fixture
def box(qtbot: QtBot) -> MergeBox:
    box = MergeBox()
    qtbot.addWidget(box)
    box.show()
    return box


def button(box: MergeBox) -> QPushButton:
    found = box.findChild(QPushButton, "merge_check")
    assert found is not None
    return found


def result(box: MergeBox) -> str:
    found = box.findChild(QLabel, "merge_result")
    assert found is not None
    return found.text()


def verdict(widget: MergeBox | WeightProof) -> str:
    found = widget.findChild(IconView)
    assert found is not None
    return found.name


@pytest.mark.parametrize("state", list(RunState))
def test_the_check_is_offered_where_something_is_trained(box: MergeBox, state: RunState) -> None:
    box.show_state(state)
    trained = {RunState.TRAINING, RunState.PAUSED, RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED}
    assert button(box).isEnabled() == (state in trained)
    assert ("Start a run" in button(box).toolTip()) == (state not in trained)


def test_without_an_adapter_there_is_nothing_to_merge(box: MergeBox) -> None:
    box.show_state(RunState.FINISHED)
    box.show_config(RunConfig(method="full"))
    assert not button(box).isEnabled()
    box.show_config(RunConfig())
    assert button(box).isEnabled()


def test_a_check_is_asked_for_once_and_answered(box: MergeBox, qtbot: QtBot) -> None:
    box.show_state(RunState.FINISHED)
    with qtbot.waitSignal(box.requested, timeout=1000):
        QTest.mouseClick(button(box), Qt.MouseButton.LeftButton)
    assert not button(box).isEnabled()
    assert "Merging" in result(box)
    box.show_result(MergeCheck(3.8e-6, 41.2, 250, SAME))
    assert button(box).isEnabled()
    assert "3.8e-06" in result(box)
    assert "41.2" in result(box)
    assert "29ecc0e9" in result(box)
    assert "same" in result(box)
    assert verdict(box) == "check"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (MergeCheck(0.5, 41.25, 250, SAME), "Largest difference 0.500, beside outputs of up to 41.2."),
        (MergeCheck(float("nan"), float("nan"), 250, SAME), "diverged"),
        (MergeCheck(float("inf"), float("inf"), 250, SAME), "diverged"),
        (MergeCheck(1e-9, 41.25, 250, CHANGED), "it changed"),
        (MergeFailure(NotEnoughMemory(2**31, 2**30, "CPU")), "2.0 GiB"),
    ],
)
def test_what_is_not_right_is_not_called_right(
    box: MergeBox, check: MergeCheck | MergeFailure, words: str
) -> None:
    box.show_state(RunState.PAUSED)
    box.show_result(check)
    assert words in result(box)
    assert verdict(box) == "warning"


def test_an_error_is_told_in_its_own_words(box: MergeBox) -> None:
    box.show_result(MergeFailure(RuntimeError("out of something")))
    assert "out of something" in result(box)
    assert verdict(box) == "error"


def test_a_new_run_forgets_the_old_result(box: MergeBox) -> None:
    box.show_state(RunState.FINISHED)
    box.show_result(MergeCheck(0, 1, 250, SAME))
    box.show_state(RunState.PREPARING)
    assert result(box) == ""


def test_the_checksums_and_their_verdict(qtbot: QtBot) -> None:
    proof = WeightProof()
    qtbot.addWidget(proof)

    def text(name: str) -> str:
        found = proof.findChild(QLabel, f"weight_checksum_{name}")
        assert found is not None
        return found.text()

    assert (text("start"), text("now"), verdict(proof)) == ("–", "–", "")
    proof.show_check(SAME)
    assert (text("start"), text("now"), verdict(proof)) == ("29ecc0e9", "29ecc0e9", "check")
    assert "same" in text("verdict")
    assert "10" in text("verdict")
    proof.show_check(CHANGED)
    assert (text("now"), verdict(proof)) == ("0badf00d", "error")
    assert "changed" in text("verdict")
    proof.show_check(WeightCheck(10, "29ecc0e9", "0badf00d", trained=True))
    assert verdict(proof) == "flame"  # without an adapter W0 itself learns, and nothing is wrong
    assert "trained" in text("verdict")
    named = proof.findChild(QLabel, "weight_checksum_start")
    assert named is not None
    assert named.accessibleName() == "W₀ checksum: 29ecc0e9"
    proof.show_check(None)
    assert text("start") == "–"
