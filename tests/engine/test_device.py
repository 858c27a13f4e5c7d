"""Devices that are here and devices that are not, memory before it is taken, threads."""

import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest
import torch

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory, run_bytes
from lora_gui.engine import device
from lora_gui.engine.device import available_devices, check_device, check_memory, choose_threads, cores
from lora_gui.engine.trainer import Trainer

GIB = 2**30


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"GPU number {index}")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: ((index + 1) * GIB, 80 * GIB))


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def free_memory(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=size))


def test_the_cpu_comes_first_with_its_cores(monkeypatch: pytest.MonkeyPatch, no_gpu: None) -> None:
    monkeypatch.setattr(device, "cores", lambda: 6)
    free_memory(monkeypatch, 5 * GIB)
    assert available_devices() == (device.Device("cpu", "CPU (6 cores)", 5 * GIB),)


def test_every_cuda_device_is_offered_by_name(two_gpus: None) -> None:
    titles = {d.name: (d.title, d.free_bytes) for d in available_devices()}
    assert titles["cuda:0"] == ("GPU number 0", GIB)
    assert titles["cuda:1"] == ("GPU number 1", 2 * GIB)


def test_apples_gpu_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert "mps" in [d.name for d in available_devices()]


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
def test_a_device_that_is_not_here_is_refused_with_those_that_are(name: str, no_gpu: None) -> None:
    with pytest.raises(ConfigError, match=f"device: '{name}'.*available here: cpu$") as error:
        check_device(RunConfig(device=name))
    assert error.value.field == "device"


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:0", "cuda:1"])
def test_devices_that_are_here_are_accepted(name: str, two_gpus: None) -> None:
    check_device(RunConfig(device=name))


def test_a_gpu_too_many_is_refused(two_gpus: None) -> None:
    with pytest.raises(ConfigError, match=r"cuda:2.*cpu, cuda:0, cuda:1"):
        check_device(RunConfig(device="cuda:2"))


def test_a_run_too_large_is_refused_before_anything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "randn", lambda *_: pytest.fail("drawn in spite of it"))
    config = RunConfig(in_features=16_384, out_features=16_384, samples=1_000_000)
    free_memory(monkeypatch, 3 * GIB)
    with pytest.raises(
        NotEnoughMemory, match=r"needs about \d+\.\d GiB.*3\.0 GiB free.*fewer samples"
    ) as error:
        Trainer(config)
    assert error.value.needed == run_bytes(config)
    assert error.value.free == 3 * GIB
    assert "\n" not in str(error.value)


def test_memory_is_checked_to_the_byte(monkeypatch: pytest.MonkeyPatch, no_gpu: None) -> None:
    config = RunConfig()
    free_memory(monkeypatch, run_bytes(config))
    check_memory(config)
    free_memory(monkeypatch, run_bytes(config) - 1)
    with pytest.raises(NotEnoughMemory, match="MiB"):
        check_memory(config)


def test_the_memory_of_the_chosen_gpu_counts(monkeypatch: pytest.MonkeyPatch, two_gpus: None) -> None:
    free_memory(monkeypatch, 500 * GIB)
    config = RunConfig(samples=1_000_000, in_features=128, out_features=128)
    assert GIB < run_bytes(config) < 100 * GIB
    check_memory(config)
    with pytest.raises(NotEnoughMemory, match="GPU number 0"):
        check_memory(RunConfig(**config.to_dict() | {"device": "cuda"}))


def test_small_layers_get_one_thread_and_large_ones_every_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cores", lambda: 8)
    large = RunConfig(in_features=1024, out_features=1024, rank=8)
    assert choose_threads(RunConfig()) == 1
    assert choose_threads(large) == 8
    assert choose_threads(RunConfig(in_features=1024, out_features=1024, rank=8, batch_size=2)) == 1


def test_cores_are_at_least_one_and_real() -> None:
    assert 1 <= cores() <= (psutil.cpu_count() or 1)


MEASURE = """
import torch
from lora_gui.domain.config import RunConfig
from lora_gui.engine.trainer import Trainer

def memory(kind: str) -> int:
    # Not getrusage: its peak can be that of the process which started this one.
    status = open("/proc/self/status").read()
    return 1024 * int(status.split(kind)[1].split()[0])

torch.set_num_threads(1)
# The libraries' own start is not the run's.
Trainer(RunConfig(task="low_rank", batch_size=10)).advance(2)
before = memory("VmRSS:")
trainer = Trainer(RunConfig({settings}))
trainer.advance(2)
trainer.snapshot()
trainer.evaluate()
print(memory("VmHWM:") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    "settings",
    [
        {"in_features": 4096, "out_features": 4096, "samples": 100, "task": "low_rank"},
        {"samples": 600_000, "batch_size": 300_000},
    ],
)
def test_the_estimate_is_above_what_a_run_takes_and_not_far(settings: dict[str, int | str]) -> None:
    arguments = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    script = MEASURE.replace("{settings}", arguments)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    taken, estimate = int(done.stdout), run_bytes(RunConfig.from_dict(settings))
    assert taken < estimate < 2.5 * taken
