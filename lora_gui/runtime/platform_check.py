"""Ask, before Qt is imported, whether this machine has the libraries and the display a window needs.

Qt aborts the process when either is missing; this module finds out first and says what to do. It imports the
standard library alone, so it runs where nothing else does.
"""

import ctypes
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

_X11_SOCKETS = Path("/tmp/.X11-unix")  # where every X server listens
_X11_PORT = 6000
_TIMEOUT = 0.5  # seconds; a local display answers in well under a millisecond


@dataclass(frozen=True, slots=True)
class Library:
    """One shared library of the system, and the package that brings it in three families of Linux."""

    soname: str
    debian: str
    fedora: str
    arch: str


_ALWAYS = (
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Library("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
)
_FOR_X11 = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
)
# Package manager on PATH -> (its install command, the field of Library that holds its package's name).
_INSTALLERS = {
    "apt-get": ("apt-get install -y", "debian"),
    "dnf": ("dnf install -y", "fedora"),
    "pacman": ("pacman -S --needed", "arch"),
}


def missing_libraries(platform: str | None = None) -> list[Library]:
    """Return the shared libraries that Qt needs and the loader cannot find, in a fixed order; none off Linux.

    ``platform`` is Qt's platform plugin, as after ``-platform``; if None, ``QT_QPA_PLATFORM`` decides. The
    libraries of an X11 window are asked for only where one is about to be opened.
    """
    if not _on_linux():
        return []
    wanted = _ALWAYS + (_FOR_X11 if _opens_x11(_plugins(platform)) else ())
    return [library for library in wanted if not _loads(library.soname)]


def installation_message(missing: list[Library]) -> str:
    """Return one message that names every missing library and the one line that installs them all."""
    names = ", ".join(library.soname for library in missing)
    tool = next((name for name in _INSTALLERS if shutil.which(name)), None)
    if tool is None:
        return f"Qt needs system libraries that are missing: {names}. Install them with your package manager."
    command, family = _INSTALLERS[tool]
    packages = " ".join(dict.fromkeys(getattr(library, family) for library in missing))
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"Qt needs system libraries that are missing: {names}. Install them: {sudo}{command} {packages}"


def display_problem(platform: str | None = None) -> str | None:
    """Return why no window can be shown, in one sentence, or None where a display answers or none is needed.

    ``platform`` is as for `missing_libraries`. Only on Linux may the display be absent: elsewhere, and for
    plugins that draw without one (offscreen, minimal, vnc, eglfs, ...), the answer is None.
    """
    plugins = _plugins(platform)
    if not _on_linux() or not all(plugin in ("", "xcb", "wayland") for plugin in plugins):
        return None
    tried: dict[str, str] = {}
    if "" in plugins or "xcb" in plugins:
        tried["DISPLAY"] = os.environ.get("DISPLAY", "")
        if _x11_answers(tried["DISPLAY"]):
            return None
    if "" in plugins or "wayland" in plugins:
        tried["WAYLAND_DISPLAY"] = os.environ.get("WAYLAND_DISPLAY", "")
        # Asked for by name, Wayland has a default; Qt's own choice of it needs the variable.
        if _wayland_answers(tried["WAYLAND_DISPLAY"] or ("wayland-0" if "wayland" in plugins else "")):
            return None
    silent = " and ".join(f"{name}={value}" for name, value in tried.items() if value)
    if silent:
        return f"No display: nothing answers at {silent}."
    return f"No display: {' and '.join(tried)} {'are' if len(tried) > 1 else 'is'} not set."


def _on_linux() -> bool:
    return sys.platform == "linux"


def _plugins(platform: str | None) -> list[str]:
    """Return the plugins that Qt will try in turn: ``"wayland;xcb:option"`` gives ``["wayland", "xcb"]``."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "") if platform is None else platform
    return [part.split(":")[0].strip().removesuffix("-egl") for part in chosen.split(";")]


def _opens_x11(plugins: list[str]) -> bool:
    """Return whether Qt will load its X11 plugin: told to, or left to choose where no Wayland is at hand."""
    only_x11 = bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")
    return "xcb" in plugins or ("" in plugins and only_x11)


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _x11_answers(display: str) -> bool:
    """Return whether an X server listens at ``[protocol/][host]:number[.screen]`` (X(7), "Display names")."""
    host, colon, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not colon or not (number.isascii() and number.isdigit()):
        return False
    host = host.rpartition("/")[2]
    if host in ("", "unix"):
        path = str(_X11_SOCKETS / f"X{number}")
        return _listens("\0" + path) or _listens(path)
    try:
        with socket.create_connection((host.strip("[]"), _X11_PORT + int(number)), timeout=_TIMEOUT):
            return True
    except (OSError, OverflowError):
        return False


def _wayland_answers(name: str) -> bool:
    """Return whether a compositor listens at ``name``, found the way libwayland's wl_display_connect does."""
    if os.environ.get("WAYLAND_SOCKET"):
        return True  # an open connection, inherited from the parent
    folder = os.environ.get("XDG_RUNTIME_DIR")
    if not name or not (folder or name.startswith("/")):
        return False
    return _listens(str(Path(folder or "/") / name))  # an absolute name stands for itself


def _listens(address: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_TIMEOUT)
            probe.connect(address)
    except OSError:
        return False
    return True


if __name__ == "__main__":  # for the set-up: exit code 2 and one message where a library is missing
    if absent := missing_libraries():
        print(installation_message(absent), file=sys.stderr)
        sys.exit(2)
