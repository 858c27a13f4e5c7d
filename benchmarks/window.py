"""What the window costs: speed beside the terminal, lateness of the event loop, start-up, memory.

Every figure is taken in a process of its own, offscreen, so that it needs no display; run
`python -m benchmarks.window` for these figures alone.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

REPEATS = 7
SPEED_SECONDS = 4.0
"""How long each turn of a speed comparison trains, after a second to get going."""
MANY_EPOCHS = 10_000_000
TICK_MS = 4
"""Interval of the timer whose lateness is measured."""


def measure_window() -> list[tuple[str, str, str]]:
    """Return (what, measured, wanted) for every figure of the window."""
    rows = []
    for engine in ("reference", "closed_form"):
        turns = [
            (_child("in_window", engine=engine), _child("in_terminal", engine=engine)) for _ in range(REPEATS)
        ]
        share = 100 * statistics.median(window["rate"] / terminal["rate"] for window, terminal in turns)
        frames = statistics.median(window["frames"] for window, _ in turns)
        rows.append(
            (
                f"epochs/s beside the terminal, {engine}",
                f"{share:.1f} %, at {frames:.1f} pictures a second",
                "at least 95 %",
            )
        )
    late = _child("lateness")
    rows.append(
        (
            f"lateness of the event loop over a run of {late['epochs']:,} epochs, its start and end included",
            f"p99 {late['p99']:.1f} ms, worst {late['worst']:.1f} ms",
            "p99 16 ms, worst 50 ms",
        )
    )
    starts = [(_child("start"), _child("bare_start")) for _ in range(REPEATS)]
    ratio = statistics.median(ours["paint"] / bare["paint"] for ours, bare in starts)
    paint = statistics.median(ours["paint"] for ours, _ in starts)
    bare = statistics.median(bare["paint"] for _, bare in starts)
    rows.append(
        (
            "first paint beside an empty pyqtgraph window",
            f"{paint:.2f} s against {bare:.2f} s, ×{ratio:.2f}",
            "×1.17",
        )
    )
    ready = statistics.median(ours["ready"] for ours, _ in starts)
    torch_ = statistics.median(_child("import_torch")["seconds"] for _ in range(REPEATS))
    rows.append(
        ("ready to train beside importing torch", f"{ready:.2f} s against {torch_:.2f} s", "0.3 s more")
    )
    complete = statistics.median(ours["complete"] for ours, _ in starts)
    rows.append(("everything there, the plots too", f"{complete:.2f} s", ""))
    memory = _child("memory")
    rows.append((f"memory for {MANY_EPOCHS:,} epochs", f"{memory['megabytes']:.0f} MB", "under 100 MB"))
    rows.append(("plot update at the end of them", f"{memory['update_ms']:.1f} ms", "under 4 ms"))
    return rows


def _child(kind: str, **how: Any) -> dict[str, Any]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}
    # An installed program has its bytecode; without, it is compiled anew at each start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # A home of its own: neither the person's settings nor their runs take part.
    with tempfile.TemporaryDirectory() as home:
        environment |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.window", kind, json.dumps(how)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=300,
        )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def in_terminal(engine: str) -> dict[str, float]:
    """Train as the terminal does; returns epochs per second."""
    import torch

    from lora_gui.domain.config import RunConfig
    from lora_gui.domain.pace import Pace
    from lora_gui.engine.device import choose_threads
    from lora_gui.engine.trainers import make_trainer

    config = RunConfig(epochs=MANY_EPOCHS, engine=engine)
    torch.set_num_threads(choose_threads(config))
    trainer, pace = make_trainer(config), Pace()

    def train(seconds: float) -> int:
        before, end = trainer.epoch, time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            epochs = len(trainer.advance(pace.due).losses)
            pace.done(epochs, time.perf_counter() - start)
        return trainer.epoch - before

    train(1.0)
    start = time.perf_counter()
    epochs = train(SPEED_SECONDS)
    return {"rate": epochs / (time.perf_counter() - start)}


def in_window(engine: str) -> dict[str, float]:
    """Train in the window with everything it shows by itself; returns epochs per second."""
    window, session, wait = _open()
    from lora_gui.domain.config import RunConfig

    window.restore_config(RunConfig(epochs=MANY_EPOCHS, engine=engine))
    window.run_actions.start.trigger()
    wait(lambda: session.epoch > 0)
    _idle(1.0)
    # The window looks a few times a second; between two looks the epoch that it knows of is an old one.
    looks: list[tuple[float, int]] = []
    session.advanced.connect(lambda: looks.append((time.perf_counter(), session.epoch)))
    _idle(SPEED_SECONDS)
    (start, before), (end, after) = looks[0], looks[-1]
    window.close()
    return {"rate": (after - before) / (end - start), "frames": (len(looks) - 1) / (end - start)}


def lateness() -> dict[str, float]:
    """Train over a million epochs in closed form; returns how late a timer of the event loop came."""
    from PySide6.QtCore import Qt, QTimer

    window, session, wait = _open()
    from lora_gui.domain.config import RunConfig

    ticks: list[float] = []
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    window.restore_config(RunConfig(epochs=1_200_000, engine="closed_form"))
    timer.start()
    _idle(0.5)
    window.run_actions.start.trigger()
    wait(lambda: not session.state.is_active and session.epoch > 0)
    _idle(0.5)
    timer.stop()
    late = sorted(max(0.0, 1000 * (after - before) - TICK_MS) for before, after in itertools.pairwise(ticks))
    epochs = session.epoch
    window.close()
    return {"p99": late[int(0.99 * len(late))], "worst": late[-1], "epochs": epochs}


def start() -> dict[str, float]:
    """Open the window; returns the seconds until it has painted, can train, and has its plots."""
    began = time.perf_counter()
    from lora_gui.app import create_app

    app, window = create_app(["lora-gui"])
    from lora_gui.runtime.warm_up import WarmUpThread

    painted: list[float] = []
    ready: list[float] = []
    window.first_painted.connect(lambda: painted.append(time.perf_counter()))
    warm_up = window.findChild(WarmUpThread)
    assert warm_up is not None
    warm_up.devices_found.connect(lambda _: ready.append(time.perf_counter()))
    window.show()
    while not hasattr(window, "tabs"):
        app.processEvents()
        time.sleep(0.001)
    complete = time.perf_counter()
    window.close()
    return {"paint": painted[0] - began, "ready": ready[0] - began, "complete": complete - began}


def bare_start() -> dict[str, float]:
    """Open a window with nothing but an empty pyqtgraph plot; returns the seconds to its first paint."""
    began = time.perf_counter()
    import pyqtgraph
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.setCentralWidget(pyqtgraph.PlotWidget())
    window.resize(1440, 900)
    window.show()
    painted: list[float] = []
    # The paint events that show() posts come before a timer of no time.
    QTimer.singleShot(0, lambda: painted.append(time.perf_counter()))
    while not painted:
        app.processEvents()
    return {"paint": painted[0] - began}


def import_torch() -> dict[str, float]:
    """Import torch; returns the seconds."""
    began = time.perf_counter()
    import torch  # noqa: F401

    return {"seconds": time.perf_counter() - began}


def memory() -> dict[str, float]:
    """Show ten million epochs in the window's plot; returns their memory and the time of an update."""
    import numpy as np
    import psutil

    from lora_gui.domain.history import LossHistory

    window, _, _ = _open()
    process = psutil.Process()
    chunk = np.random.default_rng(0).random(10_000)
    history = LossHistory()
    history.append(chunk)
    window.show_history(history)
    _idle(0.2)
    before = process.memory_info().rss
    while len(history) < MANY_EPOCHS:
        history.append(chunk)
    window.plot.refresh()
    _idle(0.2)
    grown = process.memory_info().rss - before
    updates = []
    for _ in range(30):
        history.append(chunk[:100])
        began = time.perf_counter()
        window.plot.refresh()
        updates.append(time.perf_counter() - began)
        _idle(0.02)
    window.close()
    return {"megabytes": grown / 1e6, "update_ms": 1000 * statistics.median(updates)}


def _open() -> tuple[Any, Any, Callable[[Callable[[], bool]], None]]:
    """Return the window, shown and warm, its session, and a wait for a condition."""
    from lora_gui.app import create_app
    from lora_gui.runtime.session import Session
    from lora_gui.runtime.warm_up import WarmUpThread

    _, window = create_app(["lora-gui"], complete=True)
    window.resize(1440, 900)
    window.show()
    warm_up = window.findChild(WarmUpThread)
    assert warm_up is not None

    def wait(condition: Callable[[], bool]) -> None:
        while not condition():
            _idle(0.02)

    wait(lambda: window.isVisible() and warm_up.isFinished())
    return window, window.findChild(Session), wait


def _idle(seconds: float) -> None:
    """Let the event loop run, and sleep, as it does while a person looks on."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


KINDS: dict[str, Callable[..., dict[str, float]]] = {
    f.__name__: f for f in (in_terminal, in_window, lateness, start, bare_start, import_torch, memory)
}


def main() -> None:
    """Print every figure; with the name of one measurement, what that found as JSON."""
    if len(sys.argv) > 1:
        print(json.dumps(KINDS[sys.argv[1]](**json.loads(sys.argv[2]))))
        return
    for row in measure_window():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    main()
