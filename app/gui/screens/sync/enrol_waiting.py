"""While this laptop waits to be let in: the digits an administrator compares, and what to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.membership import Asking
from app.gui.screens.sync.words import moment_words
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label, set_tone
from app.gui.widgets.layout import hbox, sized, vbox

_GROUPS = 6
_BESIDE = 3
_LARGER = 1.4


class WaitingCard(Card):
    """Shows an `Asking`; `looked` asks what became of it, `withdrawn` ends it."""

    looked = Signal()
    withdrawn = Signal()

    def __init__(self) -> None:
        super().__init__(tr("sync.asking.title"), gap=Space.BETWEEN)
        self.state = label("", "strong", wrap=True)
        self.body.addWidget(self.state)
        self.digits = _Digits()
        self.body.addWidget(self.digits)
        steps = vbox(gap=Space.HAIR)
        self._steps = [label(tr(f"sync.asking.step.{number}"), "body", wrap=True) for number in (1, 2, 3)]
        for one in self._steps:
            steps.addWidget(one)
        self.body.addLayout(steps)
        self.facts = label("", "secondary", wrap=True)
        self.body.addWidget(self.facts)
        row = hbox(gap=Space.BETWEEN)
        self.withdraw = button(tr("sync.asking.withdraw"), self.withdrawn.emit)
        self.look = button(tr("sync.asking.look"), self.looked.emit, kind="primary", icon="sync")
        row.addWidget(self.withdraw)
        row.addStretch(1)
        row.addWidget(self.look)
        self.body.addLayout(row)
        sized(self, min_width=520, max_width=640)

    def put(self, asking: Asking) -> None:
        """Show how the wish stands."""
        kind = "refused" if asking.is_refused else "waiting"
        self.state.setText(tr(f"sync.asking.{kind}"))
        set_tone(self.state, "bad" if asking.is_refused else "")
        self.digits.put(asking.fingerprint)
        self.facts.setText(tr("sync.asking.facts", server=asking.server, when=moment_words(asking.asked_at)))
        for one in (self.digits, self.look, *self._steps):
            one.setVisible(not asking.is_refused)


class _Digits(QWidget):
    """Six groups of four digits, large, in two rows that are read aloud one after the other."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.INSIDE)
        self._groups = [label("", "secret") for _ in range(_GROUPS)]
        for at, one in enumerate(self._groups):
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(one, at // _BESIDE, at % _BESIDE)
        current().changed.connect(self._enlarge)
        self._enlarge()

    def put(self, fingerprint: str) -> None:
        """Show a fingerprint; a screen reader hears it digit by digit."""
        groups = fingerprint.split()
        for one, text in zip(self._groups, groups, strict=True):
            one.setText(text)
            one.setAccessibleName(" ".join(text))
        self.setAccessibleName(tr("sync.asking.digits", digits=" ".join(groups)))

    def _enlarge(self) -> None:
        """Read from an arm's length, or to somebody on the telephone."""
        px = current().px
        for one in self._groups:
            one.setStyleSheet(
                f"font-size: {px(round(Type.TITLE * _LARGER))}px; padding: {px(Space.INSIDE)}px;"
                f" letter-spacing: {px(Space.HAIR)}px"
            )
