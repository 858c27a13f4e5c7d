"""The writer keeps runs as they go, and never troubles whoever gives it orders."""

import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome
from lora_gui.storage import database, writer
from lora_gui.storage.errors import DamagedStoreError, NewerStoreError, StoreError, UnavailableStoreError
from lora_gui.storage.store import RunStore
from lora_gui.storage.writer import RecordWriter
from tests.storage.support import floats, info, start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs.sqlite"


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def has(errors: list[StoreError], count: int) -> bool:
    return len(errors) == count


def wait_for_epochs(path: Path, run_id: str, epochs: int) -> None:
    wait_until(path.exists)
    with RunStore(path) as store:
        wait_until(lambda: (summary := store.summary(run_id)) is not None and summary.epochs == epochs)


def test_what_was_ordered_is_there_after_closing(path: Path) -> None:
    with RecordWriter(path) as records:
        run_id = records.begin(info())
        for i in range(500):
            records.append(run_id, floats(i, i + 0.5), [Evaluation(2 * i + 1, 1.0)], seconds=i / 10)
        records.append(run_id, floats(), changes=[Change(1000, "scaling", 2.0)], seconds=60.0)
        records.finish(run_id, Outcome.FINISHED)
    with RunStore(path) as store:
        record = store.load(run_id)
    assert np.array_equal(record.losses, np.arange(1000, dtype=np.float32) / 2)
    assert len(record.evaluations) == 500
    assert record.changes == (Change(1000, "scaling", 2.0),)
    assert record.outcome is Outcome.FINISHED


def test_losses_are_on_disk_within_a_second_and_in_few_chunks(path: Path) -> None:
    with RecordWriter(path) as records:
        run_id = records.begin(info())
        begun = time.monotonic()
        for i in range(60):
            records.append(run_id, floats(i), seconds=float(i))
            time.sleep(0.01)
        with RunStore(path) as store:
            wait_for_epochs(path, run_id, 60)
            took = time.monotonic() - begun
            assert len(store.load(run_id).clock) <= took / writer.FLUSH_SECONDS + 1
            assert store.load(run_id).outcome is Outcome.RUNNING


def test_it_says_which_run_was_written(path: Path) -> None:
    written: list[str | None] = []
    with RecordWriter(path, on_written=written.append) as records:
        run_id = records.begin(info())
        wait_until(lambda: run_id in written)
        assert written == [None, run_id]
        records.submit(RunStore.rename, run_id, "best")
        wait_until(lambda: len(written) == 3)
        with RunStore(path) as store:
            assert store.load(run_id).name == "best"


def test_orders_come_from_any_thread(path: Path) -> None:
    ids: list[str] = []

    def one_run() -> None:
        run_id = records.begin(info())
        for i in range(100):
            records.append(run_id, floats(i), seconds=0.0)
        records.finish(run_id, Outcome.FINISHED)
        ids.append(run_id)

    with RecordWriter(path) as records:
        threads = [threading.Thread(target=one_run) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with RunStore(path) as store:
        assert {summary.id for summary in store.summaries()} == set(ids)
        for run_id in ids:
            assert store.load(run_id).losses.tolist() == list(range(100))


def test_a_locked_database_is_reported_once_and_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 0.05)
    errors: list[StoreError] = []
    with RecordWriter(path, on_error=errors.append) as records:
        run_id = records.begin(info())
        wait_for_epochs(path, run_id, 0)
        for first in (0, 20):
            told = len(errors) + 1
            with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as other:
                other.execute("BEGIN IMMEDIATE")
                for i in range(first, first + 20):
                    records.append(run_id, floats(i), seconds=0.0)
                    time.sleep(0.02)
                wait_until(partial(has, errors, told))
                other.execute("ROLLBACK")
            wait_for_epochs(path, run_id, first + 20)
    assert [type(error) for error in errors] == [UnavailableStoreError, UnavailableStoreError]
    with RunStore(path) as store:
        assert store.load(run_id).losses.tolist() == list(range(40))


def test_where_nothing_can_be_written_runs_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 0.02)
    monkeypatch.setattr(writer, "MAX_WAITING_BYTES", 8_000)
    (tmp_path / "file").write_text("not a folder")
    errors: list[StoreError] = []
    with RecordWriter(tmp_path / "file" / "runs.sqlite", on_error=errors.append) as records:
        run_id = records.begin(info())
        wait_until(lambda: len(errors) == 1)
        for _ in range(2):
            records.append(run_id, np.zeros(600), seconds=0.0)
            time.sleep(0.1)
        # Memory stays bounded: it gives up, and says so.
        wait_until(lambda: len(errors) == 2)
        records.append(run_id, np.zeros(600), seconds=0.0)
        assert records.close()
    assert isinstance(errors[0], UnavailableStoreError)
    assert "not kept any more" in str(errors[1])


def test_a_later_versions_runs_are_left_alone(path: Path) -> None:
    with closing(database.open_database(path)) as later:
        later.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    errors: list[StoreError] = []
    with RecordWriter(path, on_error=errors.append) as records:
        records.finish(records.begin(info()), Outcome.FINISHED)
    assert [type(error) for error in errors] == [NewerStoreError]
    assert path.read_bytes() == before


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage" * 1000)
    errors: list[StoreError] = []
    with RecordWriter(path, on_error=errors.append) as records:
        run_id = records.begin(info())
    (error,) = errors
    assert isinstance(error, DamagedStoreError)
    assert error.aside is not None
    assert error.aside.read_bytes() == b"garbage" * 1000
    assert str(error.aside) in str(error)
    with RunStore(path) as store:
        assert store.load(run_id).outcome is Outcome.RUNNING


def test_damage_found_on_the_way_costs_only_what_was_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = RunStore.append

    def append(self: RunStore, *values: Any) -> None:
        monkeypatch.setattr(RunStore, "append", working)
        raise DamagedStoreError(self.path, "database disk image is malformed")

    errors: list[StoreError] = []
    with RecordWriter(path, on_error=errors.append) as records:
        run_id = records.begin(info())
        monkeypatch.setattr(RunStore, "append", append)
        records.append(run_id, floats(1.0), seconds=0.0)
        wait_until(partial(has, errors, 1))
        other = records.begin(info())
        records.append(other, floats(1.0), seconds=0.0)
    assert len(errors) == 1
    assert isinstance(errors[0], DamagedStoreError)
    with RunStore(path) as store:
        assert [summary.id for summary in store.summaries()] == [other]
    assert errors[0].aside is not None
    with RunStore(errors[0].aside) as store:
        assert [summary.id for summary in store.summaries()] == [run_id]


def test_an_order_that_cannot_be_carried_out_holds_up_no_other(path: Path) -> None:
    errors: list[StoreError] = []
    with RecordWriter(path, on_error=errors.append) as records:
        run_id = records.begin(info())
        records.submit(RunStore.rename, run_id, "\ud800")
        records.submit(RunStore.rename, "nobody", "somebody")
        records.submit(RunStore.rename, run_id, "best")
    assert [type(error) for error in errors] == [StoreError]
    with RunStore(path) as store:
        assert store.load(run_id).name == "best"


FULL_DISK = """
import resource, sys, time
from pathlib import Path
import numpy as np
from lora_gui.domain.record import Outcome
from lora_gui.storage.writer import RecordWriter
from tests.storage.support import info

errors = []
records = RecordWriter(Path(sys.argv[1]), on_error=errors.append)
run_id = records.begin(info())
losses = np.arange(400_000, dtype=np.float64)
records.append(run_id, losses[:1000], seconds=1.0)
time.sleep(0.8)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
records.append(run_id, losses[1000:], seconds=2.0)
while not errors:
    time.sleep(0.01)
time.sleep(0.8)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
records.finish(run_id, Outcome.FINISHED)
records.close()
print(run_id, len(errors), type(errors[0]).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_was_full_for_a_while_costs_nothing(path: Path) -> None:
    with start(FULL_DISK, path) as process:
        out, _ = process.communicate(timeout=60)
    run_id, count, kind = out.split()
    assert (count, kind) == ("1", "UnavailableStoreError")
    with RunStore(path) as store:
        record = store.load(run_id)
    assert record.outcome is Outcome.FINISHED
    assert np.array_equal(record.losses, np.arange(400_000))
