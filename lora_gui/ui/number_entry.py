"""Numbers as people type them: read and shown in any locale, and stepped through sensibly."""

import math
import re
from collections.abc import Callable

from PySide6.QtCore import QLocale

Step = Callable[[float, int], float]
"""From a value and a signed count of steps to the next value; limits are the caller's to keep."""

PLAIN_FROM, PLAIN_BELOW = 1e-4, 1e7
"""Numbers of this size are shown plainly, others with an exponent."""
_SHORTEST = -128  # QLocale.FloatingPointShortest: as many digits as tell this double from its neighbours
_UNFINISHED = re.compile(r"\s*[+-]?\d*[.,]?\d*([eE][+-]?)?\s*")


def show_number(value: float, locale: QLocale, *, grouped: bool = False) -> str:
    """Write `value` in `locale` with no digit more than it takes to read it back; `grouped` as in 1,000."""
    locale = QLocale(locale)
    if not grouped:
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    if isinstance(value, int):
        return locale.toString(value)
    plain = value == 0 or PLAIN_FROM <= abs(value) < PLAIN_BELOW
    return locale.toString(value, "f" if plain else "g", _SHORTEST)


def read_number(text: str, locale: QLocale, *, whole: bool) -> int | float:
    """Read a number in `locale` or with a decimal point; raises ValueError.

    A group separator is taken as one only where nothing else makes sense: in German, 1.000 is a thousand
    among whole numbers but one among decimals, where 0.01 must be a hundredth.
    """
    strict, plain = QLocale(locale), QLocale.c()
    for reader in (strict, plain):
        reader.setNumberOptions(QLocale.NumberOption.RejectGroupSeparator)
    readers = (locale, plain) if whole else (strict, plain, locale)
    for reader in readers:
        value, understood = reader.toDouble(text.strip())
        if understood and math.isfinite(value):
            if not whole:
                return value
            if value.is_integer():
                return int(value)
    raise ValueError(text)


def is_unfinished(text: str) -> bool:
    """Return whether more typing may still make a number of `text`, as of `1e-`."""
    return _UNFINISHED.fullmatch(text) is not None


def step_by_one(value: float, steps: int) -> float:
    """Count up or down."""
    return value + steps


def step_by_tenth(value: float, steps: int) -> float:
    """Move along the tenths: 1, 1.1, 1.2; from between two of them to the nearest in that direction."""
    start = math.floor(value * 10 + 1e-9) if steps > 0 else math.ceil(value * 10 - 1e-9)
    return max(0.0, (start + steps) / 10)


def step_125(value: float, steps: int) -> float:
    """Climb the ladder 0, 1e-8, 2e-8, 5e-8, 1e-7, ..., 1, 2, 5, 10, ...; rungs are exact decimals."""
    for _ in range(abs(steps)):
        value = _next_rung(value) if steps > 0 else _previous_rung(value)
    return value


def step_125_whole(value: float, steps: int) -> float:
    """Climb the ladder 0, 1, 2, 5, 10, 20, ... of whole numbers."""
    if steps < 0 and value <= 1:
        return 0
    return max(1.0, step_125(value, steps)) if steps > 0 else step_125(value, steps)


def step_doubling(value: float, steps: int) -> float:
    """Climb the powers of two, with 0 below 1."""
    for _ in range(abs(steps)):
        if steps > 0:
            value = 2 ** int(value).bit_length() if value >= 1 else 1
        else:
            value = 2 ** ((int(value) - 1).bit_length() - 1) if value > 1 else 0
    return value


_LADDER = [float(f"{digit}e{exponent}") for exponent in range(-8, 10) for digit in (1, 2, 5)]


def _next_rung(value: float) -> float:
    return next((rung for rung in _LADDER if rung > value), value)


def _previous_rung(value: float) -> float:
    return next((rung for rung in reversed(_LADDER) if rung < value), 0.0)
