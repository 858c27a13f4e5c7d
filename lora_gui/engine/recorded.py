"""An epoch recorded as a CUDA graph: a hundred small kernels, launched by one call."""

import logging
import threading
from collections.abc import Callable

import torch
from torch import Tensor

log = logging.getLogger(__name__)

WARM_UP = 3
"""Epochs that are trained as ever before one is recorded: libraries make themselves ready in them, which must
not be recorded (PyTorch's notes on CUDA semantics, "CUDA Graphs")."""

_one_at_a_time = threading.Lock()


class RecordedEpoch:
    """Plays an epoch that always reads and writes the same tensors; every epoch it plays is a real one.

    Numbers that are no tensors, such as the scaling, are recorded with their values; `key` has them all, and
    with another key the epoch is recorded anew. What cannot be recorded is trained as ever.
    """

    def __init__(self, device: torch.device) -> None:
        """Play on the CUDA `device`."""
        self._device = device
        self._stream: torch.cuda.Stream | None = None
        self._warm_up = WARM_UP
        self._key: tuple[float, ...] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._loss: Tensor | None = None
        self._refused = False

    def play(self, epoch: Callable[[], Tensor], key: tuple[float, ...]) -> Tensor:
        """Train an epoch and return its loss, to be read before the next one is played.

        `epoch` trains one, always the same, returns its loss, and never waits for the device.
        """
        with torch.cuda.device(self._device):
            # One's own, on this device: torch's default for recordings is one for all devices and threads.
            self._stream = self._stream or torch.cuda.Stream()  # type: ignore[no-untyped-call]
            if self._warm_up:
                self._warm_up -= 1
                return self._aside(epoch, self._stream)
            if key != self._key and not self._refused:
                self._record(epoch, self._stream)
                self._key = key
            if self._graph is None or self._loss is None:
                return epoch()
            self._graph.replay()
            return self._loss

    def _aside(self, epoch: Callable[[], Tensor], stream: torch.cuda.Stream) -> Tensor:
        # On a stream of its own, as everything before a recording has to be.
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            loss = epoch()
        torch.cuda.current_stream().wait_stream(stream)
        return loss

    def _record(self, epoch: Callable[[], Tensor], stream: torch.cuda.Stream) -> None:
        self._graph = self._loss = None
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the device meanwhile, for another run or to see how much memory is free; but a
        # process can record one graph at a time. The outer context leads back to the present stream after a
        # recording that failed.
        try:
            recording = torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local")
            with _one_at_a_time, torch.cuda.stream(torch.cuda.current_stream()), recording:
                self._loss = epoch()
            self._graph = graph
        except RuntimeError:
            self._refused = True
            log.warning("The epoch could not be recorded; it is launched kernel by kernel", exc_info=True)
