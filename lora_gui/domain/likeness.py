"""The update that a run has learned, beside the one it works towards."""

from dataclasses import dataclass

from lora_gui.domain.progress import Snapshot
from lora_gui.domain.spectrum import Floats, Spectrum, distance, overlap, spectrum

MOST_DIRECTIONS = 64
"""Directions of each update whose overlap is told: more would be finer than a picture shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """The spectrum of ΔW at one moment and, where there is a target, how far they agree.

    Attributes:
        snapshot: the moment.
        learned: ΔW = s · A B.
        target: what it is compared with, or None; then so are the rest.
        inputs, outputs: the overlap φ of the input (left) and output (right) directions, at most
            MOST_DIRECTIONS of each; empty while one of the two updates is zero.
        distance: ‖ΔW − target‖ / ‖target‖, None for a target of zero.

    """

    snapshot: Snapshot
    learned: Spectrum
    target: Spectrum | None = None
    inputs: Floats | None = None
    outputs: Floats | None = None
    distance: float | None = None


def compare(snapshot: Snapshot, target: Spectrum | None) -> Likeness:
    """Decompose the update of `snapshot` and compare it with `target`."""
    learned = spectrum(snapshot.lora_A, snapshot.lora_B, snapshot.scaling)
    if target is None:
        return Likeness(snapshot, learned)
    most = MOST_DIRECTIONS
    return Likeness(
        snapshot,
        learned,
        target,
        inputs=overlap(learned.left[:, :most], target.left[:, :most]),
        outputs=overlap(learned.right[:, :most], target.right[:, :most]),
        distance=distance(learned, target) / target.frobenius if target.frobenius else None,
    )
