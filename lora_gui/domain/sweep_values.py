"""Reading the values of an axis from text."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from lora_gui.domain.config import ConfigError, Range, limits, parse

MOST_VALUES = 1000
"""Values that one text may stand for."""
FORMS = "values such as 1,2,4 or 1:10 or 0:1:0.25 or 1e-4:1e-1:x10"
"""What `parse_values` reads, by example."""


def is_several(text: str) -> bool:
    """Whether `text` is meant as more than a single value."""
    return "," in text or ":" in text


def parse_values(field: str, text: str) -> tuple[Any, ...]:
    """Read the values of setting `field`: parts between commas, each a value or a range, each value once.

    `first:last` counts by one, `first:last:step` by a step, `first:last:xfactor` multiplies; `last` belongs
    to it if it is met. Raises ConfigError for what cannot be read or is not allowed.
    """
    values: dict[Any, None] = {}
    for part in text.split(","):
        for word in _range(field, part) if ":" in part else [part.strip()]:
            value = parse(field, word)
            if value not in limits(field):
                raise ConfigError(field, value, limits(field))
            values[value] = None
            if len(values) > MOST_VALUES:
                raise ConfigError(field, text, f"at most {MOST_VALUES} values")
    return tuple(values)


def _range(field: str, part: str) -> Iterator[str]:
    """Yield the numbers of a range as text; decimals, so that ten steps of 0.1 make 1."""
    allowed = limits(field)
    pieces = [piece.strip() for piece in part.split(":")]
    if not isinstance(allowed, Range):
        raise ConfigError(field, part, allowed)
    if len(pieces) == 2 and allowed.whole:
        pieces.append("1")
    if len(pieces) != 3:
        raise ConfigError(field, part, FORMS)
    factor = pieces[2].startswith("x")
    try:
        value, last, step = (Decimal(piece) for piece in (*pieces[:2], pieces[2].removeprefix("x")))
    except InvalidOperation:
        raise ConfigError(field, part, FORMS) from None
    if not all(number.is_finite() for number in (value, last, step)) or last < value:
        raise ConfigError(field, part, "a range from a smaller to a larger number")
    if step <= (1 if factor else 0) or (factor and value <= 0):
        raise ConfigError(field, part, "a range whose steps lead upwards")
    while value <= last:
        whole = value == value.to_integral_value()
        yield str(int(value)) if allowed.whole and whole else str(value)
        value = value * step if factor else value + step
