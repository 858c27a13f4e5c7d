"""The same jobs in a terminal: read the command line, run the command, say in one line what was wrong."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from lora_gui import __version__
from lora_gui.cli import sweep, train
from lora_gui.domain.config import ConfigError
from lora_gui.domain.parameters import NotEnoughMemory

_ABOUT = "LoRA GUI in the terminal. Without a command, the window opens."
_COMMANDS = {"train": train.run, "sweep": sweep.run}
BAD_INPUT = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, without the usage before them."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: error: {message}\n")


def main(argv: Sequence[str]) -> int:
    """Run the command in `argv`, the command line without the program's name; returns the exit code.

    0: done; 1: some runs of a sweep failed; 2: bad input, named in one line; 3: the run, or every run,
    diverged; 4: a replay gave other losses; 130: Ctrl-C.
    """
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
        return _COMMANDS[arguments.command](arguments)
    except SystemExit as end:
        # argparse ends this way after --help and after an error.
        return int(end.code or 0)
    except BrokenPipeError:
        # The reader has gone (`| head`). Python would complain when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (ConfigError, NotEnoughMemory, OSError) as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped before the first epoch.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_program(), description=_ABOUT, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"LoRA GUI {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    train.add_to(commands)
    sweep.add_to(commands)
    return parser


def _program() -> str:
    """Return the words that this program was called with."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return "python -m lora_gui"
    return f"python {called.name}" if called.suffix == ".py" else called.name
