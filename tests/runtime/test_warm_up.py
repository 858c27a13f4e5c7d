"""The thread that imports what is slow: what it tells, what it waits for, and that it leaves no trace."""

import builtins
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lora_gui.runtime.warm_up import WarmUpThread

WAIT_MS = 20_000


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module that notes what the interpreter does while it is imported."""
    (tmp_path / "slow_to_import.py").write_text("import gc\ncollects = gc.isenabled()\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "slow_to_import"
    sys.modules.pop("slow_to_import", None)


def test_it_finds_the_devices_and_imports_the_rest_once_it_may(qtbot: QtBot, module: str) -> None:
    thread = WarmUpThread((module,))
    found: list[list[tuple[str, str]]] = []
    thread.devices_found.connect(found.append)
    hooked = builtins.__import__
    thread.start()
    qtbot.wait(100)
    assert thread.isRunning()
    assert not found
    thread.go_on()
    qtbot.waitUntil(thread.isFinished, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0][0][0] == "cpu"
    assert not sys.modules[module].collects
    assert gc.isenabled()
    assert builtins.__import__ is hooked


def test_a_window_that_closes_first_needs_nothing(qtbot: QtBot, module: str) -> None:
    thread = WarmUpThread((module,))
    thread.start()
    thread.requestInterruption()
    thread.go_on()
    assert thread.wait(WAIT_MS)
    assert module not in sys.modules


def test_what_cannot_be_imported_is_told_and_leaves_the_interpreter_as_it_was(qtbot: QtBot) -> None:
    thread = WarmUpThread(("no_such_module",))
    hooked = builtins.__import__
    with qtbot.waitSignal(thread.failed, timeout=WAIT_MS) as failed:
        thread.start()
        thread.go_on()
    assert "no_such_module" in str(failed.args[0])
    assert thread.wait(WAIT_MS)
    assert gc.isenabled()
    assert builtins.__import__ is hooked
