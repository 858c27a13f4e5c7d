"""A button that says something else for a while keeps its width."""

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.ui.steady_button import SteadyButton


@pytest.mark.parametrize("size", [7.5, 9.0, 10.3, 11.0, 13.7, 24.0])
def test_it_is_as_wide_with_every_text_in_every_size(qtbot: QtBot, size: float) -> None:
    button = SteadyButton()
    qtbot.addWidget(button)
    font = button.font()
    font.setPointSizeF(size)
    button.setFont(font)
    texts = "Copy", "Copied", "Kopiert", "i"
    button.reserve(texts)
    hints = set()
    for text in texts:
        button.setText(text)
        hints.add((button.sizeHint().width(), button.minimumSizeHint().width()))
    assert len(hints) == 1
    button.setText("Kopiert")
    alone = SteadyButton()
    qtbot.addWidget(alone)
    alone.setFont(font)
    alone.setText("Kopiert")
    assert button.sizeHint() == alone.sizeHint()  # the longest needs no more than its own
