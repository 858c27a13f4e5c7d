"""Matrices as images: blue below zero, the ground at zero, orange above."""

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from lora_gui.domain.pooling import Floats
from lora_gui.ui.theme import Theme

STEPS = 127
"""Colours on either side of zero; with zero itself they fit into a byte."""


@lru_cache(maxsize=4)
def colour_table(theme: Theme) -> list[int]:
    """Return the 255 colours from the most negative to the most positive, zero in the middle."""
    ends = (QColor(theme.negative), QColor(theme.zero), QColor(theme.positive))
    points = np.array([(c.red(), c.green(), c.blue()) for c in ends], float)
    places = np.linspace(-1, 1, 2 * STEPS + 1)
    channels = [np.interp(places, (-1, 0, 1), points[:, i]).round().astype(int) for i in range(3)]
    return [QColor(*map(int, colour)).rgb() for colour in zip(*channels, strict=True)]


def heat_map(values: Floats, extreme: float, theme: Theme) -> QImage:
    """Return `values` as an image of as many pixels; ±`extreme` are the ends of the scale.

    Colours follow the square root, so that small values beside large ones are seen too.
    """
    height, width = values.shape
    # Qt wants the lines of an image to begin at multiples of four bytes.
    indices = np.zeros((height, (width + 3) // 4 * 4), np.uint8)
    if extreme > 0:
        shares = np.minimum(np.abs(values) * np.float32(1 / extreme), 1)
        indices[:, :width] = np.rint(np.copysign(np.sqrt(shares), values) * STEPS) + STEPS
    else:
        indices[:, :width] = STEPS
    image = QImage(indices.data, width, height, indices.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(colour_table(theme))
    # The image borrows the array's memory; the copy owns its own.
    return image.copy()


@lru_cache(maxsize=4)
def scale_image(width: int, theme: Theme) -> QImage:
    """Return the scale itself, `width` pixels from end to end; values are even along it, colours not."""
    return heat_map(np.linspace(-1, 1, width, dtype=np.float32)[np.newaxis], 1.0, theme)
