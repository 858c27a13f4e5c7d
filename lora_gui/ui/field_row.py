"""One line of a settings form: label, editor, and a message below when there is something to say."""

from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from lora_gui.ui.editors import Editor


class FieldRow:
    """Label, editor and message of one setting, in a QFormLayout; a slider, if any, stands before the editor.

    Attributes:
        widgets: what the setting is edited with, in tab order.
        message: the label below; hidden while it has nothing to say.
    """

    def __init__(self, form: QFormLayout, editor: Editor, slider: QSlider | None = None) -> None:
        self._form = form
        self._editor = editor
        self.widgets: list[QWidget] = [editor] if slider is None else [slider, editor]
        self._holder = editor if slider is None else _side_by_side(slider, editor)
        self._note, self._note_role = "", "muted"
        self._said, self._role = "", "warning"
        self._shown = True
        self._tooltip = ""
        self._label = QLabel()
        self._label.setBuddy(editor)
        # A form puts a label at the top of its line unless the label asks for all of it.
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.message = QLabel()
        self.message.setObjectName(f"{editor.objectName()}_message")
        self.message.setWordWrap(True)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        form.addRow(self._label, self._holder)
        form.addRow(self.message)
        self._refresh()

    def set_texts(self, label: str, tooltip: str) -> None:
        """Name the setting and explain it, to eyes and to screen readers."""
        self._label.setText(label)
        self._tooltip = tooltip
        for widget in self.widgets:
            widget.setAccessibleName(label.replace("&", ""))
            widget.setAccessibleDescription(QTextDocumentFragment.fromHtml(tooltip).toPlainText())

    def set_open(self, is_open: bool, reason: str) -> None:
        """Let the setting be edited or not; `reason` goes into the tooltip of one that is closed."""
        tooltip = self._tooltip if is_open else f"<p><b>{reason}</b></p>{self._tooltip}"
        for widget in (self._label, *self.widgets):
            widget.setEnabled(is_open)
            widget.setToolTip(tooltip)

    def set_shown(self, shown: bool) -> None:
        """Show or hide the whole line."""
        self._shown = shown
        self._form.setRowVisible(self._holder, shown)
        self._refresh()

    def set_note(self, note: str, role: str = "muted") -> None:
        """Set the standing remark (role `muted` or `warning`), shown while there is no message."""
        self._note, self._note_role = note, role
        self._refresh()

    def say(self, message: str, role: str = "warning") -> None:
        """Show a message (role `error` or `warning`) instead of the standing remark, until "" is said."""
        self._said, self._role = message, role
        self._refresh()

    def _refresh(self) -> None:
        text = self._said or self._note
        self.message.setText(text)
        _style(self.message, "role", self._role if self._said else self._note_role)
        _style(self._editor, "invalid", bool(self._said) and self._role == "error")
        self._form.setRowVisible(self.message, bool(text) and self._shown)


def _side_by_side(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        line.addWidget(widget)
    return holder


def _style(widget: QWidget, name: str, value: object) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().polish(widget)
