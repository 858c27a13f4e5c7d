"""What came out when a record was run again."""

from dataclasses import dataclass

from lora_gui.domain.record import Versions


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Whether a replay gave the record's losses, bit for bit.

    Attributes:
        epochs: how many the record has.
        differs_at: the first (1-based) epoch with another loss, None where there is none.
        recorded: the loss there in the record, None where it has no such epoch.
        replayed: the loss there in the replay, None where it ended before.
        versions: the programs behind the record; others may round differently.

    """

    epochs: int
    differs_at: int | None
    recorded: float | None
    replayed: float | None
    versions: Versions

    @property
    def same(self) -> bool:
        """Whether every loss was the same."""
        return self.differs_at is None

    @property
    def same_versions(self) -> bool:
        """Whether the same programs computed both."""
        return self.versions == Versions.here()
