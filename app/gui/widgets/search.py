"""The search box of lists."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.gui import icons
from app.gui.texts import tr
from app.gui.theme import current

PAUSE_MS = 180


class SearchBox(QLineEdit):
    """A line that asks `wanted(text)` after a short pause in typing; Esc clears it first."""

    wanted = Signal(str)

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(hint or tr("widgets.search"))
        self.setAccessibleName(hint or tr("widgets.search"))
        self.setClearButtonEnabled(True)
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textChanged.connect(self._wait)
        current().changed.connect(self._dress)
        self._dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear with Esc, ask at once with Enter."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pause.isActive():
            self._pause.stop()
            self._ask()
        else:
            super().keyPressEvent(event)

    def _wait(self, _text: str) -> None:
        self._pause.start()

    def _ask(self) -> None:
        self.wanted.emit(self.text().strip())

    def _dress(self) -> None:
        self._lens.setIcon(icons.icon("search", "text3"))
