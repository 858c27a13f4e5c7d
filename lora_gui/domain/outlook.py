"""What can be known of a run before it is trained: the best loss, and the update to be found."""

from dataclasses import dataclass

from lora_gui.domain.analysis import QUICK_OPERATIONS, Floors, floors_operations
from lora_gui.domain.config import RunConfig
from lora_gui.domain.spectrum import Spectrum

QUICK_NUMBERS = 1e7
"""Random numbers that may be drawn for an outlook: about a tenth of a second."""
DATA = ("in_features", "out_features", "task", "samples", "true_rank", "noise", "seed")
"""Settings that say what is to be learned."""
SHAPING = (*DATA, "method", "train_bias", "rank", "init")
"""Settings that the outlook depends on; what is drawn for A and B decides what is drawn after them."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What a run of `config` works towards.

    Attributes:
        config: any config with the same data and rank.
        floors: the best loss at each rank, as if the batch were full; the elbow is None where the targets are
            noise, of which no rank is the right one.
        target: the planted ΔW* where there is one, otherwise the best ΔW of the config's rank.

    """

    config: RunConfig
    floors: Floors
    target: Spectrum

    @property
    def is_planted(self) -> bool:
        """Whether the target is what the data were made with, rather than what fits them best."""
        return self.config.task == "low_rank"

    def suits(self, config: RunConfig) -> bool:
        """Whether all of it holds for `config` as well."""
        return all(getattr(self.config, name) == getattr(config, name) for name in SHAPING)

    def has_ranks_of(self, config: RunConfig) -> bool:
        """Whether `config` has the same layer, so that its rank has a place among these floors."""
        sizes = ("in_features", "out_features")
        return all(getattr(self.config, name) == getattr(config, name) for name in sizes)


def is_same_task(one: RunConfig, other: RunConfig) -> bool:
    """Whether the losses of two runs can be compared: both learn the same, if not by the same means."""
    return all(getattr(one, name) == getattr(other, name) for name in DATA)


def is_quick(config: RunConfig) -> bool:
    """Whether the outlook of `config` takes so little that nobody need ask for it."""
    inputs, outputs = config.in_features, config.out_features
    drawn = config.samples * (inputs + outputs) + inputs * outputs
    return drawn <= QUICK_NUMBERS and floors_operations(config) <= QUICK_OPERATIONS
