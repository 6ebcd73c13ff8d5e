"""One conflict between sources: what stands and what another source says, side by side, each with its button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.registers import Conflict
from app.gui.screens.registers.fields import name_of, value_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import inset
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import hbox, vbox


class Sides(QWidget):
    """Shows a conflict; `decided` carries it and whether the other source's value is taken."""

    decided = Signal(object, bool)

    def __init__(self, *, keys: bool = False) -> None:
        """Build the two sides; with `keys` the buttons name the keys 1 and 2, which whoever shows them listens to."""
        super().__init__()
        self._conflict: Conflict | None = None
        column = vbox(self, gap=Space.INSIDE)
        self.title = ElidedLabel("", "strong", in_middle=True)
        column.addWidget(self.title)
        both = hbox(gap=Space.BETWEEN)
        self._texts = []
        self.buttons: list[Button] = []
        for place, (words, choose) in enumerate((("keep", self._keep), ("take", self._take))):
            side: QFrame = inset()
            inside = vbox(side, margin=Space.BETWEEN, gap=Space.HAIR)
            value, source = selectable("", "strong"), label("", "secondary", wrap=True)
            inside.addWidget(value)
            inside.addWidget(source)
            inside.addStretch(1)
            text = tr(f"registers.conflict.{words}")
            made = button(f"{place + 1}  {text}" if keys else text, choose)
            inside.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
            self._texts.append((value, source))
            self.buttons.append(made)
            both.addWidget(side, 1)
        column.addLayout(both)

    def put(self, conflict: Conflict, name: str = "") -> None:
        """Show a conflict, under whose name where that is not said above."""
        self._conflict = conflict
        fact = conflict.fact
        field = name_of(fact.field, fact.about)
        self.title.setText(f"{name} · {field}" if name else field)
        shown = (
            (conflict.standing, conflict.standing_source, conflict.standing_on, "stands"),
            (fact.value, fact.source, fact.stated_on, "says"),
        )
        for (value, source), made, (text, said_by, day, words) in zip(
            self._texts, self.buttons, shown, strict=True
        ):
            value.setText(value_words(fact.field, text))
            parts = (tr(f"registers.conflict.{words}"), said_by, str(day or ""))
            source.setText(" · ".join(filter(None, parts)))
            made.setAccessibleName(f"{made.text()} {field} {value.text()}")

    def choose(self, *, take: bool) -> None:
        """Decide as if the button was pressed."""
        if self._conflict is not None:
            self.decided.emit(self._conflict, take)

    def _keep(self) -> None:
        self.choose(take=False)

    def _take(self) -> None:
        self.choose(take=True)
