"""How losses are printed: a line for each, or a bar."""

from collections.abc import Sequence
from typing import TextIO

from tqdm import tqdm

MOST_LINES = 100
"""Epochs up to which a terminal gets a line for each; longer runs get a progress bar."""


class Lines:
    """Prints losses: a line for each epoch, or a bar for a long run on a terminal."""

    def __init__(self, out: TextIO, epochs: int) -> None:
        self._out = out
        self._epochs = epochs
        bar = out.isatty() and epochs > MOST_LINES
        self._bar = tqdm(total=epochs, file=out, unit=" epochs", unit_scale=True) if bar else None

    def add(self, first: int, losses: Sequence[float]) -> None:
        """Print the losses of the epochs from `first` (1-based) on."""
        if not losses:
            return
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {losses[-1]:.4f}", refresh=False)
            self._bar.update(len(losses))
            return
        for epoch, loss in enumerate(losses, first):
            print(f"Epoch {epoch}/{self._epochs}, Loss: {loss:.4f}", file=self._out)
        self._out.flush()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
