"""Saving while somebody types: after a pause, and at once when the field is left."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

PAUSE_MS = 600


class Pause(QObject):
    """Calls `save` 600 ms after the last `touch`, and at once when a watched field loses focus or on `flush`."""

    def __init__(self, parent: QWidget, save: Callable[[], object]) -> None:
        super().__init__(parent)
        self._save = save
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        self._is_due = False

    @property
    def is_due(self) -> bool:
        """Whether something typed is not yet handed over."""
        return self._is_due

    def touch(self, *_: object) -> None:
        """Start the pause again; connect to a field's `textEdited`."""
        self._is_due = True
        self._timer.start()

    def watch(self, *fields: QWidget) -> None:
        """Flush when one of these fields is left."""
        for field in fields:
            field.installEventFilter(self)

    def flush(self) -> None:
        """Save now what was typed, if anything was."""
        self._timer.stop()
        if self._is_due:
            self._is_due = False
            self._save()

    def drop(self) -> None:
        """Forget what was typed."""
        self._timer.stop()
        self._is_due = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Flush at focus-out; never swallows an event."""
        if event.type() == QEvent.Type.FocusOut:
            self.flush()
        return False
