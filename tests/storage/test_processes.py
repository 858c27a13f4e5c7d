"""A killed process loses a second at most, and two at once do each other no harm."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lora_gui.domain.record import Outcome
from lora_gui.storage.errors import UnknownRunError
from lora_gui.storage.owner import Owner
from lora_gui.storage.store import RunStore
from lora_gui.storage.writer import RecordWriter
from tests.storage.support import floats, info, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs.sqlite"


ENDLESS_RUN = """
import sys, time
from pathlib import Path
import numpy as np
from lora_gui.storage.writer import RecordWriter
from tests.storage.support import info

records = RecordWriter(Path(sys.argv[1]))
run_id = records.begin(info())
epoch = 0
while True:
    records.append(run_id, np.arange(epoch, epoch + 7.0), seconds=epoch / 700)
    epoch += 7
    print(epoch, time.time(), flush=True)
    time.sleep(0.01)
"""


def test_a_killed_run_has_all_but_its_last_second_and_is_interrupted(path: Path) -> None:
    with start(ENDLESS_RUN, path) as process:
        assert process.stdout
        first = time.time()
        lines: list[list[str]] = []
        while not lines or float(lines[-1][1]) < first + 2.5:
            lines.append(process.stdout.readline().split())
        # Another instance that starts now leaves the run alone.
        with RecordWriter(path):
            pass
        with RunStore(path) as store:
            (alive,) = store.summaries()
            assert alive.outcome is Outcome.RUNNING
            assert alive.epochs > 0
        process.kill()
        killed = time.time()
        lines += [line.split() for line in process.stdout.read().splitlines()]
    with RecordWriter(path):
        pass
    with RunStore(path) as store:
        record = store.load(alive.id)
    assert record.outcome is Outcome.INTERRUPTED
    safe = max(int(line[0]) for line in lines if len(line) == 2 and float(line[1]) < killed - 1)
    assert len(record.losses) >= safe > 0
    assert np.array_equal(record.losses, np.arange(len(record.losses)))
    assert record.seconds == record.clock[-1][1] > 0


def test_another_process_under_the_same_id_is_not_the_owner(path: Path) -> None:
    this = Owner.this_process()
    assert this.is_alive
    assert not Owner(this.pid, this.started - 60).is_alive
    assert not Owner(2**22 + 1, this.started).is_alive
    with RunStore(path) as store:
        for run_id in ("mine", "theirs"):
            store.begin(run_id, info())
        store._database.execute("UPDATE runs SET owner_started = ? WHERE id = 'theirs'", (this.started - 60,))
        store.mark_interrupted()
        assert {s.id: s.outcome for s in store.summaries()} == {
            "mine": Outcome.RUNNING,
            "theirs": Outcome.INTERRUPTED,
        }


def test_a_run_taken_for_dead_by_mistake_goes_on(path: Path) -> None:
    with RunStore(path) as store:
        store.begin("a", info())
        store._database.execute("UPDATE runs SET outcome = 'interrupted'")
        store.append("a", floats(1.0), (), (), 1.0)
        assert store.load("a").outcome is Outcome.RUNNING


BUSY_INSTANCE = """
import sys
from pathlib import Path
import numpy as np
from lora_gui.domain.record import Outcome
from lora_gui.storage.store import RunStore, new_id
from tests.storage.support import info

with RunStore(Path(sys.argv[1])) as store:
    for run in range(4):
        run_id = new_id()
        store.begin(run_id, info(name=sys.argv[2]))
        for chunk in range(30):
            store.append(run_id, np.arange(chunk * 50, chunk * 50 + 50.0), (), (), float(chunk))
        store.finish(run_id, Outcome.FINISHED)
"""


def test_two_instances_at_once_do_each_other_no_harm(path: Path) -> None:
    # Both begin with no file at all, and so also make it at once.
    processes = [start(BUSY_INSTANCE, path, name) for name in ("first", "second")]
    with RunStore(path) as store:
        while any(process.poll() is None for process in processes):
            for summary in store.summaries():
                record = store.load(summary.id)
                assert np.array_equal(record.losses, np.arange(len(record.losses)))
        for process in processes:
            process.communicate()
        assert [process.returncode for process in processes] == [0, 0]
        summaries = store.summaries()
        assert sorted(summary.name for summary in summaries) == ["first"] * 4 + ["second"] * 4
        for summary in summaries:
            assert np.array_equal(store.load(summary.id).losses, np.arange(1500))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


HOLDS_A_RUN = """
import sys
from pathlib import Path
from lora_gui.storage.store import RunStore
from tests.storage.support import info

with RunStore(Path(sys.argv[1])) as store:
    store.resume(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
"""


def test_a_run_is_continued_by_one_process_at_a_time(path: Path) -> None:
    with RunStore(path) as store:
        store.begin("a", info())
        store.finish("a", Outcome.STOPPED)
        with start(HOLDS_A_RUN, path, "a") as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            with pytest.raises(UnknownRunError, match="another process"):
                store.resume("a")
            process.kill()
        store.resume("a")
        store.append("a", floats(1.0), (), (), 1.0)
        assert store.load("a").losses.tolist() == [1.0]
