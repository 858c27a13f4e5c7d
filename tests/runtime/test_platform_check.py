"""A missing library or display is found before Qt aborts on it, and the message says what to do."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lora_gui.runtime import platform_check
from lora_gui.runtime.platform_check import display_problem, installation_message, missing_libraries

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux may lack a display or a library")

Listen = Callable[[str], None]


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No display of any kind, every library present, X servers looked for in an empty folder."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(platform_check, "_X11_SOCKETS", tmp_path)
    monkeypatch.setattr("ctypes.CDLL", lambda name: None)


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Stand in for a display server: accept connections at the path of a unix socket."""
    servers = []

    def at(address: str) -> None:
        servers.append(server := socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        server.bind(address)
        server.listen()

    yield at
    for server in servers:
        server.close()


def lacking(*sonames: str) -> Callable[[str], None]:
    def load(name: str) -> None:
        if name in sonames:
            raise OSError(f"{name}: cannot open shared object file")

    return load


class TestDisplay:
    def test_no_variable_is_named_in_one_line(self) -> None:
        assert display_problem() == "No display: DISPLAY and WAYLAND_DISPLAY are not set."

    @pytest.mark.parametrize("display", [":7", ":7.0", "unix:7", "unix/:7.1"])
    def test_x11_socket_that_answers(
        self, display: str, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", display)
        assert display_problem() == f"No display: nothing answers at DISPLAY={display}."
        listen(str(tmp_path / "X7"))
        assert display_problem() is None

    def test_x11_abstract_socket_that_answers(
        self, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", ":7")
        listen(f"\0{tmp_path}/X7")
        assert display_problem() is None

    def test_x11_socket_left_behind_by_a_dead_server(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(tmp_path / "X7"))
        monkeypatch.setenv("DISPLAY", ":7")
        assert (tmp_path / "X7").exists()
        assert display_problem() is not None

    def test_x11_over_tcp(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            monkeypatch.setattr(platform_check, "_X11_PORT", server.getsockname()[1] - 10)
            monkeypatch.setenv("DISPLAY", "127.0.0.1:10.0")
            assert display_problem() is None
        assert display_problem() == "No display: nothing answers at DISPLAY=127.0.0.1:10.0."

    @pytest.mark.parametrize("display", ["nonsense", ":", ":x", ":²", "127.0.0.1:99999999", ":" + "9" * 500])
    def test_a_malformed_display_answers_to_nobody(
        self, display: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", display)
        problem = display_problem()
        assert problem is not None
        assert display in problem

    def test_wayland_socket_by_name_and_by_path(
        self, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-3")
        assert display_problem() == "No display: nothing answers at WAYLAND_DISPLAY=wayland-3."
        listen(str(tmp_path / "wayland-3"))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        assert display_problem() is None
        monkeypatch.delenv("XDG_RUNTIME_DIR")
        assert display_problem() is not None
        monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "wayland-3"))
        assert display_problem() is None

    def test_wayland_asked_for_by_name_has_a_default_socket(
        self, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        listen(str(tmp_path / "wayland-0"))
        assert display_problem("wayland") is None
        assert display_problem("") is not None

    def test_either_display_is_enough(
        self, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", ":7")
        monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "gone"))
        listen(str(tmp_path / "X7"))
        assert display_problem() is None
        problem = display_problem("wayland")
        assert problem is not None
        assert "DISPLAY=:7" not in problem

    @pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:port=5901", "eglfs", "xcb;offscreen"])
    def test_platforms_that_need_no_display(self, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
        assert display_problem(platform) is None
        monkeypatch.setenv("QT_QPA_PLATFORM", platform)
        assert display_problem() is None

    def test_the_option_outranks_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        assert display_problem("xcb") == "No display: DISPLAY is not set."

    @pytest.mark.parametrize("system", ["darwin", "win32"])
    def test_other_systems_always_have_one(self, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", system)
        assert display_problem() is None
        assert missing_libraries() == []


class TestLibraries:
    def test_nothing_is_missing_where_all_load(self) -> None:
        assert missing_libraries("xcb") == []

    def test_the_libraries_of_x11_count_only_where_x11_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ctypes.CDLL", lacking("libxcb-cursor.so.0"))
        assert [library.debian for library in missing_libraries("xcb")] == ["libxcb-cursor0"]
        assert missing_libraries("offscreen") == []
        assert missing_libraries() == []
        monkeypatch.setenv("DISPLAY", ":7")
        assert [library.soname for library in missing_libraries()] == ["libxcb-cursor.so.0"]
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert missing_libraries() == []

    @pytest.mark.parametrize(
        ("tool", "user", "line"),
        [
            ("apt-get", 0, "Install them: apt-get install -y libgl1 libegl1"),
            ("apt-get", 1000, "Install them: sudo apt-get install -y libgl1 libegl1"),
            ("dnf", 1000, "Install them: sudo dnf install -y libglvnd-glx libglvnd-egl"),
            ("pacman", 0, "Install them: pacman -S --needed libglvnd"),
            ("none", 0, "Install them with your package manager."),
        ],
    )
    def test_one_message_names_all_and_the_line_that_installs_them(
        self, tool: str, user: int, line: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ctypes.CDLL", lacking("libGL.so.1", "libEGL.so.1"))
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == tool else None)
        monkeypatch.setattr("os.geteuid", lambda: user)
        message = installation_message(missing_libraries("offscreen"))
        assert "libGL.so.1, libEGL.so.1" in message
        assert message.endswith(line)
        assert "\n" not in message


def run_program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start main.py in a process of its own, with no display but what ``environment`` names."""
    root = Path(__file__).parents[2]
    hidden = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-X", "importtime", root / "main.py", *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_program_says_so_in_one_line_before_qt_is_imported() -> None:
    done = run_program()
    imports = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert done.returncode == 2
    assert said == [
        "No display: DISPLAY and WAYLAND_DISPLAY are not set. "
        "Train in the terminal instead: python main.py train"
    ]
    assert any("lora_gui.runtime.platform_check" in line for line in imports)
    assert not any("PySide6" in line or "torch" in line for line in imports)


def test_a_slow_display_does_not_hold_up_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A listener that never accepts: connect() to a full backlog would block for good without the time limit.
    monkeypatch.setattr(platform_check, "_TIMEOUT", 0.05)
    monkeypatch.setenv("DISPLAY", ":7")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(str(tmp_path / "X7"))
        server.listen(0)
        first.connect(str(tmp_path / "X7"))
        answers: list[str | None] = []
        asking = threading.Thread(target=lambda: answers.append(display_problem()), daemon=True)
        asking.start()
        asking.join(timeout=5)
        assert answers == ["No display: nothing answers at DISPLAY=:7."]
