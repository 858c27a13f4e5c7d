"""An epoch recorded and played again gives the losses of one that is trained as ever, bit for bit.

Where there is no CUDA device, a double stands in for the graph: like the real one it changes nothing while it
records, and plays what it has recorded on the very tensors that it has seen.
"""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change
from lora_gui.engine.recorded import WARM_UP, RecordedEpoch
from lora_gui.engine.trainer import Trainer

CONFIGS = [
    RunConfig(epochs=60, engine="reference"),
    RunConfig(epochs=60, engine="reference", optimizer="adamw", train_bias=False, init="paper"),
    RunConfig(epochs=60, engine="reference", optimizer="sgd", learning_rate=1e-3, task="low_rank"),
    RunConfig(epochs=60, engine="reference", method="full"),
]
IDS = ["adam", "adamw", "sgd", "full"]
CHANGES = (Change(20, "learning_rate", 0.003), Change(40, "scaling", 0.5))


class Graph:
    """Plays operations on the CPU."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []
        self.plays = 0

    @torch.no_grad()
    def replay(self) -> None:
        self.plays += 1
        for function, args, kwargs, out in self.calls:
            again = function(*args, **kwargs)
            for old, new in zip(tree_flatten(out)[0], tree_flatten(again)[0], strict=True):
                if isinstance(old, torch.Tensor) and old.data_ptr() != new.data_ptr():
                    old.detach().copy_(new)


class Recording(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operation; those that change a tensor are not carried out."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.graph = graph

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        changed = [a for a, s in zip(args, func._schema.arguments, strict=False) if s.is_write]
        if func in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten._to_copy.default):
            raise RuntimeError("operation not permitted when stream is capturing")
        out = func(*args, **kwargs) if not changed else changed[0] if len(func._schema.returns) else None
        self.graph.calls.append((func, args, kwargs, out))
        return out


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> list[Graph]:
    """Let graphs be recorded on the CPU, and tell which."""
    made: list[Graph] = []

    @contextmanager
    def record(graph: Graph, stream: object, capture_error_mode: str) -> Iterator[None]:
        assert isinstance(stream, Stream)
        assert capture_error_mode == "thread_local"
        made.append(graph)
        with Recording(graph):
            yield

    class Stream:
        def wait_stream(self, other: object) -> None:
            pass

    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", record)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    for name in ("stream", "device"):
        monkeypatch.setattr(torch.cuda, name, lambda _: nullcontext())
    return made


def trainer_of(config: RunConfig, *, recorded: bool, changes: tuple[Change, ...] = CHANGES) -> Trainer:
    trainer = Trainer(config, changes)
    if recorded:
        trainer._recorded = RecordedEpoch(torch.device(config.device))
    # What a CUDA device uses; it has a kernel for the CPU as well.
    trainer._optimizer._fused = True
    return trainer


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_a_recorded_epoch_gives_the_same_bits(config: RunConfig, graphs: list[Graph]) -> None:
    usual, recorded = trainer_of(config, recorded=False), trainer_of(config, recorded=True)
    expected, found = usual.advance(60), recorded.advance(60)
    assert found.losses.tolist() == expected.losses.tolist()
    assert found.norms == expected.norms
    assert found.evaluations == expected.evaluations
    for name, tensor in usual.state().items():
        assert torch.equal(tensor, recorded.state()[name]), name


def test_it_is_recorded_once_for_every_value_that_is_written_into_it(graphs: list[Graph]) -> None:
    trainer_of(CONFIGS[0], recorded=True).advance(60)
    assert [graph.plays for graph in graphs] == [20 - WARM_UP, 20, 20]


def test_what_cannot_be_recorded_is_trained_as_ever(
    graphs: list[Graph], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    usual, recorded = trainer_of(CONFIGS[0], recorded=False), trainer_of(CONFIGS[0], recorded=True)

    def refuse(graph: Graph, stream: object, capture_error_mode: str) -> None:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(torch.cuda, "graph", refuse)
    assert recorded.advance(60).losses.tolist() == usual.advance(60).losses.tolist()
    assert sum("could not be recorded" in record.message for record in caplog.records) == 1


def test_an_epoch_that_waits_for_the_device_is_refused(graphs: list[Graph]) -> None:
    weight = torch.ones(())

    def epoch() -> torch.Tensor:
        return weight * weight.item()

    recorded = RecordedEpoch(torch.device("cpu"))
    for _ in range(WARM_UP + 2):
        assert recorded.play(epoch, (1.0,)) == 1
    assert [graph.plays for graph in graphs] == [0]


def test_a_trainer_goes_with_its_last_reference(graphs: list[Graph]) -> None:
    trainer = trainer_of(CONFIGS[0], recorded=True)
    trainer.advance(10)
    gone = weakref.ref(trainer)
    gc.disable()
    try:
        del trainer
        assert gone() is None  # its memory on the device is free for the next run
    finally:
        gc.enable()


def test_on_the_cpu_and_with_batches_nothing_is_recorded() -> None:
    assert Trainer(CONFIGS[0])._recorded is None
    assert Trainer(CONFIGS[0].with_("batch_size", 10))._recorded is None


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@needs_cuda
@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_a_real_graph_gives_the_same_bits(config: RunConfig) -> None:
    config = config.with_("device", "cuda:0")
    usual, recorded = Trainer(config, CHANGES), Trainer(config, CHANGES)
    usual._recorded = None
    expected, found = usual.advance(60), recorded.advance(60)
    assert recorded._recorded is not None
    assert not recorded._recorded._refused
    assert found.losses.tolist() == expected.losses.tolist()
    np.testing.assert_allclose(
        found.losses, Trainer(config.with_("device", "cpu"), CHANGES).advance(60).losses, rtol=1e-4
    )
