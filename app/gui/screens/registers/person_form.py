"""The form of one person with the law-enforcement licence."""

import dataclasses
import re

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.ids import PersonId
from app.core.places import Person, Role
from app.core.staff import ThirdParty
from app.gui.screens.registers import licences
from app.gui.screens.registers.choices import choice, choose, offer
from app.gui.screens.registers.record_form import RecordForm
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.labels import ElidedLabel, badge, label, set_tone
from app.gui.widgets.layout import hbox, scrolled, vbox

_SEPARATORS = re.compile(r"[、，,;；\s]+")


class PersonForm(RecordForm[Person]):
    """Shows one person to be changed; `wanted` carries the person when to be saved. `below` takes what belongs to one."""

    def __init__(self) -> None:
        super().__init__(Person(PersonId(""), ""))
        head = hbox()
        self._heading = ElidedLabel("", "strong")
        self._standing = badge("")
        head.addWidget(self._heading, 1)
        head.addWidget(self._standing)
        self.body.addLayout(head)
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self.name = line_edit(tr("registers.person.name"))
        self.role = choice("registers.role", tuple(Role), tr("registers.person.role"))
        self.organisation = QComboBox()
        self.organisation.setAccessibleName(tr("registers.person.organisation"))
        self.organisation.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.licence_no = line_edit(tr("registers.person.licence"))
        self.licence_from = DateEdit(tr("registers.person.from"), today)
        self.licence_to = DateEdit(tr("registers.person.to"), today)
        self.issuer = line_edit(tr("registers.person.issuer"))
        self.phone = line_edit(tr("registers.person.phone"))
        self.unit = line_edit(tr("registers.person.unit"))
        self.specialities = line_edit(
            tr("registers.person.specialities"), hint=tr("registers.person.specialities_hint")
        )
        self.division = line_edit(tr("registers.person.division"))
        self.active = QCheckBox(tr("registers.person.active"))
        self._assists = label(tr("registers.person.assists_only"), "secondary", tone="open", wrap=True)
        add = self._form.row
        self._name_row = add(tr("registers.person.name"), self.name, required=True)
        self._form.beside(
            add(tr("registers.person.role"), self.role), add(tr("registers.person.phone"), self.phone)
        )
        self._form.beside(
            add(tr("registers.person.unit"), self.unit), add(tr("registers.person.division"), self.division)
        )
        add(tr("registers.person.specialities"), self.specialities)
        add(tr("registers.person.organisation"), self.organisation)
        self._form.add(self._assists)
        self._form.section(tr("registers.group.licence"))
        self._form.beside(
            add(tr("registers.person.licence"), self.licence_no),
            add(tr("registers.person.issuer"), self.issuer),
        )
        self._to_row = add(tr("registers.person.to"), self.licence_to)
        self._form.beside(add(tr("registers.person.from"), self.licence_from), self._to_row)
        column.addWidget(self._form)
        column.addWidget(self.active)
        self.below = vbox(gap=Space.BETWEEN)
        column.addLayout(self.below)
        column.addStretch(1)
        self.body.addWidget(scrolled(inner), 1)
        self._end()
        self.setTabOrder(self.licence_from, self.licence_to)
        self.organisation.currentIndexChanged.connect(self._organisation_chosen)
        self.offer_parties(())
        self.put(self.empty)
        self._organisation_chosen(0)

    def offer_parties(self, parties: tuple[ThirdParty, ...]) -> None:
        """Offer these third parties as where somebody comes from."""
        offer(self.organisation, [("", tr("registers.person.own")), *((one.id, one.name) for one in parties)])

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
        choose(self.organisation, person.organisation)
        choose(self.role, str(person.role))
        self.licence_no.setText(person.licence_no)
        self.licence_from.set_value(person.licence_from)
        self.licence_to.set_value(person.licence_to)
        self.phone.setText(person.phone)
        self.active.setChecked(person.is_active)
        self.unit.setText(person.unit)
        self.specialities.setText("、".join(person.specialities))
        self.division.setText(person.division)
        self.issuer.setText(person.issuer)
        for line in (self.unit, self.specialities, self.issuer):
            line.setCursorPosition(0)

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
            unit=self.unit.text().strip(),
            specialities=tuple(filter(None, _SEPARATORS.split(self.specialities.text().strip()))),
            division=self.division.text().strip(),
            organisation=str(self.organisation.currentData() or ""),
            issuer=self.issuer.text().strip(),
        )

    def _refuse(self, filled: Person) -> None:
        self._to_row.set_error(self._wrong_period(filled))

    def _organisation_chosen(self, _at: int) -> None:
        """Somebody from a third party assists, and the role says so."""
        is_sent = bool(self.organisation.currentData())
        self._assists.setVisible(is_sent)
        self.role.setEnabled(not is_sent)
        if is_sent:
            choose(self.role, str(Role.ASSISTANT))

    def _wrong_period(self, filled: Person) -> str:
        if self.licence_to.check():
            return self.licence_to.check()
        start, end = filled.licence_from, filled.licence_to
        return tr("registers.date.order") if start and end and end < start else ""
