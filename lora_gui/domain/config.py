"""Every setting of a run as one frozen value, with its limits, its checks and its JSON form."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Self

DIGITS_IN_FEATURES = 64
"""Pixels of one 8x8 digit."""
DIGITS_OUT_FEATURES = 10
"""Classes, one output each."""
DIGITS_TRAIN_SAMPLES = 1297
"""Digits to train on, of 1797."""
DIGITS_TEST_SAMPLES = 500
"""Digits held out, to test on."""


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both included; `whole` admits integers only."""

    low: float
    high: float
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            return False
        # NaN and the infinities fail this too, and it takes integers too large for a float.
        return self.low <= value <= self.high

    def parse(self, text: str) -> int | float:
        """Read a number written the plain way (0.01, 1e-3); raises ValueError."""
        return int(text) if self.whole else float(text)

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.low == self.high:
            return f"exactly {self.low:,}"
        return f"{kind} from {self.low:,} to {self.high:,}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words; `why` says what rules out others."""

    options: tuple[str, ...]
    why: str = ""

    def __contains__(self, value: object) -> bool:
        return value in self.options

    def parse(self, text: str) -> str:
        """Return the word as it is; whether it is an option is for the config to say."""
        return text

    def __str__(self) -> str:
        return "one of " + ", ".join(self.options) + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, bool)

    def parse(self, text: str) -> bool:
        """Read true/false, yes/no, on/off or 1/0; raises ValueError."""
        words = {"true": True, "yes": True, "on": True, "1": True}
        words |= {"false": False, "no": False, "off": False, "0": False}
        try:
            return words[text.lower()]
        except KeyError:
            raise ValueError(text) from None

    def __str__(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A torch device: cpu, cuda:N or mps. Whether it exists here is for the engine to say."""

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        kind, colon, index = value.partition(":")
        return value in ("cpu", "mps", "cuda") or (kind == "cuda" and bool(colon) and index.isdecimal())

    def parse(self, text: str) -> str:
        """Return the name as it is."""
        return text

    def __str__(self) -> str:
        return "cpu, cuda, cuda:N or mps"


Allowed = Range | Choice | Switch | DeviceName


class ConfigError(ValueError):
    """A setting was given a value that it does not allow.

    Attributes:
        field: the setting's name.
        value: what was given.
        allowed: what would have been accepted, as a value the window can put in its own words.

    """

    def __init__(self, field: str, value: object, allowed: Allowed | str) -> None:
        super().__init__(f"{field}: {value!r} is not allowed; it must be {allowed}")
        self.field = field
        self.value = value
        self.allowed = allowed


def _setting(default: Any, allowed: Allowed) -> Any:
    return field(default=default, metadata={"allowed": allowed})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """All settings of a run; the defaults are the tutorial's.

    A config that exists is valid: the constructor raises ConfigError for the first setting that is not.
    """

    in_features: int = _setting(64, Range(1, 16_384, whole=True))
    """Inputs of the layer, the rows of W0 and of lora_A."""
    out_features: int = _setting(10, Range(1, 16_384, whole=True))
    """Outputs of the layer, the columns of W0 and of lora_B."""
    train_bias: bool = _setting(True, Switch())
    """Whether the bias is trained with the adapter, as the tutorial (unknowingly) does."""
    method: str = _setting("lora", Choice(("lora", "full", "bias", "none")))
    """What is trained: the adapter, every number of the layer itself, its bias alone, or nothing."""
    rank: int = _setting(4, Range(1, 16_384, whole=True))
    """Columns of lora_A and rows of lora_B; at most min(in_features, out_features)."""
    scaling: float = _setting(1.0, Range(0, 1000))
    """Factor s in front of the adapter's product; the paper's alpha / r."""
    init: str = _setting("gaussian", Choice(("gaussian", "paper")))
    """How lora_A and lora_B start: both standard normal, or A Kaiming-uniform and B zero."""
    task: str = _setting("random", Choice(("random", "low_rank", "digits")))
    """What is learned: pure noise, a planted low-rank update, or rotated handwritten digits."""
    samples: int = _setting(1000, Range(1, 1_000_000, whole=True))
    """Rows of the training data."""
    true_rank: int = _setting(3, Range(1, 16_384, whole=True))
    """Rank of the planted update (task low_rank)."""
    noise: float = _setting(0.1, Range(0, 1000))
    """Standard deviation of the noise on the targets (task low_rank)."""
    epochs: int = _setting(10, Range(1, 10_000_000, whole=True))
    """Passes over the data."""
    learning_rate: float = _setting(0.01, Range(0, 1_000_000))
    """Step size of the optimizer."""
    optimizer: str = _setting("adam", Choice(("adam", "adamw", "sgd")))
    """Which rule turns gradients into steps."""
    batch_size: int = _setting(0, Range(0, 1_000_000, whole=True))
    """Rows in a mini-batch; 0 takes all samples at once."""
    seed: int = _setting(42, Range(0, 2_147_483_647, whole=True))
    """Seed of everything drawn at random."""
    device: str = _setting("cpu", DeviceName())
    """Where it is computed."""
    engine: str = _setting("reference", Choice(("auto", "reference", "closed_form")))
    """How: by autograd, as the tutorial does, or by the faster closed form; auto takes that where it can."""

    def __post_init__(self) -> None:
        for name in field_names():
            value, allowed = getattr(self, name), self.allowed(name)
            if value not in allowed:
                raise ConfigError(name, value, allowed)
            if isinstance(allowed, Range) and not allowed.whole:
                object.__setattr__(self, name, float(value))

    def allowed(self, name: str) -> Allowed:
        """Return what setting `name` may be, given the other settings of this config."""
        if self.task == "digits":
            fixed = {"in_features": DIGITS_IN_FEATURES, "out_features": DIGITS_OUT_FEATURES}
            if name in fixed:
                return Range(fixed[name], fixed[name], whole=True)
            if name == "samples":
                return Range(1, DIGITS_TRAIN_SAMPLES, whole=True)
        if name == "rank" or (name == "true_rank" and self.task == "low_rank"):
            return Range(1, min(self.in_features, self.out_features), whole=True)
        if name == "batch_size":
            return Range(0, self.samples, whole=True)
        if name == "engine" and not self.is_full_batch:
            return Choice(("auto", "reference"), why="closed_form needs batch_size 0")
        if name == "engine" and not self.has_adapter:
            return Choice(("auto", "reference"), why="closed_form needs method lora")
        return limits(name)

    @property
    def has_adapter(self) -> bool:
        """Whether lora_A and lora_B are there; without them rank, scaling and init have no effect."""
        return self.method == "lora"

    @property
    def bias_is_trained(self) -> bool:
        """Whether the bias is trained, by whatever method."""
        return self.train_bias if self.has_adapter else self.method in ("full", "bias")

    @property
    def is_full_batch(self) -> bool:
        """Whether every step sees all samples."""
        return self.batch_size in (0, self.samples)

    def with_(self, name: str, value: object) -> Self:
        """Return a copy with one setting changed, and those that depend on it brought inside their limits.

        Raises ConfigError if `value` itself is not allowed.
        """
        changed: dict[str, Any] = {name: value}
        if name == "task" and value == "digits":
            changed |= {"in_features": DIGITS_IN_FEATURES, "out_features": DIGITS_OUT_FEATURES}
            changed["samples"] = min(self.samples, DIGITS_TRAIN_SAMPLES)
        if value not in self.allowed(name):
            raise ConfigError(name, value, self.allowed(name))
        after = {n: changed.get(n, getattr(self, n)) for n in field_names()}
        smallest = min(after["in_features"], after["out_features"])
        changed["rank"] = min(after["rank"], smallest)
        if after["task"] == "low_rank":
            changed["true_rank"] = min(after["true_rank"], smallest)
        changed["batch_size"] = min(after["batch_size"], after["samples"])
        has_closed_form = changed["batch_size"] in (0, after["samples"]) and after["method"] == "lora"
        if after["engine"] == "closed_form" and not has_closed_form:
            changed["engine"] = "auto"
        return replace(self, **changed)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings by name, ready for JSON."""
        return dataclasses.asdict(self)

    def to_json(self) -> str:
        """Return the settings as a JSON object; `from_json` reads it back."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a config from settings by name; what is missing takes its default.

        Raises ConfigError for a wrong value and for a name that is no setting.
        """
        for name in values:
            if name not in field_names():
                raise ConfigError(name, values[name], "left out: there is no such setting")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build a config from a JSON object; raises ConfigError, also for text that is no JSON object."""
        return cls.from_dict(read_settings(text))


def read_settings(text: str) -> dict[str, Any]:
    """Read some settings, unchecked, from a JSON object; raises ConfigError for text that is none.

    Of the record of a run, as `train --json` writes it, they are those that the run began with.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError("config", text[:40], f"a JSON object of settings: {error}") from None
    if not isinstance(values, dict):
        raise ConfigError("config", values, "a JSON object of settings")
    began = values.get("config")
    return began if "losses" in values and isinstance(began, dict) else values


LIVE_FIELDS = ("learning_rate", "scaling", "epochs")
"""Settings that may change while a run goes on; a change takes effect at the next epoch."""


@cache
def field_names() -> tuple[str, ...]:
    """Return the names of all settings, in the order the window shows them."""
    return tuple(f.name for f in fields(RunConfig))


def limits(name: str) -> Allowed:
    """Return what setting `name` may be in any config at all."""
    allowed: Allowed = RunConfig.__dataclass_fields__[name].metadata["allowed"]
    return allowed


def parse(name: str, text: str) -> Any:
    """Read the value of setting `name` from text; raises ConfigError where it cannot be read."""
    allowed = limits(name)
    try:
        return allowed.parse(text.strip())
    except ValueError:
        raise ConfigError(name, text, allowed) from None
