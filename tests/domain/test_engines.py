"""Which engine a config gets, and why."""

import pytest

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.engines import EngineReason, engine_for
from lora_gui.domain.presets import PRESETS


@pytest.mark.parametrize(
    ("engine", "batch_size", "name", "reason"),
    [
        ("auto", 0, "closed_form", EngineReason.FULL_BATCH),
        ("auto", 1000, "closed_form", EngineReason.FULL_BATCH),
        ("auto", 999, "reference", EngineReason.MINI_BATCHES),
        ("reference", 0, "reference", EngineReason.CHOSEN),
        ("reference", 5, "reference", EngineReason.CHOSEN),
        ("closed_form", 1000, "closed_form", EngineReason.CHOSEN),
    ],
)
def test_engine_and_reason(engine: str, batch_size: int, name: str, reason: EngineReason) -> None:
    assert engine_for(RunConfig(engine=engine, batch_size=batch_size)) == (name, reason)


def test_the_tutorial_is_bit_exact_and_the_other_presets_are_fast() -> None:
    assert engine_for(RunConfig()).name == "reference"
    engines = {name: engine_for(config).name for name, config in PRESETS.items()}
    assert engines.pop("tutorial") == "reference"
    assert set(engines.values()) == {"closed_form"}


def test_mini_batches_have_no_closed_form() -> None:
    with pytest.raises(ConfigError, match=r"engine: 'closed_form'.*auto, reference.*batch_size 0") as error:
        RunConfig(engine="closed_form", batch_size=10)
    assert error.value.field == "engine"
    with pytest.raises(ConfigError, match="engine"):
        RunConfig(batch_size=10).with_("engine", "closed_form")


def test_mini_batches_take_the_closed_form_back() -> None:
    config = RunConfig(engine="closed_form", batch_size=1000)
    assert config.with_("batch_size", 10).engine == "auto"
    assert config.with_("samples", 2000).engine == "auto"
    assert config.with_("samples", 500).engine == "closed_form"
    assert config.with_("batch_size", 0).engine == "closed_form"
