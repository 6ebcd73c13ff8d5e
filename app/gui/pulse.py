"""The background loop as signals: what it tells on its own threads arrives on the GUI thread."""

from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal


class SyncPulse(QObject):
    """Carries each `Pulse` of the loop as `beat`, queued, until this object is gone. Without a loop it is silent."""

    beat = Signal(object)
    _told = Signal(object)

    def __init__(self, loop: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._told.connect(self.beat, Qt.ConnectionType.QueuedConnection)
        if loop is not None:
            leave = loop.listen(self._hear)
            self.destroyed.connect(leave)

    def _hear(self, pulse: object) -> None:
        if shiboken6.isValid(self):
            self._told.emit(pulse)
