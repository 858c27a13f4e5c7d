"""`train --replay`: a record run again, and whether it gives the same losses."""

import argparse
import sys
from pathlib import Path

from lora_gui.cli.ctrl_c import CtrlC
from lora_gui.cli.lines import Lines
from lora_gui.domain.config import ConfigError, field_names
from lora_gui.domain.record import RunRecord
from lora_gui.domain.record_json import record_from_json
from lora_gui.domain.replay import ReplayResult

DIFFERENT = 4
INTERRUPTED = 130


def run(arguments: argparse.Namespace) -> int:
    """Replay the record that the command line names; returns 0 if all losses are the same, 4 if not.

    Raises ConfigError for a file that holds no record and for settings beside it, and NotEnoughMemory.
    """
    record = _read(arguments)
    # Torch takes over a second to import; errors in the command line need not wait for it.
    import torch

    from lora_gui.engine.device import choose_threads
    from lora_gui.engine.replay import Replay

    torch.set_num_threads(choose_threads(record.config))
    replay, lines, done = Replay(record), Lines(sys.stdout, len(record.losses)), 0
    print(f"Replaying {record.name or arguments.replay}: {len(record.losses):,} epochs", flush=True)
    try:
        with CtrlC() as ctrl_c:
            ctrl_c.breaks = True  # nothing is to be kept of an epoch that is broken off
            while not replay.finished:
                losses = replay.advance().tolist()
                lines.add(done + 1, losses)
                done += len(losses)
    except KeyboardInterrupt:
        print(f"Stopped by Ctrl-C after {done:,} epochs: nothing was compared.")
        return INTERRUPTED
    finally:
        lines.close()
    result = replay.result()
    print(_verdict(result))
    return 0 if result.same else DIFFERENT


def _read(arguments: argparse.Namespace) -> RunRecord:
    path = arguments.replay
    others = ("preset", "config", "json", *field_names())
    if given := [name for name in others if getattr(arguments, name) is not None]:
        option = "--" + given[0].replace("_", "-")
        raise ConfigError("replay", path, f"given without {option}: the record says how to train")
    try:
        return record_from_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError("replay", path, f"a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError("replay", path, "a text file in UTF-8") from None


def _verdict(result: ReplayResult) -> str:
    if result.same:
        return f"The same losses, bit for bit: {result.epochs:,} of {result.epochs:,} epochs."
    told = f"The losses differ from epoch {result.differs_at:,} on: "
    told += f"{_loss(result.recorded)} in the record, {_loss(result.replayed)} now."
    if not result.same_versions:
        versions = result.versions
        told += (
            f" It was trained with LoRA GUI {versions.lora_gui}, torch {versions.torch} and "
            f"Python {versions.python}, which may round differently."
        )
    return told


def _loss(loss: float | None) -> str:
    return "none" if loss is None else f"{loss:.9g}"
