"""The command `train`: one run, a line per epoch, and where it ended."""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from lora_gui.cli.ctrl_c import CtrlC
from lora_gui.cli.options import add_config_options, config_from
from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.files import check_writable, write_atomically
from lora_gui.domain.pace import Pace
from lora_gui.domain.parameters import ParameterCounts

if TYPE_CHECKING:
    from lora_gui.engine.base_trainer import BaseTrainer

DIVERGED = 3
INTERRUPTED = 130
MOST_LINES = 100
"""Epochs up to which a terminal gets a line for each; longer runs get a progress bar."""


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
        help="write config, parameter counts, losses and seconds to a file; - writes them to standard output "
        "and everything else to standard error",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train what the command line asks for and return the exit code.

    Raises ConfigError, NotEnoughMemory and OSError for what cannot be done, before any training.
    """
    config = config_from(arguments)
    out = sys.stderr if arguments.json == "-" else sys.stdout
    if arguments.json not in (None, "-"):
        _check_json(arguments.json)
    trainer = _prepare(config)
    print(_counts(config), file=out, flush=True)
    result = _Result(config)
    with CtrlC() as ctrl_c:
        _train(trainer, result, _Lines(out, config.epochs), ctrl_c)
    print(_ending(trainer, result, stopped=ctrl_c.pressed), file=out, flush=True)
    if arguments.json == "-":
        print(result.to_json())
    elif arguments.json:
        write_atomically(Path(arguments.json), result.to_json() + "\n")
    if trainer.diverged:
        return DIVERGED
    return INTERRUPTED if ctrl_c.pressed else 0


@dataclass(slots=True)
class _Result:
    """What came out of a run so far."""

    config: RunConfig
    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> str:
        counts = ParameterCounts.of(self.config)
        parameters = {"frozen": counts.frozen, "trainable": counts.trainable, "total": counts.total}
        return json.dumps(
            {
                "config": self.config.to_dict(),
                "parameters": parameters,
                "losses": self.losses,
                "seconds": self.seconds,
            }
        )


class _Lines:
    """Prints losses: a line for each epoch, or a bar for a long run on a terminal."""

    def __init__(self, out: TextIO, epochs: int) -> None:
        self._out = out
        self._epochs = epochs
        bar = out.isatty() and epochs > MOST_LINES
        self._bar = tqdm(total=epochs, file=out, unit=" epochs", unit_scale=True) if bar else None

    def add(self, first: int, losses: list[float]) -> None:
        """Print the losses of the epochs from `first` (1-based) on."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {losses[-1]:.4f}", refresh=False)
            self._bar.update(len(losses))
            return
        for epoch, loss in enumerate(losses, first):
            print(f"Epoch {epoch}/{self._epochs}, Loss: {loss:.4f}", file=self._out)
        self._out.flush()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()


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


def _train(trainer: "BaseTrainer", result: _Result, lines: _Lines, ctrl_c: CtrlC) -> None:
    """Advance to the end or to Ctrl-C, in chunks short enough for it to be obeyed at once."""
    pace = Pace()
    begin = time.perf_counter()
    while not trainer.finished and not ctrl_c.pressed:
        start, epochs = time.perf_counter(), pace.due
        # One epoch alone may take minutes: it is broken off. Chunks of several are over in a moment.
        ctrl_c.breaks = epochs == 1
        try:
            losses = trainer.advance(epochs).losses.tolist()
        except KeyboardInterrupt:
            break
        finally:
            ctrl_c.breaks = False
        pace.done(epochs, time.perf_counter() - start)
        result.losses += losses
        if losses:
            lines.add(len(result.losses) - len(losses) + 1, losses)
    result.seconds = time.perf_counter() - begin
    lines.close()


def _counts(config: RunConfig) -> str:
    counts = ParameterCounts.of(config)
    return f"{counts}\nFrozen: {counts.frozen:,}  Trainable: {counts.trainable:,}  Total: {counts.total:,}"


def _ending(trainer: "BaseTrainer", result: _Result, *, stopped: bool) -> str:
    done = len(result.losses)
    if trainer.diverged:
        return (
            f"Diverged: the loss of epoch {done + 1} is not finite. Try a learning rate below "
            f"{trainer.config.learning_rate:g}, a smaller scaling, or the optimizer adam."
        )
    word = "Stopped by Ctrl-C" if stopped else "Finished"
    test = trainer.evaluate()
    accuracy = "" if test.accuracy is None else f", test accuracy: {test.accuracy:.1%}"
    epochs = "1 epoch" if done == 1 else f"{done:,} epochs"
    return f"{word} after {epochs} in {result.seconds:.2f} s. Test loss: {test.loss:.4f}{accuracy}"
