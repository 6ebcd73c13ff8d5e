"""Two small questions: how an institution was reminded, and how much of a promise was paid."""

import datetime as dt
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from app.core.self_checks import Promise
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit, MoneyEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

METHODS = ("phone", "letter", "talk", "notice")


class _Question(QDialog):
    """A title, a form, two buttons."""

    def __init__(self, parent: QWidget, title: str, verb: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sized(self, min_width=420, max_width=560)
        self._column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        self._column.addWidget(label(title, "section", wrap=True))
        self.form = Form()
        self._column.addWidget(self.form)
        line = hbox(gap=Space.INSIDE)
        line.addStretch(1)
        self.no = button(tr("widgets.cancel"), self.reject)
        self.yes = button(verb, self.finish, kind="primary")
        self.yes.setDefault(True)
        line.addWidget(self.no)
        line.addWidget(self.yes)
        self._column.addLayout(line)

    def finish(self) -> None:
        """Check and tell."""
        raise NotImplementedError


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
