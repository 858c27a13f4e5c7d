"""Proofs about the base weight that can be shown: it stays as it was, and the adapter fits into it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeightCheck:
    """Checksums of W0, eight hexadecimal digits each: at the start of a run, and after `epoch` epochs.

    `trained` tells that the run trains W0 itself, without an adapter, so that it ought to change.
    """

    epoch: int
    start: str
    now: str
    trained: bool = False

    @property
    def same(self) -> bool:
        """Whether training has left W0 as it was."""
        return self.now == self.start


@dataclass(frozen=True, slots=True)
class MergeCheck:
    """What became of the outputs when the adapter was merged into W0; it has been taken out again.

    Attributes:
        difference: max |output merged − output apart|; NaN after a diverged run.
        largest: max |output apart|, which float32's rounding is in proportion to.
        rows: inputs that were looked at, all of them held out.
        weight: the check of W0 afterwards.

    """

    difference: float
    largest: float
    rows: int
    weight: WeightCheck


@dataclass(frozen=True, slots=True)
class MergeFailure:
    """The merge check could not be made, for want of memory or of an adapter; the run goes on as before."""

    error: Exception
