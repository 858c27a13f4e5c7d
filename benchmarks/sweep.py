"""64 runs of the tutorial's size trained as one, beside 64 plain loops one after the other.

`python -m benchmarks.sweep` gives these figures alone. Both sides draw their own data, train, and measure the
last loss; the sweep finds the floor and the held-out loss of every run on top.
"""

import json
import math
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lora_gui.domain.config import RunConfig
from lora_gui.domain.sweep import Sweep
from lora_gui.domain.sweep_results import SweepNews
from lora_gui.sweeps.job import SweepJob

RUNS = 64
ROUNDS = 5
EPOCHS = (10, 100, 1000)
WANTED = {1000: "60×"}
TUTORIAL = RunConfig(engine="auto")
AGREEMENT = 1e-5
"""Relative difference up to which two losses count as the same."""


def measure_sweep() -> list[tuple[str, str, str, str, str]]:
    """Return (epochs of each run, plain loops, trained as one, ratio, wanted) for every length of run."""
    rows = []
    for epochs in EPOCHS:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.sweep", str(epochs)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        result: dict[str, float] = json.loads(done.stdout)
        plain, together = f"{result['plain']:.2f} s", f"{result['together']:.3f} s"
        rows.append((f"{epochs:,}", plain, together, f"**{result['ratio']:.0f}×**", WANTED.get(epochs, "")))
    return rows


def compare(epochs: int) -> dict[str, Any]:
    """Let both sides train in turn; returns medians of seconds and of the ratios within a turn.

    Raises RuntimeError if they disagree on the losses.
    """
    torch.set_num_threads(1)
    train_together(2)
    train_plain(TUTORIAL.seed, 2)
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        plain = [train_plain(TUTORIAL.seed + run, epochs) for run in range(RUNS)]
        between = time.perf_counter()
        together = train_together(epochs)
        rounds.append((between - start, time.perf_counter() - between))
        if not all(math.isclose(a, b, rel_tol=AGREEMENT) for a, b in zip(plain, together, strict=True)):
            raise RuntimeError(f"they train something else: {together} instead of {plain}")
    return {
        "plain": statistics.median(plain_seconds for plain_seconds, _ in rounds),
        "together": statistics.median(seconds for _, seconds in rounds),
        "ratio": statistics.median(plain_seconds / seconds for plain_seconds, seconds in rounds),
    }


def train_together(epochs: int) -> list[float]:
    """Return the last losses of a sweep over seeds."""
    losses: dict[int, float] = {}

    def tell(news: SweepNews) -> None:
        losses.update((run.index, run.final) for run in news.runs)

    SweepJob(Sweep(replace(TUTORIAL, epochs=epochs), seeds=RUNS), tell=tell).run()
    return [losses[run] for run in range(RUNS)]


class LoRALayer(nn.Module):
    """What a learner writes after reading about LoRA for the first time."""

    def __init__(self, in_features: int, out_features: int, rank: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.linear.weight.requires_grad = False
        self.lora_A = nn.Parameter(torch.randn(in_features, rank))
        self.lora_B = nn.Parameter(torch.randn(rank, out_features))

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of the frozen layer and the update together."""
        out: Tensor = self.linear(x) + x @ self.lora_A @ self.lora_B
        return out


def train_plain(seed: int, epochs: int) -> float:
    """Return the last loss of the tutorial's loop."""
    torch.manual_seed(seed)
    x, y = torch.randn(1000, 64), torch.randn(1000, 10)
    model = LoRALayer(64, 10, 4)
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=0.01)
    loss = torch.zeros(())
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    return loss.item()


if __name__ == "__main__":
    for length in sys.argv[1:] or map(str, EPOCHS):
        print(json.dumps(compare(int(length))))
