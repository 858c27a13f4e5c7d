"""Eight colours and four kinds of dashes for runs that lie over each other."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from lora_gui.ui.plots.curves import line_pen
from lora_gui.ui.theme import Theme

# Found by a search over all colours: as far from each other, and from the training curve's, as can be in the
# eyes of people with any kind of colour vision (OKLab after Machado et al. 2009), at a contrast of 3 or more.
COLOURS: Final = {
    "light": ("#0088bb", "#ee1188", "#1100ff", "#005544", "#bb66ff", "#551100", "#770099", "#000055"),
    "dark": ("#3388cc", "#ddff00", "#ee0077", "#00ffff", "#ccaaff", "#66bb99", "#ff00ff", "#777700"),
}
DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5, 2.5), (1.5, 2), (6, 2, 1.5, 2))
"""Lengths of strokes and gaps, in widths of the line."""
WIDTH = 2


def overlay_pen(slot: int, theme: Theme) -> QPen:
    """Return the pen of the run numbered `slot`; from the ninth on, colours come again with other dashes."""
    colours = COLOURS[theme.name]
    pen = line_pen(colours[slot % len(colours)], WIDTH)
    dashes = DASHES[(slot + slot // len(colours)) % len(DASHES)]
    if dashes:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # others grow into the gaps
    return pen
