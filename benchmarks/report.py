"""Results as Markdown tables between the markers of README.md, and as plots beside it."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import torch

from benchmarks.loops import NAMES
from benchmarks.plot import write_plot

FOLDER = Path(__file__).parent
TARGETS = (20, 20, 15, 15, 20, 15)
"""What the closed form is to reach against the fastest public loop, shape by shape."""
TITLES = dict(
    zip(NAMES, ("plain loop", "PEFT", "loralib", "ours, autograd", "ours, closed form"), strict=True)
)

Loops = Sequence[tuple[dict[str, int], int, dict[str, Any]]]
Growth = dict[str, list[tuple[int, dict[str, float]]]]


def write_report(
    rates: dict[int, dict[str, float]],
    loops: Loops,
    growth: Growth,
    sweep: Sequence[tuple[str, ...]],
    window: Sequence[tuple[str, str, str]],
) -> None:
    """Replace what stands between the markers of README.md, and draw the plots."""
    parts = [_machine(rates)]
    for threads in rates:
        own = [(shape, result) for shape, used, result in loops if used == threads]
        title = f"### {threads} thread" + ("s" if threads > 1 else "")
        parts += [title, _times(own), _ratios(own)]
    parts += ["### Growth", _growth(growth)]
    head = ("epochs of each run", "64 plain loops, one after the other", "a sweep of 64", "ratio", "wanted")
    parts += ["### A sweep, 1 thread", _table(head, sweep)]
    parts += ["### The window", _table(("what the window costs", "measured", "wanted"), window)]
    readme = FOLDER / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split("<!-- results -->")
    after = rest.split("<!-- end of results -->")[1]
    text = "\n\n".join(parts)
    readme.write_text(
        f"{before}<!-- results -->\n\n{text}\n\n<!-- end of results -->{after}", encoding="utf-8"
    )
    for name, points in growth.items():
        series = {TITLES[key]: [(x, times[key]) for x, times in points] for key in points[0][1]}
        write_plot(FOLDER / f"growth-{name}.svg", name, series)


def _machine(rates: dict[int, dict[str, float]]) -> str:
    figures = "; ".join(
        f"{threads} thread{'s' if threads > 1 else ''}: {rate['matmul'] / 1e9:.0f} GFLOP/s, "
        f"{rate['bandwidth'] / 1e9:.0f} GB/s"
        for threads, rate in rates.items()
    )
    return (
        f"{date.today():%d %B %Y}, {_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, torch {torch.__version__}. "
        f"Fastest float32 matrix product and reading from main memory: {figures}."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _times(rows: Sequence[tuple[dict[str, int], dict[str, Any]]]) -> str:
    head = ("microseconds per epoch", *(TITLES[name] for name in NAMES))
    return _table(head, [(_shape(s), *(f"{1e6 * r['epoch'][n]:,.1f}" for n in NAMES)) for s, r in rows])


def _ratios(rows: Sequence[tuple[dict[str, int], dict[str, Any]]]) -> str:
    head = (
        "closed form",
        "against the fastest public loop",
        "wanted",
        "limit, µs",
        "bound by",
        "times the limit",
    )
    lines = []
    for (shape, result), wanted in zip(rows, TARGETS, strict=True):
        limit = max(result["operations"], result["traffic"])
        bound = "operations" if limit == result["operations"] else "memory"
        times = result["epoch"]["closed_form"] / limit
        ratio = f"**{result['ratio']['closed_form']:.1f}×**"
        lines.append((_shape(shape), ratio, f"{wanted}×", f"{1e6 * limit:,.1f}", bound, f"{times:.1f}"))
    return _table(head, lines)


def _growth(growth: Growth) -> str:
    parts = []
    for name, points in growth.items():
        head = (f"microseconds per epoch, by `{name}`", *(f"{x:,}" for x, _ in points))
        lines = [(TITLES[key], *(f"{1e6 * times[key]:,.1f}" for _, times in points)) for key in points[0][1]]
        parts += [_table(head, lines), f"![Time per epoch by {name}](growth-{name}.svg)"]
    return "\n\n".join(parts)


def _shape(shape: dict[str, int]) -> str:
    samples = f", {shape['samples']} samples" if "samples" in shape else ""
    return f"{shape['in_features']} × {shape['out_features']}, rank {shape['rank']}{samples}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
