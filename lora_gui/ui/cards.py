"""Cards and what stands on them: the frame with its heading, headings, lines, icons, values."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from lora_gui.ui.icons import draw
from lora_gui.ui.numbers import tabular
from lora_gui.ui.theme import theme, theme_switch

PADDING = 16
"""Pixels between a card's edge and what it holds."""
SPACING = 8
"""Pixels between two things on a card."""
ICON_SIZE = 16
"""Pixels of a square icon beside text."""


class Card(QFrame):
    """A quiet frame with round corners and, over its content, a heading in small capitals.

    Attributes:
        heading: the label that names the card; empty headings take no room.
        header: the layout of the heading, with room for a caption or a button at its right.
        body: the layout to put content into.

    """

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.heading = heading_label(heading)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self.body.setSpacing(SPACING)
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACING)
        self.header.addWidget(self.heading)
        self.header.addStretch()
        self.body.addLayout(self.header)
        self.set_heading(heading)

    def set_heading(self, text: str) -> None:
        """Name the card, for the eye and for a screen reader."""
        self.heading.setText(text)
        self.heading.setVisible(bool(text))
        self.setAccessibleName(text)


class IconView(QWidget):
    """One icon in the theme's colour; it means nothing alone, so the text beside it says the same."""

    def __init__(self, name: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._role = role
        self.setFixedSize(ICON_SIZE, ICON_SIZE)
        theme_switch().changed.connect(self.update)

    @property
    def name(self) -> str:
        """The icon that is shown; empty for none."""
        return self._name

    def show_icon(self, name: str, role: str = "text") -> None:
        """Show icon `name` in the colour of `role`."""
        if (name, role) != (self._name, self._role):
            self._name, self._role = name, role
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size it always has."""
        return QSize(ICON_SIZE, ICON_SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon over the whole widget."""
        if self._name:
            painter = QPainter(self)
            draw(self._name, getattr(theme(), self._role), painter, self.rect())
            painter.end()


def heading_label(text: str = "") -> QLabel:
    """Make a label in small grey capitals, as over each group."""
    label = QLabel(text)
    label.setProperty("role", "heading")
    font = QFont()
    # Qt raises the letters when it paints, so screen readers and translators keep the plain word.
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
    label.setFont(font)
    return label


def value_label(name: str = "", role: str = "") -> QLabel:
    """Make a label for a number: to the right, with digits of one width."""
    label = QLabel()
    label.setObjectName(name)
    label.setFont(tabular())
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if role:
        label.setProperty("role", role)
    return label


def prose_label(role: str = "") -> QLabel:
    """Make a label for sentences, which wraps and takes the height it then needs."""
    label = QLabel()
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        label.setProperty("role", role)
    return label


def rule() -> QFrame:
    """Make the thin line between two groups of a card."""
    line = QFrame()
    line.setProperty("rule", True)
    line.setFixedHeight(1)
    return line
