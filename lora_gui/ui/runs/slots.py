"""Which ticked run is drawn in which colour and dashes: a run keeps its own while others come and go."""

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

    def tick(self, run_id: str) -> bool:
        """Tick a run; returns whether it is ticked now, which only a lack of room prevents."""
        if run_id not in self._slots:
            free = next((slot for slot in range(MOST) if slot not in self._slots.values()), None)
            if free is None:
                return False
            self._slots[run_id] = free
        return True

    def untick(self, run_id: str) -> None:
        """Take the tick from a run."""
        self._slots.pop(run_id, None)
