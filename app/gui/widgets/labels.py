"""Text on the window: few sizes, named by what they are for."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.gui.signs import seen
from app.gui.widgets.layout import restyle


class _Label(QLabel):
    def setText(self, text: str) -> None:
        super().setText(seen(text))


def label(text: str = "", kind: str = "body", *, tone: str = "", wrap: bool = False) -> QLabel:
    """Return a label; kind is title, section, strong, body, muted, secondary, hint, number, error, key or secret."""
    made = _Label()
    made.setText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    if tone:
        made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    return made


def selectable(text: str = "", kind: str = "body") -> QLabel:
    """Return a wrapping label whose text can be selected and copied."""
    made = label(text, kind, wrap=True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def badge(text: str, tone: str = "none") -> QLabel:
    """Return a small tinted mark; tone is ok, bad, none, open, accent or rehearsal."""
    made = label(text, "badge", tone=tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def key_hint(keys: str) -> QLabel:
    """Return a small key cap such as `Ctrl+L`."""
    made = label(keys, "key")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Change a label's or badge's tone."""
    restyle(widget, tone=tone)


class ElidedLabel(QLabel):
    """One line, shortened by … where space is short; the whole text is its tooltip and its accessible name.

    `in_middle` keeps both ends, for names that differ in the last words. A `short` text stands in where the whole does
    not fit.
    """

    def __init__(self, text: str = "", kind: str = "body", *, in_middle: bool = False) -> None:
        super().__init__()
        self._mode = Qt.TextElideMode.ElideMiddle if in_middle else Qt.TextElideMode.ElideRight
        self._short = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text."""
        text = seen(text)
        super().setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_short(self, text: str) -> None:
        """Show this instead where the whole text does not fit."""
        self._short = seen(text)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Allow shrinking to a few characters."""
        hint = super().minimumSizeHint()
        return QSize(
            min(hint.width(), QFontMetrics(self.font()).horizontalAdvance("字字字字")), hint.height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text, shortened where needed."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self.font())
        area = self.contentsRect()
        metrics, text = QFontMetrics(self.font()), self.text()
        if self._short and metrics.horizontalAdvance(text) > area.width():
            text = self._short
        text = metrics.elidedText(text, self._mode, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
