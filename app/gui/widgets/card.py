"""Cards and small facts."""

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, vbox


class Card(QFrame):
    """A white surface with a one-pixel border; put content into `body`."""

    def __init__(self, title: str = "", *, margin: int = Space.CARD, gap: int = Space.INSIDE) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.body: QVBoxLayout = vbox(self, margin=margin, gap=gap)
        self.head = hbox()
        self.title: QLabel = label(title, "strong")
        if title:
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            self.body.addLayout(self.head)
            self.setAccessibleName(title)


def inset() -> QFrame:
    """Return a quiet grey area inside a card."""
    made = QFrame()
    made.setProperty("kind", "inset")
    return made


class Fact(QWidget):
    """A big number with what it counts below it."""

    def __init__(self, value: str, caption: str, *, tone: str = "") -> None:
        super().__init__()
        column = vbox(self, gap=0)
        self._value, self._caption = label(value, "number", tone=tone), label(caption, "hint")
        column.addWidget(self._value)
        column.addWidget(self._caption)
        self.show_value(value, tone)

    def show_value(self, value: str, tone: str = "") -> None:
        """Show another number."""
        self._value.setText(value)
        restyle(self._value, tone=tone)
        self.setAccessibleName(f"{value} {self._caption.text()}")
