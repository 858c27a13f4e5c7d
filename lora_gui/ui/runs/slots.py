"""Which ticked run is drawn in which colour and dashes: a run keeps its own while others come and go."""

from collections.abc import Iterable

MOST = 16
"""Runs over the plot at a time; more could not be told apart."""


class Slots:
    """The ticked runs, in the order of their ticks, each with the lowest number that was free."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._slots

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def ids(self) -> list[str]:
        """The ticked runs."""
        return list(self._slots)

    def of(self, run_id: str) -> int | None:
        """Return the number of a run, None if it is not ticked."""
        return self._slots.get(run_id)

    def tick(self, ids: Iterable[str]) -> bool:
        """Tick runs as far as there is room; returns whether there was room for all."""
        new = [run_id for run_id in ids if run_id not in self._slots]
        free = [slot for slot in range(MOST) if slot not in self._slots.values()]
        self._slots |= dict(zip(new, free, strict=False))
        return len(new) <= len(free)

    def untick(self, ids: Iterable[str]) -> None:
        """Take the tick from runs."""
        for run_id in ids:
            self._slots.pop(run_id, None)
