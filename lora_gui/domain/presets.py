"""Ready-made configs worth running, by name."""

from typing import Final

from lora_gui.domain.config import DIGITS_TRAIN_SAMPLES, RunConfig

PRESETS: Final[dict[str, RunConfig]] = {
    "tutorial": RunConfig(),
    "planted": RunConfig(
        in_features=64,
        out_features=48,
        init="paper",
        task="low_rank",
        rank=3,
        true_rank=3,
        noise=0.05,
        epochs=2000,
        engine="auto",
    ),
    "digits": RunConfig(
        init="paper",
        task="digits",
        rank=4,
        samples=DIGITS_TRAIN_SAMPLES,
        learning_rate=0.003,
        epochs=2000,
        engine="auto",
    ),
    "rank_too_low": RunConfig(
        in_features=64,
        out_features=48,
        init="paper",
        task="low_rank",
        rank=1,
        true_rank=8,
        noise=0.05,
        epochs=2000,
        engine="auto",
    ),
    "learning_rate_too_high": RunConfig(
        init="paper", task="low_rank", optimizer="sgd", learning_rate=3.0, epochs=1000, engine="auto"
    ),
}
"""Preset name to config; the first is where the app starts."""
