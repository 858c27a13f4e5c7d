"""Presets: there, valid, and what their names say."""

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS


def test_the_tutorial_comes_first_and_is_the_default() -> None:
    assert next(iter(PRESETS)) == "tutorial"
    assert PRESETS["tutorial"] == RunConfig()


def test_all_are_there_and_different() -> None:
    assert list(PRESETS) == ["tutorial", "planted", "digits", "rank_too_low", "learning_rate_too_high"]
    assert len(set(PRESETS.values())) == len(PRESETS)


def test_every_preset_survives_json() -> None:
    for config in PRESETS.values():
        assert RunConfig.from_dict(config.to_dict()) == config


def test_ranks_fit_what_the_names_promise() -> None:
    planted, too_low = PRESETS["planted"], PRESETS["rank_too_low"]
    assert planted.rank == planted.true_rank == 3
    assert too_low.rank < too_low.true_rank
    assert planted.init == too_low.init == "paper"


def test_digits_use_every_training_digit() -> None:
    assert PRESETS["digits"].samples == 1297
