"""Run every measurement, each in a process of its own, and write the results into README.md."""

import json
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.report import write_report
from benchmarks.sweep import measure_sweep
from benchmarks.window import measure_window

SHAPES = (
    {"in_features": 64, "out_features": 10, "rank": 4},
    {"in_features": 256, "out_features": 256, "rank": 8},
    {"in_features": 768, "out_features": 768, "rank": 8},
    {"in_features": 1024, "out_features": 1024, "rank": 8},
    {"in_features": 4096, "out_features": 4096, "rank": 8},
    {"in_features": 4096, "out_features": 4096, "rank": 64, "samples": 256},
)
GROWTH = {
    "samples": [{"samples": n} for n in (100, 300, 1000, 3000, 10_000, 30_000, 100_000)],
    "in_features": [{"in_features": n, "out_features": 64} for n in (16, 64, 256, 1024, 4096)],
    "rank": [{"in_features": 512, "out_features": 512, "rank": n} for n in (1, 4, 16, 64, 256)],
}
"""What grows, and the settings that differ from the tutorial's."""


def main() -> None:
    """Measure for some minutes."""
    start = time.perf_counter()
    threads = sorted({1, os.cpu_count() or 1})
    rates = {n: measure("rates", {}, n) for n in threads}
    loops = []
    for shape in SHAPES:
        seconds = 6 if shape["in_features"] < 4096 else 12
        loops += [(shape, n, measure("loops", shape, n, seconds=seconds)) for n in threads]
    growth = {}
    for name, configs in GROWTH.items():
        names = ["reference", "closed_form"]
        growth[name] = [(c[name], measure("loops", c, 1, seconds=1, names=names)["epoch"]) for c in configs]
    print("a sweep", flush=True)
    sweep = measure_sweep()
    print("the window", flush=True)
    write_report(rates, loops, growth, sweep, measure_window())
    print(f"Took {time.perf_counter() - start:.0f} s; the results are in benchmarks/README.md")


def measure(kind: str, config: dict[str, int], threads: int, **how: Any) -> dict[str, Any]:
    """Return what `benchmarks.measure` finds; raises subprocess.CalledProcessError where it fails."""
    print(f"{kind}, {threads} thread(s): {config}", flush=True)
    job = json.dumps({"kind": kind, "config": config, "threads": threads} | how)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", job], check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    main()
