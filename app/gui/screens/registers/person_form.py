"""The form of one person with the law-enforcement licence."""

import dataclasses
import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core import clock
from app.core.ids import PersonId
from app.core.places import Person, Role
from app.gui.screens.registers import licences
from app.gui.screens.registers.institution_form import choice
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import ElidedLabel, badge, set_tone
from app.gui.widgets.layout import hbox, scrolled, vbox

EMPTY = Person(PersonId(""), "")


class PersonForm(Card):
    """Shows one person to be changed; `wanted` carries the person when to be saved."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        self.shown = EMPTY
        head = hbox()
        self._heading = ElidedLabel("", "strong")
        self._standing = badge("")
        head.addWidget(self._heading, 1)
        head.addWidget(self._standing)
        self.body.addLayout(head)
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self._form = Form()
        self.name = line_edit(tr("registers.person.name"))
        self.role = choice("registers.role", tuple(Role), tr("registers.person.role"))
        self.licence_no = line_edit(tr("registers.person.licence"))
        self.licence_from = DateEdit(tr("registers.person.from"), today)
        self.licence_to = DateEdit(tr("registers.person.to"), today)
        self.phone = line_edit(tr("registers.person.phone"))
        self.active = QCheckBox(tr("registers.person.active"))
        add = self._form.row
        self._name_row = add(tr("registers.person.name"), self.name, required=True)
        self._form.beside(
            add(tr("registers.person.role"), self.role), add(tr("registers.person.phone"), self.phone)
        )
        add(tr("registers.person.licence"), self.licence_no)
        self._to_row = add(tr("registers.person.to"), self.licence_to)
        self._form.beside(add(tr("registers.person.from"), self.licence_from), self._to_row)
        column.addWidget(self._form)
        column.addWidget(self.active)
        column.addStretch(1)
        self.body.addWidget(scrolled(inner), 1)
        row = hbox(gap=Space.INSIDE)
        row.addStretch(1)
        row.addWidget(button(tr("registers.discard"), self.discard))
        self.save_button = button(tr("registers.save"), self.save, kind="primary")
        row.addWidget(self.save_button)
        self.body.addLayout(row)
        self.setTabOrder(self.licence_from, self.licence_to)

    def put(self, person: Person) -> None:
        """Show a person; an empty id begins a new one."""
        self.shown = person
        self._heading.setText(person.name if person.id else tr("registers.people.new"))
        held = licences.licence(person, today())
        self._standing.setText(licences.words(held))
        set_tone(self._standing, licences.MARKS[held.standing][1])
        self._standing.setVisible(bool(person.id))
        self._name_row.set_error("")
        self._to_row.set_error("")
        self.name.setText(person.name)
        self.role.setCurrentIndex(max(self.role.findData(str(person.role)), 0))
        self.licence_no.setText(person.licence_no)
        self.licence_from.set_value(person.licence_from)
        self.licence_to.set_value(person.licence_to)
        self.phone.setText(person.phone)
        self.active.setChecked(person.is_active)

    def filled(self) -> Person:
        """Return the person as filled in."""
        return dataclasses.replace(
            self.shown,
            name=self.name.text().strip(),
            role=Role(self.role.currentData()),
            licence_no=self.licence_no.text().strip(),
            licence_from=self.licence_from.value(),
            licence_to=self.licence_to.value(),
            phone=self.phone.text().strip(),
            is_active=self.active.isChecked(),
        )

    @property
    def is_changed(self) -> bool:
        """Whether something is filled in that is not saved."""
        return self.filled() != self.shown

    def save(self) -> None:
        """Ask for saving, or say what is missing or wrong."""
        filled = self.filled()
        self._name_row.set_error("" if filled.name else tr("registers.need.name"))
        self._to_row.set_error(self._wrong_period(filled))
        if self._form.wrong() is None:
            self.wanted.emit(filled)

    def discard(self) -> None:
        """Show what is stored again."""
        was_new = not self.shown.id
        self.put(self.shown)
        if was_new:
            self.given_up.emit()

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wrong_period(self, filled: Person) -> str:
        if self.licence_to.check():
            return self.licence_to.check()
        start, end = filled.licence_from, filled.licence_to
        return tr("registers.date.order") if start and end and end < start else ""


def today() -> dt.date:
    """Return the day in China."""
    return clock.today(clock.now())
