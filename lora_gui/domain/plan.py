"""What is to be trained: a config from its start, or a run further on from where it was."""

from dataclasses import asdict, dataclass
from typing import Any

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run to train.

    Attributes:
        config: the settings that it starts, or started, with.
        changes: settings changed on the way, in the order of their epochs.
        epoch: how many epochs are done already; 0 for a run from its start.

    """

    config: RunConfig
    changes: tuple[Change, ...] = ()
    epoch: int = 0

    @property
    def config_now(self) -> RunConfig:
        """The settings with all changes made."""
        config = self.config
        for change in self.changes:
            config = change.apply_to(config)
        return config

    @property
    def made(self) -> list[tuple[Change, float]]:
        """Each change and the value that it replaced."""
        config, made = self.config, []
        for change in self.changes:
            made.append((change, getattr(config, change.field)))
            config = change.apply_to(config)
        return made

    def until(self, epoch: int) -> dict[str, Any]:
        """Return, ready for JSON, all that the first `epoch` epochs depend on."""
        made = [asdict(change) for change in self.changes if change.epoch < epoch]
        return {"config": self.config.to_dict(), "changes": made, "epoch": epoch}
