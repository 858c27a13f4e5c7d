"""Many runs that differ in one or two settings and in their seeds."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from lora_gui.domain.config import ConfigError, Range, RunConfig, field_names, limits

MOST_RUNS = 100_000
"""Runs in a sweep; more are a mistake rather than a wish."""
SEEDS = Range(1, 1000, whole=True)
"""How many seeds each setting may be tried with."""


def swept_fields() -> tuple[str, ...]:
    """Return the settings that can be an axis; seeds have a number of their own."""
    return tuple(name for name in field_names() if name not in ("seed", "device"))


@dataclass(frozen=True, slots=True)
class Axis:
    """A setting and the values it takes, in their order.

    Raises ConfigError for a setting that cannot be swept, and for values that are none or twice the same.
    """

    field: str
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if self.field not in swept_fields():
            raise ConfigError("axis", self.field, "one of " + ", ".join(swept_fields()))
        if not self.values:
            raise ConfigError(self.field, "", "at least one value")
        allowed = limits(self.field)
        for value in self.values:
            if value not in allowed:
                raise ConfigError(self.field, value, allowed)
        if len(set(self.values)) < len(self.values):
            raise ConfigError(self.field, self.values, "different values")


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every combination of the axes' values, each with `seeds` seeds counted up from the base's.

    A sweep that exists is valid: the constructor raises ConfigError for the first of its runs that is not.

    Attributes:
        base: the settings that all runs share.
        axes: at most two; the first varies most slowly.
        seeds: how many seeds each combination gets.
        configs: the runs, seeds varying fastest; a run is known by its place here.

    """

    base: RunConfig
    axes: tuple[Axis, ...] = ()
    seeds: int = 1
    configs: tuple[RunConfig, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.axes) > 2 or len({axis.field for axis in self.axes}) < len(self.axes):
            raise ConfigError("axes", [axis.field for axis in self.axes], "at most two different settings")
        if self.seeds not in SEEDS:
            raise ConfigError("seeds", self.seeds, SEEDS)
        if self.count > MOST_RUNS:
            raise ConfigError("runs", self.count, Range(1, MOST_RUNS, whole=True))
        object.__setattr__(self, "configs", tuple(self._build()))

    @property
    def count(self) -> int:
        """How many runs it is."""
        count = self.seeds
        for axis in self.axes:
            count *= len(axis.values)
        return count

    @property
    def fields(self) -> tuple[str, ...]:
        """The settings of the axes."""
        return tuple(axis.field for axis in self.axes)

    def point(self, config: RunConfig) -> tuple[Any, ...]:
        """Return where `config` stands on the axes."""
        return tuple(getattr(config, name) for name in self.fields)

    def _build(self) -> Iterator[RunConfig]:
        for values in product(*(axis.values for axis in self.axes)):
            # replace() and not with_(): a rank that does not fit is to be named, not bent.
            settings = dict(zip(self.fields, values, strict=True))
            for seed in range(self.base.seed, self.base.seed + self.seeds):
                yield replace(self.base, **settings, seed=seed)
