"""The same sweep on a real Dask cluster on this machine, one of whose workers is killed on the way."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.run import RunState
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_results import SweepEnd, SweepNews, SweepRun
from lora_gui.sweeps.job import SweepJob
from tests.sweeps.support import results

ROOT = Path(__file__).parents[2]
BASE = RunConfig(
    in_features=8, out_features=6, samples=30, rank=2, task="low_rank", epochs=300, engine="auto"
)
# Some that go together, and some that go alone and last long enough for a worker to die meanwhile.
SWEEP = Sweep(BASE, (Axis("batch_size", (0, 10)), Axis("rank", (1, 2))), seeds=3)

pytest.importorskip("distributed")


def dask(*arguments: str) -> "Popen[bytes]":
    """Start a part of a cluster, which leaves no file behind."""
    kind, *rest = arguments
    return Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *rest],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=DEVNULL,
        stderr=DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list["Popen[bytes]"]]]:
    """Return the address of a scheduler and its two workers, one thread each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", str(port))
        parts = [scheduler]
        for name in ("one", "two"):
            place = ("--local-directory", str(tmp_path / name))
            parts.append(dask("worker", address, "--no-nanny", "--nthreads", "1", "--name", name, *place))
        for part in parts:
            stack.callback(part.wait)
            stack.callback(part.kill)
        wait_for(port)
        yield address, parts[1:]


def wait_for(port: int) -> None:
    """Return once somebody answers there."""
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_a_cluster_gives_what_this_machine_gives_though_a_worker_dies(
    cluster: tuple[str, list["Popen[bytes]"]],
) -> None:
    address, workers = cluster
    there: dict[int, SweepRun] = {}
    first = threading.Event()

    def tell(news: SweepNews) -> None:
        there.update((run.index, run) for run in news.runs)
        if news.runs:
            first.set()

    ends: list[SweepEnd] = []
    job = SweepJob(SWEEP, scheduler=address, tell=tell)
    thread = threading.Thread(target=lambda: ends.append(job.run()))
    thread.start()
    here = {run.index: run for piece in job.pieces for run in results(piece)}
    assert first.wait(30)
    workers[0].kill()
    thread.join(60)
    assert ends[0].state is RunState.FINISHED
    assert sorted(there) == sorted(here) == list(range(SWEEP.count))
    for index, run in there.items():
        assert replace(run, seconds=0.0) == replace(here[index], seconds=0.0)


def test_no_scheduler_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lora_gui.sweeps.crew.CONNECT_SECONDS", 0.3)
    for address in ("tcp://127.0.0.1:1", "nonsense://"):
        with pytest.raises(ConfigError, match="the address of a running Dask scheduler") as caught:
            SweepJob(SWEEP, scheduler=address).run()
        assert caught.value.field == "scheduler"


def test_without_dask_the_extra_is_named() -> None:
    script = (
        "import sys; sys.modules['distributed'] = None\n"
        "from lora_gui.cli import main\n"
        "sys.exit(main(['sweep', '--seeds', '2', '--scheduler', 'tcp://127.0.0.1:1']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert 'pip install "lora-gui[cluster]"' in done.stderr
    assert done.stderr.count("\n") == 1
