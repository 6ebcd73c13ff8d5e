"""Two small questions: how an institution was reminded, and how much of a promise was paid."""

import datetime as dt
from abc import abstractmethod
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.self_checks import Promise
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit, MoneyEdit, line_edit
from app.gui.widgets.forms import Form

METHODS = ("phone", "letter", "talk", "notice")


class _Question(Asked):
    """A title, a form, two buttons."""

    def __init__(self, parent: QWidget, title: str, verb: str) -> None:
        super().__init__(parent, title, 420)
        self.form = Form()
        self.column.addWidget(self.form)
        self.no = button(tr("widgets.cancel"), self.reject)
        self.yes = button(verb, self.finish, kind="primary")
        self.yes.setDefault(True)
        self.answer(self.no, self.yes)

    @abstractmethod
    def finish(self) -> None:
        """Check and tell."""


class RemindDialog(_Question):
    """How an institution was reminded; `given` carries the way and a note."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget, institution: str) -> None:
        super().__init__(parent, tr("selfcheck.remind_title", name=institution), tr("selfcheck.remind_save"))
        self.method = QComboBox()
        self.method.setAccessibleName(tr("selfcheck.remind_method"))
        for one in METHODS:
            self.method.addItem(tr(f"selfcheck.method.{one}"))
        self.note = line_edit(tr("selfcheck.remind_note"), hint=tr("selfcheck.remind_note_hint"))
        self.form.row(tr("selfcheck.remind_method"), self.method, required=True)
        self.form.row(tr("selfcheck.remind_note"), self.note)

    def finish(self) -> None:
        """Tell."""
        self.given.emit(self.method.currentText(), self.note.text().strip())
        self.accept()


class PaidDialog(_Question):
    """How much of a promise was paid until when; `given` carries the amount and the day."""

    given = Signal(object, object)

    def __init__(self, parent: QWidget, promise: Promise) -> None:
        title = tr("selfcheck.paid_title", amount=words.money(promise.amount_cny), day=promise.by_on.isoformat())
        super().__init__(parent, title, tr("selfcheck.paid_save"))
        self.amount, self.day = MoneyEdit(tr("selfcheck.paid_amount")), DateEdit(tr("selfcheck.paid_on"), words.today)
        self.amount.set_value(promise.paid_cny if promise.paid_cny is not None else promise.amount_cny)
        self.day.set_value(promise.paid_on or words.today())
        self._amount_row = self.form.row(tr("selfcheck.paid_amount"), self.amount, required=True)
        self._day_row = self.form.row(tr("selfcheck.paid_on"), self.day, required=True)

    def finish(self) -> None:
        """Check and tell."""
        amount: Decimal | None = self.amount.value()
        day: dt.date | None = self.day.value()
        self._amount_row.set_error("" if amount is not None else tr("gate.needed"))
        self._day_row.set_error("" if day is not None else tr("gate.needed"))
        if amount is not None and day is not None:
            self.given.emit(amount, day)
            self.accept()
