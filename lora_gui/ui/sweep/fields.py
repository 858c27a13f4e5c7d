"""The settings that the tab offers to sweep, and values to begin with."""

from typing import Any, Final

from lora_gui.domain.config import Range, RunConfig, limits
from lora_gui.domain.sweep import Sweep
from lora_gui.ui import numbers
from lora_gui.ui.field_texts import FieldTexts
from lora_gui.ui.plots.sweep_scale import Scale

FIELDS: Final = (
    *("rank", "scaling", "learning_rate", "init", "noise"),
    *("true_rank", "samples", "epochs", "optimizer"),
)
"""Settings on offer, those that teach most first."""
LOGARITHMIC: Final = ("scaling", "learning_rate", "samples", "epochs")
"""Settings that are told apart by their ratio."""
PLANTED_ONLY: Final = ("noise", "true_rank")
"""Settings that do nothing in other tasks."""
MOST_RANKS = 10


def suggestion(field: str, config: RunConfig) -> str:
    """Return values worth trying around `config`, as a person would type them."""
    if field in ("rank", "true_rank"):
        highest = min(config.in_features, config.out_features)
        return f"1:{min(highest, max(MOST_RANKS, 2 * config.true_rank))}"
    return {
        "scaling": "0.25,0.5,1,2,4",
        "learning_rate": "0.001,0.003,0.01,0.03,0.1,0.3",
        "init": "gaussian,paper",
        "noise": "0,0.05,0.1,0.2,0.4",
        "samples": "100,300,1000",
        "epochs": "100,300,1000",
        "optimizer": "adam,adamw,sgd",
    }[field]


def order(field: str, values: tuple[Any, ...]) -> list[int]:
    """Return the places of `values` as they stand along an axis: numbers rise, words stay as typed."""
    places = list(range(len(values)))
    return sorted(places, key=values.__getitem__) if isinstance(limits(field), Range) else places


def scale(sweep: Sweep, axis: int, texts: FieldTexts) -> Scale:
    """Return the values of an axis as they stand along it."""
    field, values = sweep.axes[axis].field, sweep.axes[axis].values
    ordered = [values[place] for place in order(field, values)]
    return Scale(
        title=texts.name(field),
        texts=tuple(value_text(field, value, texts) for value in ordered),
        values=tuple(map(float, ordered)) if isinstance(limits(field), Range) else None,
        log=field in LOGARITHMIC,
    )


def value_text(field: str, value: Any, texts: FieldTexts) -> str:
    """Return a value as it is read: a number in the locale, a word by its title."""
    if isinstance(value, str):
        return dict(texts.choices(field)).get(value, value)
    return numbers.plain(value)
