"""The command `train`: one run, a line per epoch, and where it ended."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lora_gui.cli import replay
from lora_gui.cli.ctrl_c import CtrlC
from lora_gui.cli.lines import Lines
from lora_gui.cli.options import add_config_options, config_from
from lora_gui.cli.recording import Recording
from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.files import check_writable, write_atomically
from lora_gui.domain.pace import Pace
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.record import Outcome, RunInfo, Versions
from lora_gui.domain.record_json import record_to_json

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer

DIVERGED = 3
INTERRUPTED = 130


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "train",
        help="train one layer and print the losses",
        description="Train one layer and print the loss of every epoch.",
        allow_abbrev=False,
    )
    add_config_options(parser)
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the run to a file: config, parameter counts, losses, seconds and more; - writes it to "
        "standard output and everything else to standard error",
    )
    parser.add_argument(
        "--replay",
        metavar="FILE",
        help="train the run in a file that --json or the window wrote once more, and compare every loss: "
        "exit code 0 if all are the same bit for bit, 4 if not",
    )
    parser.add_argument(
        "--record",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the run among those that the window lists (default)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train what the command line asks for and return the exit code.

    Raises ConfigError, NotEnoughMemory and OSError for what cannot be done, before any training.
    """
    if arguments.replay is not None:
        return replay.run(arguments)
    config = config_from(arguments)
    out = sys.stderr if arguments.json == "-" else sys.stdout
    if arguments.json not in (None, "-"):
        _check_json(arguments.json)
    trainer = _prepare(config)
    print(_counts(config), file=out, flush=True)
    with CtrlC() as ctrl_c, Recording(_info(trainer), kept=arguments.record) as recording:
        _train(trainer, recording, Lines(out, config.epochs), ctrl_c)
        print(_ending(trainer, recording, stopped=ctrl_c.pressed), file=out, flush=True)
    if arguments.json == "-":
        print(record_to_json(recording.record))
    elif arguments.json:
        write_atomically(Path(arguments.json), record_to_json(recording.record) + "\n")
    if trainer.diverged:
        return DIVERGED
    return INTERRUPTED if ctrl_c.pressed else 0


def _check_json(path: str) -> None:
    try:
        check_writable(Path(path))
    except OSError as error:
        raise ConfigError("json", path, f"a file that can be written: {error.strerror or error}") from None


def _prepare(config: RunConfig) -> "BaseTrainer":
    # Torch takes over a second to import; --help and errors in the command line need not wait for it.
    import torch

    from lora_gui.engine.device import choose_threads
    from lora_gui.engine.trainers import make_trainer

    torch.set_num_threads(choose_threads(config))
    return make_trainer(config)


def _info(trainer: "BaseTrainer") -> RunInfo:
    # Torch is there by now.
    from lora_gui.engine.device import title_of
    from lora_gui.engine.floors import quick_floor

    config = trainer.config
    return RunInfo(
        config=config,
        floor=quick_floor(trainer.task, config),
        started=datetime.now(UTC),
        outcome=Outcome.RUNNING,
        device=title_of(config.device),
        versions=Versions.here(),
    )


def _train(trainer: "BaseTrainer", recording: Recording, lines: Lines, ctrl_c: CtrlC) -> None:
    """Advance to the end or to Ctrl-C, in chunks short enough for it to be obeyed at once."""
    pace = Pace()
    try:
        while not trainer.finished and not ctrl_c.pressed:
            start, epochs = time.perf_counter(), pace.due
            # One epoch alone may take minutes: it is broken off. Chunks of several are over in a moment.
            ctrl_c.breaks = epochs == 1
            try:
                advance = trainer.advance(epochs)
            finally:
                ctrl_c.breaks = False
            seconds = time.perf_counter() - start
            pace.done(epochs, seconds)
            recording.add(advance, seconds)
            lines.add(recording.epochs - len(advance.losses) + 1, advance.losses.tolist())
    except KeyboardInterrupt:
        return  # amid an epoch: this is no state to go on from
    finally:
        lines.close()
    if not trainer.diverged:
        recording.keep_state(trainer)


def _counts(config: RunConfig) -> str:
    counts = ParameterCounts.of(config)
    return f"{counts}\nFrozen: {counts.frozen:,}  Trainable: {counts.trainable:,}  Total: {counts.total:,}"


def _ending(trainer: "BaseTrainer", recording: Recording, *, stopped: bool) -> str:
    done = recording.epochs
    if trainer.diverged:
        recording.end(Outcome.DIVERGED)
        return (
            f"Diverged: the loss of epoch {done + 1} is not finite. Try a learning rate below "
            f"{trainer.config.learning_rate:g}, a smaller scaling, or the optimizer adam."
        )
    word = "Stopped by Ctrl-C" if stopped else "Finished"
    test = trainer.evaluate()
    recording.end(Outcome.FINISHED if trainer.finished else Outcome.STOPPED, test)
    accuracy = "" if test.accuracy is None else f", test accuracy: {test.accuracy:.1%}"
    epochs = "1 epoch" if done == 1 else f"{done:,} epochs"
    return f"{word} after {epochs} in {recording.seconds:.2f} s. Test loss: {test.loss:.4f}{accuracy}"
