"""The page before the window proper: a card in the middle. Light, because it is what is painted first."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.rail import Brand


class Gate(QWidget):
    """A page with one card in the middle; put content into `body`."""

    def __init__(self, *, width: int = 440) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        page = QWidget()
        vbox(self).addWidget(scrolled(page))
        outer = vbox(page, margin=Space.PAGE)
        outer.addStretch(2)
        line = hbox()
        line.addStretch(1)
        self.card = sized(Card(margin=32, gap=Space.CARD), width=width)
        line.addWidget(self.card)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(3)
        self.body = self.card.body
        self.body.addWidget(Brand(28))

    def message(self, text: str) -> QWidget:
        """Add a wrapping sentence."""
        made = label(text, "muted", wrap=True)
        self.body.addWidget(made)
        return made


class OpeningPage(Gate):
    """Shown at once, until the services are there."""

    def __init__(self) -> None:
        super().__init__()
        self.words = self.message(tr("gate.opening"))


class WaitingPage(Gate):
    """Covers everything while the last work is done, before closing or locking (`kind`).

    `stop_wanted` asks to give up what can be given up.
    """

    stop_wanted = Signal()

    def __init__(self, kind: str) -> None:
        from app.gui.widgets.buttons import button

        super().__init__()
        self.body.addWidget(label(tr(f"gate.{kind}_title"), "title"))
        self.message(tr(f"gate.{kind}"))
        line = hbox()
        self.stop = button(tr(f"gate.{kind}_stop"), self._stop)
        line.addWidget(self.stop)
        line.addStretch(1)
        self.body.addLayout(line)

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop.setText(tr("gate.stopping"))
        self.stop_wanted.emit()
