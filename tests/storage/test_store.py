"""What is kept of runs comes back, and what a person does with them holds."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RunRecord
from lora_gui.domain.record_json import record_from_json, record_to_json
from lora_gui.storage.errors import UnknownRunError
from lora_gui.storage.store import RunStore, new_id
from tests.storage.support import floats, info

NONE = floats()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs.sqlite"


def kept_run(store: RunStore, minute: int = 0) -> str:
    run_id = new_id()
    store.begin(run_id, info(minute))
    store.append(run_id, floats(3.0, 1.0, 2.0), (), (), 1.0)
    store.finish(run_id, Outcome.FINISHED)
    return run_id


def test_a_run_comes_back_as_it_went(path: Path) -> None:
    changes = (Change(2, "epochs", 20), Change(3, "learning_rate", 0.5))
    with RunStore(path) as store:
        run_id = new_id()
        store.begin(run_id, info(config=RunConfig(rank=2), name="first"))
        store.append(run_id, floats(3.0, 2.5), (Evaluation(1, 4.0, 0.25),), (), 0.5)
        store.append(run_id, NONE, (), changes[:1], 0.5)
        store.append(run_id, floats(2.25), (Evaluation(3, 3.5),), changes[1:], 0.75)
        store.finish(run_id, Outcome.STOPPED)
    with RunStore(path) as store:
        record = store.load(run_id)
        (summary,) = store.summaries()
    assert record.losses.tolist() == [3.0, 2.5, 2.25]
    assert record.evaluations == (Evaluation(1, 4.0, 0.25), Evaluation(3, 3.5))
    assert record.changes == changes
    assert type(record.changes[0].value) is int
    assert record.clock == ((2, 0.5), (3, 0.75))
    for kept in (record, summary):
        assert (kept.config, kept.name, kept.outcome) == (RunConfig(rank=2), "first", Outcome.STOPPED)
        assert (kept.started, kept.versions, kept.device) == (info().started, info().versions, info().device)
    figures = (summary.epochs, summary.seconds, summary.final_loss, summary.best_loss)
    assert figures == (3, 0.75, 2.25, 2.25)


def test_the_best_loss_need_not_be_the_last(path: Path) -> None:
    with RunStore(path) as store:
        run_id = kept_run(store)
        store.resume(run_id)
        store.append(run_id, floats(5.0, 4.0), (), (), 2.0)
        summary = store.summary(run_id)
    assert summary is not None
    assert (summary.final_loss, summary.best_loss, summary.epochs) == (4.0, 1.0, 5)


def test_a_list_has_the_newest_run_first(path: Path) -> None:
    with RunStore(path) as store:
        ids = [kept_run(store, minute) for minute in (5, 9, 1)]
        assert [summary.id for summary in store.summaries()] == [ids[1], ids[0], ids[2]]


def test_a_run_without_any_loss_is_a_run(path: Path) -> None:
    with RunStore(path) as store:
        run_id = new_id()
        store.begin(run_id, info())
        store.finish(run_id, Outcome.FAILED)
        (summary,) = store.summaries()
        assert (summary.epochs, summary.final_loss, summary.best_loss) == (0, None, None)
        assert len(store.load(run_id).losses) == 0


def test_a_continued_run_goes_on_in_the_same_record(path: Path) -> None:
    with RunStore(path) as store:
        run_id = new_id()
        store.begin(run_id, info())
        store.append(run_id, floats(3.0, 2.0), (Evaluation(3, 1.0),), (), 1.0)
        store.finish(run_id, Outcome.STOPPED)
        with pytest.raises(UnknownRunError, match="not this process's"):
            store.append(run_id, floats(1.0), (), (), 1.5)
        store.resume(run_id)
        # What was measured when it stopped is measured again, before the next step.
        store.append(run_id, floats(1.0), (Evaluation(3, 1.0),), (), 1.5)
        store.finish(run_id, Outcome.FINISHED)
        record = store.load(run_id)
    assert record.losses.tolist() == [3.0, 2.0, 1.0]
    assert record.evaluations == (Evaluation(3, 1.0),)
    assert (record.clock, record.outcome) == (((2, 1.0), (3, 1.5)), Outcome.FINISHED)


def test_names_pins_notes_and_floors_hold(path: Path) -> None:
    with RunStore(path) as store:
        run_id = kept_run(store)
        other = kept_run(store)
        store.rename(run_id, "the best; 'quoted' ü 語")
        store.pin(run_id, True)
        store.annotate(run_id, "two\nlines")
        store.set_floor(run_id, 0.125)
    with RunStore(path) as store:
        record, untouched = store.load(run_id), store.load(other)
    assert (record.name, record.pinned, record.notes) == ("the best; 'quoted' ü 語", True, "two\nlines")
    assert record.floor == 0.125
    assert (untouched.name, untouched.pinned, untouched.notes) == ("", False, "")
    assert untouched.floor is None


def test_a_deleted_run_is_out_of_sight_until_it_is_restored(path: Path) -> None:
    with RunStore(path) as store:
        run_id, other = kept_run(store), kept_run(store)
        store.delete(run_id)
        assert [summary.id for summary in store.summaries()] == [other]
        assert store.summary(run_id) is None
        store.purge()
        store.restore(run_id)
        assert {summary.id for summary in store.summaries()} == {run_id, other}
        assert store.load(run_id).losses.tolist() == [3.0, 1.0, 2.0]


def test_purging_removes_what_was_deleted_and_nothing_else(path: Path) -> None:
    with RunStore(path) as store:
        run_id, other = kept_run(store), kept_run(store)
        for each in (run_id, other):
            store.checkpoint_path(each).parent.mkdir(exist_ok=True)
            store.checkpoint_path(each).write_bytes(b"state")
        store.delete(run_id)
        store.purge(kept=timedelta(0))
        with pytest.raises(UnknownRunError):
            store.restore(run_id)
        assert not store.checkpoint_path(run_id).exists()
        assert store.checkpoint_path(other).exists()
        assert store.load(other).losses.tolist() == [3.0, 1.0, 2.0]
        assert store._rows("SELECT DISTINCT run FROM losses")[0]["run"] == other


def test_an_exported_run_comes_back_as_another(path: Path) -> None:
    with RunStore(path) as store:
        run_id = new_id()
        store.begin(run_id, info(notes="kept"))
        for i in range(5):
            store.append(run_id, floats(*(10.0 / (i + j + 1) for j in range(3))), (), (), i / 3)
        store.append(run_id, NONE, (Evaluation(1, 0.1),), (Change(4, "scaling", 2),), 2.0)
        store.finish(run_id, Outcome.DIVERGED)
        exported = record_to_json(store.load(run_id))
        imported = new_id()
        store.add(imported, record_from_json(exported))
        assert record_to_json(store.load(imported)) == exported
        first, second = store.summaries()
    assert first.id != second.id
    assert (first.best_loss, first.final_loss, first.epochs) == (second.best_loss, second.final_loss, 15)


def test_an_imported_run_that_was_running_is_interrupted(path: Path) -> None:
    facts = {name: getattr(info(), name) for name in ("config", "started", "outcome", "device", "versions")}
    with RunStore(path) as store:
        run_id = new_id()
        store.add(run_id, RunRecord(**facts))
        summary = store.summary(run_id)
    assert summary is not None
    assert summary.outcome is Outcome.INTERRUPTED


@pytest.mark.parametrize("value", ["{", '{"rank": 0}', "[]"])
def test_one_run_that_cannot_be_read_does_not_hide_the_others(
    path: Path, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    with RunStore(path) as store:
        run_id, other = kept_run(store), kept_run(store)
        store._database.execute("UPDATE runs SET config = ? WHERE id = ?", (value, run_id))
        assert [summary.id for summary in store.summaries()] == [other]
        with pytest.raises(ValueError, match="must be"):
            store.load(run_id)
    assert run_id in caplog.text


def test_a_run_that_is_not_there_is_named(path: Path) -> None:
    with RunStore(path) as store:
        assert store.summary("nobody") is None
        for act in (store.load, store.delete, store.resume):
            with pytest.raises(UnknownRunError, match="no run nobody"):
                act("nobody")


def test_ten_million_epochs_come_back(path: Path) -> None:
    rng = np.random.default_rng(1)
    chunks = [rng.random(2_500_000, np.float32) for _ in range(4)]
    with RunStore(path) as store:
        run_id = new_id()
        store.begin(run_id, info())
        for i, chunk in enumerate(chunks):
            store.append(run_id, chunk, (), (), float(i))
        record = store.load(run_id)
    assert np.array_equal(record.losses, np.concatenate(chunks))
