"""What the tests of the store share: facts about a run, and a second process."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.record import Outcome, RunInfo, Versions

ROOT = Path(__file__).parents[2]


def info(minute: int = 0, **parts: object) -> RunInfo:
    """Return facts about a run that started in some minute of one hour."""
    values = {
        "config": RunConfig(),
        "started": datetime(2026, 1, 31, 12, minute, tzinfo=UTC),
        "outcome": Outcome.RUNNING,
        "device": "CPU (2 cores)",
        "versions": Versions("3.11.7", "2.13.0+cpu", "0.1.0"),
    }
    return RunInfo(**{**values, **parts})  # type: ignore[arg-type]


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values)


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a script in another process that can import what the tests can."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
