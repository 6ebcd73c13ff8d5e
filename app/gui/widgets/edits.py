"""Typed edits: money, number, date. Each says what is wrong instead of refusing keys, so that any input method works."""

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.texts import tr
from app.gui.widgets import parsing
from app.gui.widgets.layout import restyle, sized


def line_edit(name: str, *, hint: str = "", text: str = "") -> QLineEdit:
    """Return a line edit with its accessible name and a placeholder."""
    made = QLineEdit(text)
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


class TypedEdit(QLineEdit):
    """A line that is read when it is left or Enter is pressed.

    `problem_changed` carries the sentence of what is wrong, empty when it is right; `committed` fires once per real
    change of the value.
    """

    problem_changed = Signal(str)
    committed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.problem = ""
        self._told = ""
        self.editingFinished.connect(self._commit)
        self.textEdited.connect(self._soften)

    @abstractmethod
    def check(self) -> str:
        """Return what is wrong with the text, or nothing."""

    @abstractmethod
    def tidy(self) -> str:
        """Return the valid text as it should stand."""

    def _commit(self) -> None:
        self._say(self.check())
        if self.problem:
            return
        if self.text().strip():
            self.setText(self.tidy())
        if self.text() != self._told:
            self._told = self.text()
            self.committed.emit()

    def _settle(self, text: str) -> None:
        """Set from outside: right by definition, and no change to tell."""
        self.setText(text)
        self._told = text
        self._say("")

    def _soften(self, _text: str) -> None:
        # While a wrong text is being mended it turns right at once; it never turns wrong in mid-word.
        if self.problem and not self.check():
            self._say("")

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            restyle(self, invalid=bool(problem))
            self.setAccessibleDescription(problem)
            self.problem_changed.emit(problem)


class MoneyEdit(TypedEdit):
    """An amount in yuan; understands 万, 亿, full-width digits and separators."""

    def __init__(self, name: str, *, allow_negative: bool = False) -> None:
        super().__init__(name)
        self._allow_negative = allow_negative
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setPlaceholderText(tr("widgets.money_hint"))

    def value(self) -> Decimal | None:
        """Return the amount, or None where it is empty or wrong."""
        return None if not self.text().strip() or self.check() else parsing.money(self.text())

    def set_value(self, amount: Decimal | None) -> None:
        """Show an amount."""
        self._settle("" if amount is None else parsing.money_text(amount))

    def check(self) -> str:
        """Return what is wrong with the amount."""
        if not self.text().strip():
            return ""
        try:
            amount = parsing.money(self.text())
        except parsing.NotUnderstood:
            return tr("widgets.money_invalid")
        return tr("widgets.money_negative") if amount < 0 and not self._allow_negative else ""

    def tidy(self) -> str:
        """Return `￥1,284.00`."""
        return parsing.money_text(parsing.money(self.text()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, so that typing replaces."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class NumberEdit(TypedEdit):
    """A number between two bounds; `places` 0 takes whole numbers only."""

    def __init__(
        self, name: str, *, low: Decimal = Decimal(0), high: Decimal = Decimal(999_999_999), places: int = 0
    ) -> None:
        super().__init__(name)
        self._low, self._high, self._places = low, high, places
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def value(self) -> Decimal | None:
        """Return the number, or None where it is empty or wrong."""
        return None if not self.text().strip() or self.check() else parsing.number(self.text())

    def set_value(self, number: Decimal | int | None) -> None:
        """Show a number."""
        self._settle("" if number is None else f"{Decimal(number):f}")

    def check(self) -> str:
        """Return what is wrong with the number."""
        if not self.text().strip():
            return ""
        try:
            number = parsing.number(self.text())
        except parsing.NotUnderstood:
            return tr("widgets.number_invalid")
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self._places:
            return tr("widgets.number_invalid")
        if not self._low <= number <= self._high:
            return tr("widgets.number_range", low=f"{self._low:f}", high=f"{self._high:f}")
        return ""

    def tidy(self) -> str:
        """Return the number without separators."""
        return f"{parsing.number(self.text()):f}"


class DateEdit(TypedEdit):
    """A day; arrow keys move by one day. `today` is asked for, never read from a clock."""

    def __init__(self, name: str, today: Callable[[], dt.date]) -> None:
        super().__init__(name)
        self._today = today
        self.setPlaceholderText(tr("widgets.date_hint"))
        sized(self, min_width=128)

    def value(self) -> dt.date | None:
        """Return the day, or None where it is empty or wrong."""
        return None if not self.text().strip() or self.check() else parsing.date(self.text(), self._today())

    def set_value(self, day: dt.date | None) -> None:
        """Show a day."""
        self._settle("" if day is None else day.isoformat())

    def check(self) -> str:
        """Return what is wrong with the date."""
        if not self.text().strip():
            return ""
        try:
            parsing.date(self.text(), self._today())
        except parsing.NotUnderstood:
            return tr("widgets.date_invalid")
        return ""

    def tidy(self) -> str:
        """Return `2026-11-22`."""
        return parsing.date(self.text(), self._today()).isoformat()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a day with Up and Down."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        day = self.value() or self._today()
        self.setText((day + dt.timedelta(days=step)).isoformat())
        self._commit()
