"""Numbers as people read them: counts, shares, bytes, losses, rates and durations in the locale in force."""

import math

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QFont

from lora_gui.ui.number_entry import show_number

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
MANY = 1e7
"""From here on a number of which three digits count is written with an exponent."""


def count(value: int) -> str:
    """Write a whole number with its groups: 268,435,456."""
    return QLocale().toString(value)


def plain(value: float) -> str:
    """Write a setting with no digit more than it takes: 0.01, 20, 1e-9."""
    return show_number(value, QLocale())


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals; what is not finite as the mathematical sign."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return QLocale().toString(float(value), "f", decimals)


def percent(share: float, decimals: int | None = None) -> str:
    """Write a share (0 to 1) as 32.35 %; below one percent with three digits that say something."""
    value = 100 * share
    if decimals is None:
        decimals = 2 if not 0 < value < 1 else 2 - math.floor(math.log10(value))
    return f"{fixed(value, decimals)} {QLocale().percent()}"


def figures(value: float) -> str:
    """Write a number with three digits that say something: 2.12, 18.5, 61,000, 3.55e+22."""
    if value == 0 or not math.isfinite(value):
        return fixed(value, 0)
    if abs(value) >= MANY:
        return QLocale().toString(float(value), "e", 2)
    rounded = float(f"{value:.2e}")
    return fixed(rounded, max(0, 2 - math.floor(math.log10(abs(rounded)))))


def tiny(value: float) -> str:
    """Write a number that may be far below one: 0.512, 3.8e-06, and 0 where it is exactly that."""
    return QLocale().toString(float(value), "e", 1) if 0 < value < 0.001 else figures(value)


def size(amount: int) -> str:
    """Write bytes in the unit that suits them: 946 bytes, 3.7 KiB, 3.0 GiB."""
    return QLocale().formattedDataSize(amount, 1)


def loss(value: float) -> str:
    """Write a loss with four decimals, 243.7067; very large and very small ones with an exponent."""
    if math.isfinite(value) and value != 0 and not 0.001 <= abs(value) < 1_000_000:
        return QLocale().toString(float(value), "e", 3)
    return fixed(value, 4)


def duration(seconds: float) -> str:
    """Write a time span: 0:02, 1:02:03, and from a day on 3 d 4 h."""
    if not math.isfinite(seconds):
        return "∞"
    whole = max(0, round(seconds))
    hours, minutes = whole // SECONDS_PER_HOUR, whole % SECONDS_PER_HOUR // SECONDS_PER_MINUTE
    if whole >= SECONDS_PER_DAY:
        text = QCoreApplication.translate("numbers", "{days} d {hours} h", "time span")
        return text.format(days=count(whole // SECONDS_PER_DAY), hours=hours % 24)
    if hours:
        return f"{hours}:{minutes:02}:{whole % SECONDS_PER_MINUTE:02}"
    return f"{minutes}:{whole % SECONDS_PER_MINUTE:02}"


def tabular() -> QFont:
    """Return the application's font with digits of one width, so that numbers line up and do not jitter."""
    font = QFont()
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
