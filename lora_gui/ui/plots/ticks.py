"""Round numbers along an axis, few enough to read, written in the person's locale.

pyqtgraph's own ticks are not asked: they know no locale and can loop forever on a logarithmic axis.
"""

from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from PySide6.QtCore import QLocale

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STEPS = (1, 2, 5, 10)


class Tick(NamedTuple):
    """A place on the axis in its own units (log10 of the value on a logarithmic one) and its label."""

    position: float
    text: str


def number(value: float, digits: int = 7) -> str:
    """Return `value` with that many significant digits, as the locale writes it.

    Far from 1 it is written with a power of ten.
    """
    size = abs(value)
    if not isfinite(value):
        return str(value)
    if value == 0 or 1e-4 <= size < 1e6:
        return QLocale().toString(float(value), "g", digits)
    exponent = floor(log10(size))
    # In two steps, because 10 ** 310 is no float.
    mantissa = round(value / 10.0 ** (exponent // 2) / 10.0 ** (exponent - exponent // 2), digits - 1)
    if mantissa == 1:
        return power(exponent)
    return f"{QLocale().toString(mantissa, 'g', digits)}·{power(exponent)}"


def loss_text(loss: float) -> str:
    """Return `loss` with four decimals, or five digits below 1, or as powers of ten when far from it."""
    return number(loss, min(floor(log10(loss)) + 5, 7) if loss >= 1 else 5)


def power(exponent: int) -> str:
    """Return ten to the power of `exponent`, written as such."""
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def ticks(low: float, high: float, count: int, *, log: bool = False, whole: bool = False) -> list[Tick]:
    """Return about `count` ticks between `low` and `high` (axis units), only integers if `whole`."""
    if not high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
        return []
    if not log:
        values, step = _linear(low, high, count, whole)
        return [Tick(value, _label(value, step)) for value in values]
    if high - low < 1 and max(abs(low), abs(high)) < 300:
        values, step = _linear(10.0**low, 10.0**high, count, whole)
        return [Tick(log10(value), _label(value, step)) for value in values if value > 0]
    return _decades(low, high, count, whole)


def _linear(low: float, high: float, count: int, whole: bool) -> tuple[list[float], float]:
    rough = (high - low) / max(count, 1)
    unit = 10.0 ** floor(log10(rough))
    step = unit * min(STEPS, key=lambda factor: abs(log10(unit * factor / rough)))
    if whole:
        step = max(step, 1.0)
    return [index * step for index in range(ceil(low / step), floor(high / step) + 1)], step


def _decades(low: float, high: float, count: int, whole: bool) -> list[Tick]:
    span = high - low
    every = ceil(span / max(count, 1))
    # One way of writing along the axis: 1, 100, 10⁴ would be two.
    powers = low < -4.5 or high > 5.5
    found = []
    for exponent in range(floor(low), floor(high) + 1):
        if exponent % every or (whole and exponent < 0):
            continue
        for factor in (1, 2, 5) if span * 3 <= count else (1,):
            position = exponent + log10(factor)
            if low <= position <= high:
                found.append(Tick(position, _decade_label(factor, exponent, powers)))
    return found


def _decade_label(factor: int, exponent: int, powers: bool) -> str:
    if powers and exponent not in (0, 1):
        return power(exponent) if factor == 1 else f"{factor}·{power(exponent)}"
    return QLocale().toString(factor * 10.0**exponent, "f", max(0, -exponent))


def _label(value: float, step: float) -> str:
    if value and (abs(value) >= 1e9 or step < 1e-6):
        # As many digits as tell neighbours apart.
        return number(value, max(1, min(15, floor(log10(abs(value))) - floor(log10(step)) + 1)))
    return QLocale().toString(value, "f", max(0, -floor(log10(step * 1.000001))))
