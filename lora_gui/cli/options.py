"""A config from the command line: a preset, then a file over it, then single options over both."""

import argparse
from pathlib import Path
from typing import Any

from lora_gui.domain.config import ConfigError, RunConfig, Switch, field_names, limits, parse, read_settings
from lora_gui.domain.presets import PRESETS

_HELP = {
    "in_features": "inputs of the layer",
    "out_features": "outputs of the layer",
    "train_bias": "train the bias with the adapter",
    "method": "what is trained: the adapter, the whole layer instead, its bias alone, or nothing",
    "rank": "columns of lora_A and rows of lora_B, at most min(in_features, out_features)",
    "scaling": "factor in front of the adapter's product",
    "init": "start of lora_A and lora_B",
    "task": "what is learned",
    "samples": "rows of the training data",
    "true_rank": "rank of the planted update (task low_rank)",
    "noise": "standard deviation of the noise on the targets (task low_rank)",
    "epochs": "passes over the data",
    "learning_rate": "step size of the optimizer",
    "optimizer": "rule that turns gradients into steps",
    "batch_size": "rows in a mini-batch, at most samples; 0 takes all at once",
    "seed": "seed of everything drawn at random",
    "device": "where it is computed",
    "engine": "how it is computed: by autograd, by the faster closed form, or by that where it applies",
}


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add --preset, --config and one option per setting."""
    group = parser.add_argument_group("settings", "An option outdoes the file, the file the preset.")
    group.add_argument("--preset", metavar="NAME", help="start from one of " + ", ".join(PRESETS))
    group.add_argument("--config", metavar="FILE.json", type=Path, help="take settings from a JSON object")
    for name in field_names():
        option, allowed = "--" + name.replace("_", "-"), limits(name)
        default = getattr(RunConfig(), name)
        text = f"{_HELP[name]}: {allowed} (default: {default})".replace("%", "%%")
        if isinstance(allowed, Switch):
            group.add_argument(option, action=argparse.BooleanOptionalAction, help=text)
        else:
            group.add_argument(option, metavar=name.upper(), help=text)


def config_from(arguments: argparse.Namespace) -> RunConfig:
    """Build the config that the command line asks for.

    Raises ConfigError naming the setting, its value and its limits.
    """
    values = _preset(arguments.preset) | _file(arguments.config)
    for name in field_names():
        given = getattr(arguments, name)
        if given is not None:
            values[name] = parse(name, given) if isinstance(given, str) else given
    return RunConfig.from_dict(values)


def _preset(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    if name not in PRESETS:
        raise ConfigError("preset", name, "one of " + ", ".join(PRESETS))
    return PRESETS[name].to_dict()


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return read_settings(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError("config", str(path), f"a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError("config", str(path), "a text file in UTF-8") from None
    except ConfigError as error:
        raise ConfigError("config", str(path), error.allowed) from None
