"""An epoch recorded as a CUDA graph: a hundred small kernels, launched by one call."""

import logging
from collections.abc import Callable

import torch
from torch import Tensor

log = logging.getLogger(__name__)

WARM_UP = 3
"""Epochs that are trained as ever before one is recorded: libraries make themselves ready in them, which must
not be recorded (PyTorch's notes on CUDA semantics, "CUDA Graphs")."""


class RecordedEpoch:
    """Plays an epoch that always reads and writes the same tensors; every epoch it plays is a real one.

    Numbers that are no tensors, such as the scaling, are recorded with their values; `key` has them all, and
    with another key the epoch is recorded anew. What cannot be recorded is trained as ever.
    """

    def __init__(self, epoch: Callable[[], Tensor], device: torch.device) -> None:
        """Play `epoch`, which trains one on the CUDA `device`, never waits for it, and returns the loss."""
        self._epoch = epoch
        self._device = device
        self._warm_up = WARM_UP
        self._key: tuple[float, ...] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._loss: Tensor | None = None
        self._refused = False

    def play(self, key: tuple[float, ...]) -> Tensor:
        """Train an epoch and return its loss, to be read before the next one is played."""
        with torch.cuda.device(self._device):
            if self._warm_up:
                self._warm_up -= 1
                return self._aside()
            if key != self._key and not self._refused:
                self._record()
                self._key = key
            if self._graph is None or self._loss is None:
                return self._epoch()
            self._graph.replay()
            return self._loss

    def _aside(self) -> Tensor:
        # On a stream of its own, as everything before a recording has to be.
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            loss = self._epoch()
        torch.cuda.current_stream().wait_stream(stream)
        return loss

    def _record(self) -> None:
        self._graph = self._loss = None
        graph = torch.cuda.CUDAGraph()
        try:
            # Other threads may use the device meanwhile: for another run, or to see how much memory is free.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._loss = self._epoch()
            self._graph = graph
        except RuntimeError:
            self._refused = True
            log.warning("The epoch could not be recorded; it is launched kernel by kernel", exc_info=True)
