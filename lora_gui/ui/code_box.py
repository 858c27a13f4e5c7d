"""Some lines of Python, to be read and to be copied."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lora_gui.ui.announce import announce
from lora_gui.ui.icons import icon

COPIED_MS = 2000
"""How long the button says that it copied."""
SCALE = 0.92
"""Size of the code's letters, in sizes of the text's."""
GAP = 2


class CodeBox(QWidget):
    """Read-only lines under a caption with a button that copies all of them.

    Attributes:
        view: the lines, in a box just as tall.

    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = _View()
        self._caption = QLabel()
        self._caption.setProperty("role", "muted")
        self._button = QToolButton()
        self._button.setObjectName("copy_code")
        self._button.setProperty("quiet", True)
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.clicked.connect(self.copy)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(self._retranslate)
        header = QHBoxLayout()
        header.addWidget(self._caption)
        header.addStretch()
        header.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(header)
        column.addWidget(self.view)
        self._retranslate()

    def show_code(self, code: str) -> None:
        """Show `code`; what is selected stays if it is shown already."""
        if code != self.view.toPlainText():
            self.view.setPlainText(code)
            self.view.updateGeometry()

    def copy(self) -> None:
        """Put every line on the clipboard, and say so."""
        QGuiApplication.clipboard().setText(self.view.toPlainText() + "\n")
        self._copied.start()
        self._retranslate()
        announce(self, self.tr("Copied"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        copied = self._copied.isActive()
        self._caption.setText(self.tr("In Python"))
        self.view.setAccessibleName(self._caption.text())
        self._button.setIcon(icon("check", "good") if copied else icon("copy"))
        text = self.tr("Copied") if copied else self.tr("Copy this Python")
        self._button.setToolTip(text)
        self._button.setAccessibleName(text)


class _View(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("code")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(SCALE * QFont().pointSizeF())
        self.setFont(font)

    def sizeHint(self) -> QSize:
        lines = self.blockCount() * self.fontMetrics().lineSpacing()
        # Style, margins, and a scroll bar where a line is too long.
        around = self.height() - self.viewport().height()
        return QSize(0, lines + around + 2 * round(self.document().documentMargin()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()
