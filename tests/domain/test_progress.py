"""Changes during a run: which are allowed, and what they do to the config."""

import pytest

from lora_gui.domain.config import LIVE_FIELDS, ConfigError, RunConfig, field_names
from lora_gui.domain.progress import Change


@pytest.mark.parametrize(("name", "value"), [("learning_rate", 0.5), ("scaling", 0.0), ("epochs", 99)])
def test_live_settings_change(name: str, value: float) -> None:
    config = RunConfig()
    changed = Change(3, name, value).apply_to(config)
    assert getattr(changed, name) == value
    assert changed == config.with_(name, value)
    assert config == RunConfig()


@pytest.mark.parametrize("name", [n for n in field_names() if n not in LIVE_FIELDS])
def test_all_other_settings_stay(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: .*left as it is during a run"):
        Change(3, name, 1).apply_to(RunConfig())


@pytest.mark.parametrize(("name", "value"), [("learning_rate", -1), ("scaling", float("nan")), ("epochs", 0)])
def test_limits_hold_during_a_run_too(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: "):
        Change(3, name, value).apply_to(RunConfig())
