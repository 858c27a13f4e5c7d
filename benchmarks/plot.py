"""Time per epoch over what grows, both logarithmic, as a small SVG that needs no library."""

import math
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 560, 300, 70, 40, 20, 130
COLOURS = ("#1f6fb5", "#d9730d")
INK = "#667085"

Points = list[tuple[int, float]]


def write_plot(path: Path, name: str, series: dict[str, Points]) -> None:
    """Draw seconds over `name`, one line per entry of `series`."""
    xs = [math.log10(x) for points in series.values() for x, _ in points]
    ys = [math.log10(1e6 * y) for points in series.values() for _, y in points]
    low, high = math.floor(min(ys)), math.ceil(max(ys))

    def at(x: float, y: float) -> tuple[float, float]:
        along = (math.log10(x) - min(xs)) / (max(xs) - min(xs))
        up = (math.log10(y) - low) / (high - low)
        return LEFT + along * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)

    first = next(iter(series.values()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">'
    ]
    for exponent in range(low, high + 1):
        x, y = at(first[0][0], 10.0**exponent)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="{INK}" stroke-opacity="0.25"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{10**exponent:,} µs", "end"))
    for value, _ in first:
        parts.append(_text(at(value, 10.0**low)[0], HEIGHT - BOTTOM + 18, f"{value:,}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, name, "middle"))
    for (title, points), colour in zip(series.items(), COLOURS, strict=True):
        places = [at(value, 1e6 * seconds) for value, seconds in points]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(_text(places[-1][0] + 8, places[-1][1] + 4, title, "start", colour))
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
