"""What sources say and said of one institution: open conflicts first, then every fact with its source and day."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.clock import local
from app.core.registers import Conflict, Fact, FactState
from app.gui.screens.registers.fields import name_of, value_words
from app.gui.screens.registers.sides import Sides
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, badge, label, selectable
from app.gui.widgets.layout import emptied, hbox, rule, scrolled, vbox

MOST = 200
_TONES = {FactState.OPEN: "open", FactState.FILLED: "ok", FactState.TAKEN: "ok"}


class History(Card):
    """The facts of one row, newest first; `decided` carries a conflict and whether it is taken."""

    decided = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        self._heading = ElidedLabel("", "strong", in_middle=True)
        self.body.addWidget(self._heading)
        inner = QWidget()
        self._column = vbox(inner, margin=(2, 0, 10, 0), gap=Space.BETWEEN)
        self.body.addWidget(scrolled(inner), 1)
        self.texts: list[str] = []

    def put(self, name: str, conflicts: Sequence[Conflict], facts: Sequence[Fact]) -> None:
        """Show what is known of a row."""
        self._heading.setText(name)
        emptied(self._column)
        self.texts = []
        for conflict in conflicts:
            sides = Sides()
            sides.put(conflict)
            sides.decided.connect(self.decided)
            self._column.addWidget(sides)
            self._column.addWidget(rule())
        told = [fact for fact in reversed(facts) if fact.state is not FactState.OPEN][:MOST]
        for fact in told:
            self._tell(fact)
        if not told and not conflicts:
            self._column.addWidget(label(tr("registers.history.none"), "muted", wrap=True))
        self._column.addStretch(1)

    def _tell(self, fact: Fact) -> None:
        line = hbox(gap=Space.INSIDE)
        text = tr("widgets.said", who=name_of(fact.field, fact.about), words=value_words(fact.field, fact.value))
        self.texts.append(text)
        line.addWidget(selectable(text), 1)
        line.addWidget(badge(tr(f"registers.history.{fact.state}"), _TONES.get(fact.state, "none")))
        self._column.addLayout(line)
        self._column.addWidget(label(_said_words(fact), "secondary", wrap=True))


def _said_words(fact: Fact) -> str:
    day = tr("registers.history.day", day=fact.stated_on) if fact.stated_on else ""
    at = tr("registers.history.at", day=f"{local(fact.at):%Y-%m-%d}")
    return " · ".join(filter(None, (fact.source, day, at)))
