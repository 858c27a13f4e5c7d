"""Runs for the tests of the Runs tab."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lora_gui.domain.config import RunConfig, field_names
from lora_gui.domain.record import Outcome, RunSummary, Versions

START = datetime(2025, 3, 1, 12, tzinfo=UTC)

EXAMPLE = RunSummary(
    id="",
    config=RunConfig(),
    started=START,
    outcome=Outcome.FINISHED,
    device="cpu",
    versions=Versions("3.11.0", "2.13.0", "0.1.0"),
    epochs=10,
    seconds=1.5,
    final_loss=2.0,
    best_loss=1.0,
)


def summary(run_id: str, age: int = 0, **changes: Any) -> RunSummary:
    """Return a run that started `age` minutes before the others; `changes` are settings or facts."""
    settings = {
        name: changes.pop(name) for name in list(changes) if name in field_names() and name != "epochs"
    }
    config = RunConfig(**settings)
    return replace(EXAMPLE, id=run_id, config=config, started=START - timedelta(minutes=age), **changes)
