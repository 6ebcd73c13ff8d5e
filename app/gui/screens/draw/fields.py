"""What the pages of a draw have in common: a digest that is read aloud, where digits come from."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from app.core.clock import CHINA, today
from app.core.draws import Source, SourceKind
from app.core.naming import narrow
from app.gui.screens.draw import words
from app.gui.screens.plans.fields import LineField
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import DateEdit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import selectable
from app.gui.widgets.layout import hbox, sized

_HINTS = {
    SourceKind.DICE: "draws.digits.dice",
    SourceKind.DICE10: "draws.digits.dice10",
    SourceKind.LOTTERY: "draws.digits.lottery",
    SourceKind.PERSON: "draws.digits.person",
}
_TIME = re.compile(r"([01]?\d|2[0-3])\s*[:：时]\s*([0-5]\d)(?:\s*[:：分]\s*([0-5]\d))?\s*[分秒]?")


def large(name: str) -> QLabel:
    """Return a place for digits or a digest that are read aloud and copied."""
    made = selectable("", "secret")
    made.setAccessibleName(name)
    return made


class SourceRow(QWidget):
    """One source of the seed, as it is announced: its kind, and which one."""

    def __init__(self, number: int, kind: SourceKind, words: str) -> None:
        super().__init__()
        row = hbox(self, gap=Space.INSIDE)
        self.kind = sized(QComboBox(), min_width=168)
        self.kind.setAccessibleName(tr("draws.source.kind", n=number))
        for one in SourceKind:
            self.kind.addItem(tr(f"draws.source.{one}"), str(one))
        self.kind.setCurrentIndex(self.kind.findData(str(kind)))
        self.words = LineField(tr("draws.source.label", n=number), tr("draws.source.hint"))
        self.words.setText(words)
        self.words.setCursorPosition(0)
        row.addWidget(self.kind)
        row.addWidget(self.words, 1)

    def value(self) -> tuple[str, str]:
        """Return kind and label."""
        return str(self.kind.currentData()), self.words.value()


class DigitsRow(QWidget):
    """The digits of one source; of a lottery also when it was drawn, of all others that is when they are entered."""

    changed = Signal()

    def __init__(self, number: int, source: Source, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._source, self._now = source, now
        name = f"{number}. {words.source(source)}"
        row = hbox(self, gap=Space.INSIDE)
        self.digits = LineField(words.source(source), tr(_HINTS[source.kind]))
        self.digits.textChanged.connect(self.changed)
        self.row = FormRow(name, self.digits, required=True)
        row.addWidget(self.row, 1)
        self.day = self.clock = None
        if source.kind is SourceKind.LOTTERY:
            self.day = DateEdit(tr("draws.lottery.day"), lambda: today(now()))
            self.day.set_value(today(now()))
            self.clock = LineField(tr("draws.lottery.time"), "21:25")
            self.day_row = FormRow(tr("draws.lottery.day"), self.day, required=True)
            self.clock_row = FormRow(tr("draws.lottery.time"), self.clock, required=True)
            for one, width in ((self.day_row, 148), (self.clock_row, 108)):
                row.addWidget(sized(one, width=width))

    def text(self) -> str:
        """Return the digits without blanks."""
        return narrow(self.digits.value())

    @property
    def source(self) -> Source:
        """Return the source with the digits entered so far."""
        return dataclasses.replace(self._source, digits=self.text())

    def value(self) -> Source | None:
        """Return what was entered; None where something is missing, which is said beside it and has the focus."""
        self.row.set_error("" if self.text() else tr("draws.digits.missing"))
        if not self.text():
            self.digits.setFocus()
            return None
        at = self._at()
        return None if at is None else dataclasses.replace(self.source, at=at)

    def _at(self) -> dt.datetime | None:
        if self.day is None or self.clock is None:
            return self._now()
        day, found = self.day.value(), _TIME.fullmatch(self.clock.value())
        self.day_row.set_error("" if day else tr("draws.day_missing"))
        self.clock_row.set_error("" if found else tr("draws.lottery.time.wrong"))
        if day is None or found is None:
            (self.clock if day else self.day).setFocus()
            return None
        hour, minute, second = (int(one or 0) for one in found.groups())
        return dt.datetime.combine(day, dt.time(hour, minute, second), CHINA)
