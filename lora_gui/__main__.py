"""Where the program starts: choose between the window and the terminal before either is imported."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

# NumPy's BLAS would start a thread per core for matrices this small; while training keeps the cores busy,
# these wait for each other, and a product of 0.3 ms takes 400. It reads this once, when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from lora_gui.runtime.platform_check import display_problem, installation_message, missing_libraries

# What QApplication itself reads from the command line (Qt's documentation of QGuiApplication, QApplication).
_QT_OPTIONS = {
    *("platform", "platformpluginpath", "platformtheme", "plugin", "session", "reverse", "fontengine", "dpi"),
    *("qwindowgeometry", "qwindowicon", "qwindowtitle", "style", "stylesheet", "widgetcount"),
}
_CANNOT_START = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 2 where no window can open, else that of the chosen side.

    ``argv`` is the command line without the program's name. Empty, or beginning with one of Qt's own options
    (``-platform xcb``, ``-style fusion``), it opens the window. All else goes to the command line interface,
    which also names the words it does not know.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and _name(arguments[0]) not in _QT_OPTIONS:
        from lora_gui.cli import main as run_in_terminal

        return run_in_terminal(arguments)
    if problem := _why_no_window(arguments):
        print(problem, file=sys.stderr)
        return _CANNOT_START
    if sys.platform == "win32":
        # Since torch 2.9 its DLLs fail to load after Qt's (WinError 1114), so there torch goes first.
        import torch  # noqa: F401
    from lora_gui.app import run

    return run([sys.argv[0], *arguments])


def _why_no_window(arguments: Sequence[str]) -> str | None:
    """Return the reason Qt would abort on this machine, with what to do instead; None where it will not."""
    platform = _value("platform", arguments)
    if problem := display_problem(platform):
        program = "python main.py" if Path(sys.argv[0]).name == "main.py" else "lora-gui-cli"
        return f"{problem} Train in the terminal instead: {program} train"
    if missing := missing_libraries(platform):
        return installation_message(missing)
    return None


def _name(argument: str) -> str | None:
    """Return ``name`` for ``-name``, ``--name`` and ``-name=value``, None for a word that is no option."""
    return argument.partition("=")[0].lstrip("-") if argument.startswith("-") else None


def _value(option: str, arguments: Sequence[str]) -> str | None:
    """Return the value given to one of Qt's options, as ``-option value`` or ``-option=value``."""
    for position, argument in enumerate(arguments):
        if _name(argument) == option:
            return argument.partition("=")[2] or next(iter(arguments[position + 1 :]), None)
    return None


if __name__ == "__main__":
    sys.exit(main())
