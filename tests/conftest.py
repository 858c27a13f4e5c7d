"""What every test gets: its own settings store, a quiet log, and a check that nothing is left behind."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

# Before any Qt import: the suite needs no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Before NumPy is imported, as in the program: its threads and those of training get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from PySide6.QtCore import QStandardPaths, QThread
from PySide6.QtWidgets import QApplication

from lora_gui.ui.language import install_language

# Shared machines are slow now and then; a deadline would make the suite flaky, not the code faster.
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Leave what the imports made out of the leak check, which looks through all objects after every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def english(qapp: QApplication) -> None:
    """Let every test see the words that people see."""
    install_language(qapp)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test away from the person's own settings, data and log."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(home / name.lower()))
    QStandardPaths.setTestModeEnabled(False)
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread running or a top-level widget alive."""
    threads = set(threading.enumerate())
    app = QApplication.instance()
    before = set(app.topLevelWidgets()) if isinstance(app, QApplication) else set()
    yield
    left_threads = [t for t in threading.enumerate() if t not in threads and t.is_alive() and not _is_idle(t)]
    assert not left_threads, f"threads left running: {left_threads}"
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.processEvents()
        app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: what was given to deleteLater goes now
        gc.collect()
        left = [w for w in app.topLevelWidgets() if w not in before]
        assert not left, f"widgets left alive: {left}"
    running = [o for o in gc.get_objects() if issubclass(type(o), QThread) and _runs(o)]
    assert not running, f"QThreads left running: {running}"


def _runs(thread: QThread) -> bool:
    try:
        return thread.isRunning()
    except RuntimeError:  # its C++ half is gone, so it runs no more
        return False


def _is_idle(thread: threading.Thread) -> bool:
    # A QThread that called into Python leaves a dummy entry until the interpreter notices that it ended;
    # tqdm keeps one monitor for the life of the process.
    return isinstance(thread, threading._DummyThread) or type(thread).__name__ == "TMonitor"
