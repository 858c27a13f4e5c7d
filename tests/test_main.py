"""The first word of the command line decides between the window and the terminal."""

import sys
from types import ModuleType

import pytest

from lora_gui import __main__ as program


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Stand-ins for both sides of the program that note what they were given; nothing is missing."""
    noted: list[tuple[str, list[str]]] = []
    app, cli = ModuleType("lora_gui.app"), ModuleType("lora_gui.cli")

    def run(argv: list[str]) -> int:
        noted.append(("window", argv))
        return 11

    def main(argv: list[str]) -> int:
        noted.append(("terminal", argv))
        return 12

    monkeypatch.setattr(app, "run", run, raising=False)
    monkeypatch.setattr(cli, "main", main, raising=False)
    monkeypatch.setitem(sys.modules, "lora_gui.app", app)
    monkeypatch.setitem(sys.modules, "lora_gui.cli", cli)
    monkeypatch.setattr(program, "display_problem", lambda platform: None)
    monkeypatch.setattr(program, "missing_libraries", lambda platform: [])
    monkeypatch.setattr(sys, "argv", ["main.py", "from", "the", "shell"])
    return noted


@pytest.mark.parametrize(
    "argv", [[], ["-platform", "xcb"], ["--style=fusion"], ["-style", "fusion", "-reverse"]]
)
def test_nothing_or_an_option_of_qt_opens_the_window(
    argv: list[str], calls: list[tuple[str, list[str]]]
) -> None:
    assert program.main(argv) == 11
    assert calls == [("window", ["main.py", *argv])]


@pytest.mark.parametrize(
    "argv", [["train", "--rank", "4"], ["-h"], ["--help"], ["--version"], ["trian"], ["--rank", "4"]]
)
def test_all_else_goes_to_the_terminal(argv: list[str], calls: list[tuple[str, list[str]]]) -> None:
    assert program.main(argv) == 12
    assert calls == [("terminal", argv)]


def test_the_shell_is_asked_where_no_arguments_are_given(calls: list[tuple[str, list[str]]]) -> None:
    assert program.main() == 12
    assert calls == [("terminal", ["from", "the", "shell"])]


@pytest.mark.parametrize(
    ("argv", "platform"),
    [
        ([], None),
        (["-platform", "vnc:size=9x9"], "vnc:size=9x9"),
        (["-style", "fusion", "--platform=xcb"], "xcb"),
        (["-platform"], None),
    ],
)
def test_the_check_is_told_the_platform_of_the_command_line(
    argv: list[str],
    platform: str | None,
    calls: list[tuple[str, list[str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(asked: str | None) -> str:
        assert asked == platform
        return "No display: none."

    monkeypatch.setattr(program, "display_problem", refuse)
    monkeypatch.setattr(sys, "argv", ["lora-gui"])
    assert program.main(argv) == 2
    assert calls == []
    expected = "No display: none. Train in the terminal instead: lora-gui-cli train\n"
    assert capsys.readouterr() == ("", expected)
