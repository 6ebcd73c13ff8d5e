"""The search box of lists."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from app.gui import icons
from app.gui.texts import tr
from app.gui.theme import Space, current

PAUSE_MS = 180
LENS = 16


class SearchBox(QLineEdit):
    """A line that asks `wanted(text)` after a short pause in typing; Esc clears it first."""

    wanted = Signal(str)

    def __init__(self, hint: str = "", pause_ms: int = PAUSE_MS) -> None:
        super().__init__()
        self.setPlaceholderText(hint or tr("widgets.search"))
        self.setAccessibleName(hint or tr("widgets.search"))
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lens before the text; an action's icon would not follow the scale."""
        super().paintEvent(event)
        theme = current()
        edge = theme.px(LENS)
        spot = QRect(theme.px(Space.INSIDE + 2), (self.height() - edge) // 2, edge, edge)
        icons.icon("search", "text3").paint(QPainter(self), spot)

    def _dress(self) -> None:
        self.setTextMargins(current().px(LENS + 2), 0, 0, 0)
        self.update()
