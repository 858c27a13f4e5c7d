"""Undo and redo of edits to the settings."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QUndoCommand, QUndoStack

from lora_gui.domain.config import LIVE_FIELDS, RunConfig, field_names
from lora_gui.ui.field_texts import FieldTexts

MERGE_WITHIN_S = 1.0
"""Edits of one field that follow each other faster than this are one edit to undo."""


def changed_fields(before: RunConfig, after: RunConfig) -> tuple[str, ...]:
    """Return the names of the settings in which two configs differ."""
    return tuple(name for name in field_names() if getattr(before, name) != getattr(after, name))


class ConfigEdit(QUndoCommand):
    """One change from a config to another; `field` is the setting edited, "" for several at once.

    Edits with the same `drag` number, other than 0, belong to one drag of a slider.
    """

    def __init__(
        self,
        field: str,
        before: RunConfig,
        after: RunConfig,
        put: Callable[[RunConfig], None],
        *,
        drag: int = 0,
    ) -> None:
        super().__init__()
        self.field = field
        self.before = before
        self.after = after
        self._put = put
        self._drag = drag
        self._made_at = time.monotonic()

    def redo(self) -> None:
        """Put the new config in force."""
        self._put(self.after)

    def undo(self) -> None:
        """Put the old config in force."""
        self._put(self.before)

    def id(self) -> int:
        """Return one number per field, so that Qt offers edits of one field for merging."""
        return field_names().index(self.field) if self.field else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802
        """Take in an edit of the same field that followed at once, or in the same drag."""
        if not isinstance(other, ConfigEdit) or other.field != self.field:
            return False
        same_drag = self._drag != 0 and self._drag == other._drag
        if not same_drag and other._made_at - self._made_at > MERGE_WITHIN_S:
            return False
        self.after = other.after
        self._made_at = other._made_at
        self._drag = other._drag
        self.setObsolete(self.before == self.after)
        return True


class ConfigUndo(QUndoStack):
    """The edits made; while a run goes on, undo and redo touch only a live setting."""

    def __init__(self, texts: FieldTexts, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts
        self._undo = QAction(self)
        self._redo = QAction(self)
        self._undo.triggered.connect(self.undo)
        self._redo.triggered.connect(self.redo)
        self._running = False
        self.indexChanged.connect(self.refresh)
        self.refresh()

    def createUndoAction(self, parent: QObject, /, prefix: str = "") -> QAction:  # noqa: N802
        """Return the one undo action: enabled where undoing is allowed, named after what it undoes."""
        return self._undo

    def createRedoAction(self, parent: QObject, /, prefix: str = "") -> QAction:  # noqa: N802
        """Return the one redo action."""
        return self._redo

    def set_running(self, running: bool) -> None:
        """Keep undo and redo away from settings that cannot change now."""
        self._running = running
        self.refresh()

    def refresh(self) -> None:
        """Bring the actions up to date, also with a new language."""
        undoes, redoes = self._edit_at(self.index() - 1), self._edit_at(self.index())
        for action, edit, verb in (
            (self._undo, undoes, self.tr("&Undo")),
            (self._redo, redoes, self.tr("&Redo")),
        ):
            field = edit.field if edit else ""
            action.setText(f"{verb}: {self._texts.name(field)}" if field else verb)
            action.setEnabled(edit is not None and self._is_allowed(edit))

    def _edit_at(self, index: int) -> ConfigEdit | None:
        edit = self.command(index)
        return edit if isinstance(edit, ConfigEdit) else None

    def _is_allowed(self, edit: ConfigEdit) -> bool:
        changed = changed_fields(edit.before, edit.after)
        return not self._running or (len(changed) == 1 and changed[0] in LIVE_FIELDS)
