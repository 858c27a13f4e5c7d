"""What can be asked of the thread that writes runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.progress import Change, Evaluation
from lora_gui.storage.store import RunStore


@dataclass(slots=True)
class Append:
    """What a run gave since the last write."""

    run_id: str
    losses: list[NDArray[np.floating[Any]]]
    evaluations: list[Evaluation]
    changes: list[Change]
    seconds: float

    @property
    def size(self) -> int:
        """Bytes that the losses take while they wait."""
        return sum(losses.nbytes for losses in self.losses)

    def extend(self, later: "Append") -> None:
        """Take in what the same run gave afterwards."""
        self.losses += later.losses
        self.evaluations += later.evaluations
        self.changes += later.changes
        self.seconds = later.seconds

    def carry_out(self, store: RunStore) -> None:
        """Write it."""
        losses = np.concatenate(self.losses)
        store.append(self.run_id, losses, self.evaluations, self.changes, self.seconds)


@dataclass(frozen=True, slots=True)
class Act:
    """Any other change to a run."""

    run_id: str
    carry_out: Callable[[RunStore], None]
    size: ClassVar[int] = 0


Order = Append | Act


def merged(orders: Sequence[Order]) -> list[Order]:
    """Join what each run gave between two other changes to it, so that it takes one write."""
    joined: list[Order] = []
    open_: dict[str, Append] = {}
    for order in orders:
        if not isinstance(order, Append):
            open_.pop(order.run_id, None)
            joined.append(order)
        elif order.run_id in open_:
            open_[order.run_id].extend(order)
        else:
            open_[order.run_id] = order
            joined.append(order)
    return joined
