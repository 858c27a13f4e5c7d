"""Which devices are here, how much memory they have free, and how many threads pay off."""

import os
from dataclasses import dataclass

import psutil
import torch

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.engines import engine_for
from lora_gui.domain.parameters import NotEnoughMemory, run_bytes

SERIAL_FLOPS = 8_000_000
"""Floating-point operations of an epoch below which a second thread gains little or nothing."""


@dataclass(frozen=True, slots=True)
class Device:
    """A place to compute: torch's name for it, a title for people, and its free memory in bytes."""

    name: str
    title: str
    free_bytes: int


def available_devices() -> tuple[Device, ...]:
    """Return what can be used here and now, the CPU first."""
    free = psutil.virtual_memory().available
    devices = [Device("cpu", f"CPU ({cores()} cores)" if cores() > 1 else "CPU (1 core)", free)]
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            name, title = f"cuda:{index}", torch.cuda.get_device_name(index)
            devices.append(Device(name, title, torch.cuda.mem_get_info(index)[0]))
    if torch.backends.mps.is_available():
        # Apple's GPU shares the main memory.
        devices.append(Device("mps", "Apple GPU", free))
    return tuple(devices)


def title_of(name: str) -> str:
    """Return what people call a device of that name."""
    titles = {device.name: device.title for device in available_devices()}
    return titles.get(_indexed(name), name)


def free_bytes(device: torch.device) -> int:
    """Return the memory that is free on a device which is here."""
    if device.type == "cuda":
        free: int = torch.cuda.mem_get_info(device)[0]
        return free
    return psutil.virtual_memory().available


def check_device(config: RunConfig) -> None:
    """Raise ConfigError, naming what there is, if the device that `config` asks for is not here."""
    if config.device == "cpu":
        return
    names = [device.name for device in available_devices()]
    if _indexed(config.device) not in names:
        raise ConfigError("device", config.device, "one of those available here: " + ", ".join(names))


def check_memory(config: RunConfig) -> None:
    """Raise NotEnoughMemory if a run of `config` would not fit in what is free.

    Everything is drawn on the CPU first, so a run on another device must fit in main memory too.
    """
    needed = run_bytes(config)
    for device in available_devices():
        if device.name in ("cpu", _indexed(config.device)) and needed > device.free_bytes:
            raise NotEnoughMemory(needed, device.free_bytes, device.title)


def choose_threads(config: RunConfig) -> int:
    """Return how many threads train `config` fastest: one for small layers, every core for large."""
    rows = config.batch_size or config.samples
    adapter = config.rank * (config.in_features + config.out_features)
    if engine_for(config).name == "closed_form":
        # Two products for every input and output, in half the time that others take.
        rows, per_row = min(rows, config.in_features + 1), adapter
    else:
        per_row = config.in_features * config.out_features + 3 * adapter
    return 1 if 2 * rows * per_row < SERIAL_FLOPS else cores()


def cores() -> int:
    """Return the physical cores that this process may use; their hyper-threads slow torch down."""
    physical = psutil.cpu_count(logical=False) or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, usable))


def _indexed(name: str) -> str:
    return "cuda:0" if name == "cuda" else name
