"""One measurement in a process of its own, so that its number of threads holds: JSON in, JSON out."""

import json
import math
import statistics
import sys
import time
from typing import Any

import torch

from benchmarks.limit import bandwidth, limit_seconds, matmul_rate
from benchmarks.loops import NAMES, Epochs, contestant
from lora_gui.domain.config import RunConfig

AGREEMENT = 1e-4
"""Relative difference up to which the first losses of two loops count as the same training."""
SLICE_SECONDS = 0.08
"""How long a loop runs before the next one has its turn."""


def main() -> None:
    """Measure what the first argument asks for, and print the result."""
    job: dict[str, Any] = json.loads(sys.argv[1])
    torch.set_num_threads(job["threads"])
    config = RunConfig(**job["config"])
    match job["kind"]:
        case "loops":
            result = compare(config, job.get("names", NAMES), job["seconds"])
        case _:
            result = {"matmul": matmul_rate(), "bandwidth": bandwidth(256 * 2**20)}
    json.dump(result, sys.stdout)


def compare(config: RunConfig, names: list[str], seconds: float) -> dict[str, Any]:
    """Let each loop train a slice of time, in turn, for `seconds`; returns medians of seconds per epoch.

    Raises RuntimeError if two loops disagree on the losses.
    """
    loops = {name: contestant(name, config) for name in names}
    check_agreement({name: train(3) for name, train in loops.items()})
    epochs = {name: max(1, int(SLICE_SECONDS / time_of(train, 2))) for name, train in loops.items()}
    rounds: list[dict[str, float]] = []
    end = time.perf_counter() + seconds
    while len(rounds) < 3 or time.perf_counter() < end:
        rounds.append({name: time_of(train, epochs[name]) for name, train in loops.items()})
    operations, traffic = limit_seconds(config)
    return {
        "epoch": {name: statistics.median(r[name] for r in rounds) for name in names},
        "ratio": {
            name: statistics.median(min(r[n] for n in names[:3]) / r[name] for r in rounds) for name in names
        },
        "operations": operations,
        "traffic": traffic,
        "rounds": len(rounds),
    }


def time_of(train: Epochs, epochs: int) -> float:
    """Return the seconds per epoch of `epochs` epochs."""
    start = time.perf_counter()
    train(epochs)
    return (time.perf_counter() - start) / epochs


def check_agreement(losses: dict[str, list[float]]) -> None:
    """Raise RuntimeError unless all loops gave the same losses."""
    first = next(iter(losses.values()))
    for name, others in losses.items():
        if not all(math.isclose(a, b, rel_tol=AGREEMENT) for a, b in zip(first, others, strict=True)):
            raise RuntimeError(f"{name} trains something else: {others} instead of {first}")


if __name__ == "__main__":
    main()
