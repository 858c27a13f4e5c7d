"""The JSON form of a run record: written for any reader, read back with every part checked."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lora_gui.domain.config import RunConfig
from lora_gui.domain.progress import Change, Evaluation
from lora_gui.domain.record import Outcome, RecordError, RunRecord, Versions

FORMAT = 1
"""Of the JSON object; another one is refused."""
AT_A_TIME = 10_000
"""Losses that are written together, in a few milliseconds."""
LARGEST = 2**63
"""Whole numbers stay below, so that a database can hold them."""


def record_to_dict(record: RunRecord) -> dict[str, Any]:
    """Return all parts by name, ready for JSON; `parameters` and `seconds` follow from the others."""
    counts = record.counts
    return {
        "format": FORMAT,
        "name": record.name,
        "config": record.config.to_dict(),
        "changes": [asdict(change) for change in record.changes],
        "parameters": {"frozen": counts.frozen, "trainable": counts.trainable, "total": counts.total},
        "outcome": str(record.outcome),
        "started": record.started.isoformat(),
        "seconds": record.seconds,
        "device": record.device,
        "versions": asdict(record.versions),
        "floor": record.floor,
        "pinned": record.pinned,
        "notes": record.notes,
        "evaluations": [asdict(evaluation) for evaluation in record.evaluations],
        "clock": [list(mark) for mark in record.clock],
        "losses": record.losses.tolist(),
    }


def record_to_json(record: RunRecord) -> str:
    """Return the record as a JSON object, every loss with all its bits."""
    values = record_to_dict(record)
    losses = values.pop("losses")
    head = json.dumps(values, allow_nan=False)
    # Piece by piece: a window stands still while Python writes millions of numbers in one go.
    pieces = (json.dumps(losses[i : i + AT_A_TIME])[1:-1] for i in range(0, len(losses), AT_A_TIME))
    return f'{head[:-1]}, "losses": [{", ".join(pieces)}]}}'


def record_from_json(text: str) -> RunRecord:
    """Read a record back; raises as `record_from_dict`, also for text that is no JSON object."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError("record", str(error), "a JSON object") from None
    return record_from_dict(values)


def record_from_dict(values: object) -> RunRecord:
    """Build a record from its parts by name.

    Raises RecordError for a part that is missing, unknown or wrong, ConfigError for a setting that is.
    """
    parts = _object("record", values, _READERS)
    record = RunRecord(**{name: parts[name] for name in parts if name not in _DERIVED})
    for name, expected in record_to_dict(record).items():
        if name in _DERIVED and parts[name] != expected:
            raise RecordError(name, parts[name], f"{expected}, as the rest of the record says")
    return record


Reader = Callable[[str, Any], Any]
"""Takes the name and the JSON value of a part; returns what the record holds, or raises RecordError."""


def _object(name: str, value: object, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Read an object that has exactly the parts of `readers`."""
    if not isinstance(value, dict):
        raise RecordError(name, _short(value), "a JSON object")
    prefix = "" if name == "record" else f"{name}."
    for part in value:
        if part not in readers:
            raise RecordError(prefix + str(part), _short(value[part]), "left out: there is no such part")
    for part in readers:
        if part not in value:
            raise RecordError(prefix + part, None, "given")
    return {part: read(prefix + part, value[part]) for part, read in readers.items()}


def _list(name: str, value: object, read: Reader) -> list[Any]:
    if not isinstance(value, list):
        raise RecordError(name, _short(value), "a JSON list")
    return [read(f"{name}[{i}]", item) for i, item in enumerate(value)]


def _text(name: str, value: object) -> str:
    # JSON can say half of a character (a lone surrogate), which no file can hold.
    if not isinstance(value, str) or value != value.encode(errors="replace").decode():
        raise RecordError(name, _short(value), "a text")
    return value


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RecordError(name, _short(value), "true or false")
    return value


def _number(name: str, value: Any) -> float:
    # Integers stay integers: a change of a whole-numbered setting must come back as it was.
    limit = LARGEST if type(value) is int else math.inf
    if type(value) not in (int, float) or not abs(value) < limit:
        raise RecordError(name, _short(value), "a finite number")
    number: float = value
    return number


def _whole(name: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value < LARGEST:
        raise RecordError(name, _short(value), "a whole number from 0")
    return value


def _optional(read: Reader) -> Reader:
    return lambda name, value: None if value is None else read(name, value)


def _value_of(cls: type, readers: Mapping[str, Reader]) -> Reader:
    return lambda name, value: cls(**_object(name, value, readers))


def _format(name: str, value: object) -> int:
    if value != FORMAT or type(value) is not int:
        raise RecordError(name, _short(value), f"{FORMAT}: this version reads no other")
    return value


def _config(name: str, value: object) -> RunConfig:
    if not isinstance(value, dict):
        raise RecordError(name, _short(value), "a JSON object of settings")
    return RunConfig.from_dict(value)


def _outcome(name: str, value: Any) -> Outcome:
    try:
        return Outcome(value)
    except ValueError:
        raise RecordError(name, _short(value), "one of " + ", ".join(Outcome)) from None


def _time(name: str, value: object) -> datetime:
    try:
        time = datetime.fromisoformat(_text(name, value))
        # Without its distance to UTC it would be taken for local time; the record refuses it instead.
        return time.astimezone(UTC) if time.tzinfo else time
    except (ValueError, OverflowError):
        raise RecordError(name, _short(value), "a time as in 2026-01-31T12:00:00+00:00") from None


def _mark(name: str, value: object) -> tuple[int, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise RecordError(name, _short(value), "a pair [epoch, seconds]")
    return _whole(name, value[0]), float(_number(name, value[1]))


def _losses(name: str, value: object) -> NDArray[np.float32]:
    if not isinstance(value, list):
        raise RecordError(name, _short(value), "a JSON list")
    # At once and not one by one: there may be ten million.
    if not {float, int}.issuperset(map(type, value)):
        _list(name, value, _number)
    try:
        with np.errstate(over="ignore"):
            return np.array(value, np.float32)
    except OverflowError:
        raise RecordError(name, "a whole number of that size", "finite float32 numbers") from None


def _short(value: object) -> object:
    """Return what an error can show: the value itself, or what it is if it may be long."""
    if isinstance(value, str):
        return value if len(value) <= 80 else value[:77] + "..."
    return value if isinstance(value, int | float) or value is None else type(value).__name__


_DERIVED = ("format", "parameters", "seconds")

_CHANGE = _value_of(Change, {"epoch": _whole, "field": _text, "value": _number})
_EVALUATION = _value_of(Evaluation, {"epoch": _whole, "loss": _number, "accuracy": _optional(_number)})

_READERS: dict[str, Reader] = {
    "format": _format,
    "name": _text,
    "config": _config,
    "changes": lambda name, value: tuple(_list(name, value, _CHANGE)),
    "parameters": lambda name, value: _object(
        name, value, dict.fromkeys(("frozen", "trainable", "total"), _whole)
    ),
    "outcome": _outcome,
    "started": _time,
    "seconds": _number,
    "device": _text,
    "versions": _value_of(Versions, dict.fromkeys(("python", "torch", "lora_gui"), _text)),
    "floor": _optional(_number),
    "pinned": _switch,
    "notes": _text,
    "evaluations": lambda name, value: tuple(_list(name, value, _EVALUATION)),
    "clock": lambda name, value: tuple(_list(name, value, _mark)),
    "losses": _losses,
}
