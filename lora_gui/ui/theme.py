"""Colours of the light and the dark window, and the style sheet made from them.

Frozen things have one colour and trainable things another, everywhere. Widgets that paint themselves ask
`theme()` for the colours in force and repaint on `ThemeSwitch.changed`.

The style sheet is the window's and not the application's: under one of the application's, Qt computes the
style of a widget anew each time that a part around it finds its place, which took four fifths of the time to
build the window.
"""

from dataclasses import dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from lora_gui.domain.assets import asset


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they mean, as #rrggbb; text on any ground keeps a contrast of 4.5.

    `negative`, `zero` and `positive` are the ends and the middle of the scale of values.
    """

    name: str
    ground: str
    card: str
    field: str
    line: str
    text: str
    muted: str
    frozen: str
    trainable: str
    good: str
    warning: str
    error: str
    accent: str
    on_accent: str
    negative: str
    zero: str
    positive: str


LIGHT = Theme(
    name="light",
    ground="#f4f5f7",
    card="#ffffff",
    field="#f7f8fa",
    line="#dde1e7",
    text="#1d2430",
    muted="#5f6b7e",
    frozen="#1f6fb5",
    trainable="#b05708",
    good="#177d4e",
    warning="#96620f",
    error="#c0362c",
    accent="#1f6fb5",
    on_accent="#ffffff",
    negative="#14599b",
    zero="#eff1f4",
    positive="#bf5b00",
)
DARK = Theme(
    name="dark",
    ground="#1b1e23",
    card="#23272e",
    field="#2a2f37",
    line="#3a404a",
    text="#e6e9ee",
    muted="#9aa4b2",
    frozen="#56a8e8",
    trainable="#f2a33a",
    good="#5cc48d",
    warning="#f2c14e",
    error="#ff8a80",
    accent="#56a8e8",
    on_accent="#10151c",
    negative="#5cb0f2",
    zero="#2b3038",
    positive="#f5a53b",
)


SYSTEM = "system"
SCHEMES = {SYSTEM: Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
"""What a person can choose."""


class ThemeSwitch(QObject):
    """Chooses the theme: the system's unless a person overrides it.

    Signals:
        changed: the theme in force is another one now.

    Attributes:
        theme: the colours in force.
        choice: which of SCHEMES was chosen.

    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._worn = False
        self.theme = LIGHT
        self.choice = SYSTEM
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._follow()

    def choose(self, name: str) -> None:
        """Wear light or dark, or what the system wears; an unknown name counts as that."""
        self.choice = name if name in SCHEMES else SYSTEM
        scheme = SCHEMES[self.choice]
        QGuiApplication.styleHints().setColorScheme(scheme)
        self._wear(DARK if _is_dark(scheme) else LIGHT)

    def _follow(self) -> None:
        self._wear(DARK if _is_dark(Qt.ColorScheme.Unknown) else LIGHT)

    def _wear(self, theme: Theme) -> None:
        if theme is self.theme and self._worn:
            return
        self._worn = True
        self.theme = theme
        self._app.setPalette(_palette(theme))
        self.changed.emit()


_switch: ThemeSwitch | None = None


def theme_switch() -> ThemeSwitch:
    """Return the application's one theme switch, made at the first call."""
    global _switch
    if _switch is None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("the theme needs a QApplication")
        _switch = ThemeSwitch(app)
    return _switch


def theme() -> Theme:
    """Return the colours in force."""
    return theme_switch().theme


def style_sheet() -> str:
    """Return the style sheet of a window in the colours in force."""
    names = {field: getattr(theme(), field) for field in Theme.__slots__}
    names["icons"] = asset("icons/check.svg").parent.as_posix()
    return Template(asset("style.qss").read_text(encoding="utf-8")).substitute(names)


def _is_dark(scheme: Qt.ColorScheme) -> bool:
    if scheme == Qt.ColorScheme.Unknown:
        scheme = QGuiApplication.styleHints().colorScheme()
    return scheme == Qt.ColorScheme.Dark


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.ground,
        role.Base: theme.field,
        role.AlternateBase: theme.card,
        role.Button: theme.field,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Mid: theme.line,
    }
    palette = QPalette()
    for key, colour in colours.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.muted))
    return palette
