"""What a plan says of itself: title, basis, goal, nature, periods, lock and cap."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.plans import Plan
from app.core.tasks import Nature
from app.gui.screens.plans.fields import Columns, LineField, TextField, choice, choose
from app.gui.texts import tr
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, NumberEdit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import scrolled, vbox


class BasicsPane(QWidget):
    """Two columns: what is printed, and what the program reckons with."""

    changed = Signal()

    def __init__(self, today: Callable[[], dt.date]) -> None:
        super().__init__()
        inner = Columns()
        self.words, self.numbers = Form(), Form()
        for form, column in ((self.words, inner.left), (self.numbers, inner.right)):
            card = Card()
            card.body.addWidget(form)
            card.body.addStretch(1)
            column.addWidget(card)
        vbox(self).addWidget(scrolled(inner))
        self.title = LineField(tr("plans.field.title"))
        self.basis, self.goal = (
            TextField(tr("plans.field.basis"), height=80),
            TextField(tr("plans.field.goal"), height=112),
        )
        self.note = TextField(tr("plans.field.note"), height=80)
        self.words.row(tr("plans.field.title"), self.title, required=True)
        self.words.row(tr("plans.field.basis"), self.basis, required=True)
        self.words.row(tr("plans.field.goal"), self.goal)
        self.words.row(tr("plans.field.note"), self.note)
        row = self.numbers.row
        self.nature = choice(
            tr("plans.field.nature"), [(str(one), tr(f"plans.nature.{one}")) for one in Nature]
        )
        self.year = NumberEdit(tr("plans.field.year"))
        self.number = LineField(tr("plans.field.number"), tr("plans.field.number.hint"))
        self.numbers.beside(
            row(tr("plans.field.nature"), self.nature), row(tr("plans.field.year"), self.year)
        )
        row(tr("plans.field.number"), self.number)
        self.days = {
            one: DateEdit(tr(f"plans.field.{one}"), today)
            for one in ("period_from", "period_to", "data_from", "data_to")
        }
        self.numbers.beside(
            *(row(tr(f"plans.field.{one}"), self.days[one]) for one in ("period_from", "period_to"))
        )
        self.numbers.beside(
            *(row(tr(f"plans.field.{one}"), self.days[one]) for one in ("data_from", "data_to"))
        )
        self.lock_days, self.yearly_cap = (
            NumberEdit(tr("plans.field.lock_days")),
            NumberEdit(tr("plans.field.yearly_cap")),
        )
        row(tr("plans.field.lock_days"), self.lock_days, hint=tr("plans.field.lock_days.hint"))
        row(tr("plans.field.yearly_cap"), self.yearly_cap, hint=tr("plans.field.yearly_cap.hint"))
        self.once = QCheckBox(tr("plans.field.once"))
        self.numbers.add(self.once)
        self.numbers.add(label(tr("plans.field.once.hint"), "hint", wrap=True))
        self.once.clicked.connect(self.changed)
        for line in (self.title, self.basis, self.goal, self.note, self.number):
            line.left.connect(self.changed)
        for edit in (*self.days.values(), self.year, self.lock_days, self.yearly_cap):
            edit.committed.connect(self.changed)
        self.nature.activated.connect(self._told)

    def put(self, plan: Plan) -> None:
        """Show a plan."""
        self.title.put(plan.title)
        self.basis.put(plan.basis)
        self.goal.put(plan.goal)
        self.note.put(plan.note)
        choose(self.nature, str(plan.nature))
        self.year.set_value(plan.year)
        self.number.put(plan.number)
        for name, edit in self.days.items():
            edit.set_value(getattr(plan, name))
        self.lock_days.set_value(plan.lock_days)
        self.yearly_cap.set_value(plan.yearly_cap)
        self.once.setChecked(plan.once)

    def apply(self, plan: Plan) -> Plan:
        """Return the plan with what stands here; what is wrong stays as it was."""
        days: dict[str, Any] = {
            name: edit.value() if not edit.check() else getattr(plan, name)
            for name, edit in self.days.items()
        }
        return dataclasses.replace(
            plan, title=self.title.value(), basis=self.basis.value(), goal=self.goal.value(), note=self.note.value(),
            nature=Nature(self.nature.currentData()), year=int(self.year.value() or plan.year), number=self.number.value(),
            lock_days=int(self.lock_days.value() or 0), yearly_cap=int(self.yearly_cap.value() or 0),
            once=self.once.isChecked(), **days,
        )  # fmt: skip

    def lock(self, is_open: bool) -> None:
        """Let it be changed, or only the note."""
        for field in (self.title, self.basis, self.goal):
            field.setReadOnly(not is_open)
        self.numbers.setEnabled(is_open)

    def _told(self, _place: int) -> None:
        self.changed.emit()
