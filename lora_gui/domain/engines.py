"""Which of the two ways of training a config gets, and why; no torch, so that the window can say it."""

from enum import StrEnum
from typing import NamedTuple

from lora_gui.domain.config import RunConfig


class EngineReason(StrEnum):
    """Why an engine runs, in English; the window has its own words for each."""

    CHOSEN = "as set"
    FULL_BATCH = "the squared error of all samples at once needs only their statistics"
    MINI_BATCHES = "mini-batches have no closed form"
    NO_ADAPTER = "the closed form is that of an adapter"


class EngineChoice(NamedTuple):
    """`name`: reference or closed_form."""

    name: str
    reason: EngineReason


def engine_for(config: RunConfig) -> EngineChoice:
    """Return the engine that trains `config`."""
    if config.engine != "auto":
        return EngineChoice(config.engine, EngineReason.CHOSEN)
    if not config.has_adapter:
        return EngineChoice("reference", EngineReason.NO_ADAPTER)
    if config.is_full_batch:
        return EngineChoice("closed_form", EngineReason.FULL_BATCH)
    return EngineChoice("reference", EngineReason.MINI_BATCHES)
