"""The QR code of a signed document: black on white in both modes, so that every phone reads it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.texts import tr
from app.gui.theme import current

QUIET = 4


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the code of a text, row by row, dark modules true, without the quiet zone."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return tuple(tuple(bool(one) for one in row) for row in code.matrix)


class QrCode(QWidget):
    """Paints one code."""

    def __init__(self, units: int = 188) -> None:
        super().__init__()
        self._units = units
        self._rows: tuple[tuple[bool, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.updateGeometry)

    def show_text(self, text: str, spoken: str) -> None:
        """Show the code of a text."""
        self._rows = modules(text) if text else ()
        self.setAccessibleName(tr("documents.qr_name", text=spoken))
        self.update()

    def sizeHint(self) -> QSize:
        """A square that a phone reads at arm's length."""
        edge = current().px(self._units)
        return QSize(edge, edge)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint modules on whole pixels of the glass."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        if not self._rows:
            return
        count = len(self._rows) + 2 * QUIET
        ratio = self.devicePixelRatioF()
        cell = max(1, int(self.width() * ratio / count)) / ratio
        start = (self.width() - cell * count) / 2 + QUIET * cell
        painter.setPen(Qt.PenStyle.NoPen)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(start + x * cell, start + y * cell, cell, cell), QColor("black"))
