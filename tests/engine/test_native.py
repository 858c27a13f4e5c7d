"""Torch's libraries can be in memory before torch is imported, and torch then finds them."""

import subprocess
import sys
from pathlib import Path

import pytest

from lora_gui.engine import native

PROGRAM = """
import sys
from pathlib import Path
from lora_gui.engine.native import load_native_libraries
load_native_libraries()
assert "torch" not in sys.modules
loaded = "libtorch_cpu" in Path("/proc/self/maps").read_text()
import torch
print(loaded, float((torch.ones(3, 3) @ torch.ones(3)).sum()))
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is in memory")
def test_the_libraries_are_there_before_the_import() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["True", "9.0"], done.stderr


def test_a_system_or_an_installation_it_does_not_know_is_left_to_the_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unexpected(name: object) -> None:
        raise AssertionError("nothing is to be loaded")

    monkeypatch.setattr("ctypes.CDLL", unexpected)
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setattr(native, "find_spec", lambda name: None)
    native.load_native_libraries()
    monkeypatch.undo()
    monkeypatch.setattr("ctypes.CDLL", unexpected)
    monkeypatch.setattr("sys.platform", "win32")
    native.load_native_libraries()
