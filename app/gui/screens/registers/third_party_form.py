"""The form of one third party, and who of it is on record."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.staff import ThirdParty, ThirdPartyKind
from app.gui.screens.registers.choices import choice, choose
from app.gui.screens.registers.record_form import RecordForm
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import scrolled, vbox


class ThirdPartyForm(RecordForm[ThirdParty]):
    """Shows one third party to be changed; `wanted` carries it when it is to be saved."""

    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__(ThirdParty("", ""))
        self._heading = ElidedLabel("", "strong")
        self.body.addWidget(self._heading)
        self.body.addWidget(label(tr("registers.parties.only_assist"), "secondary", wrap=True))
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self.name = line_edit(tr("registers.party.name"))
        self.kind = choice("registers.party_kind", tuple(ThirdPartyKind), tr("registers.party.kind"))
        self.contract = line_edit(tr("registers.party.contract"))
        self.valid_to = DateEdit(tr("registers.party.valid_to"), today)
        add = self._form.row
        self._name_row = add(tr("registers.party.name"), self.name, required=True)
        self._form.beside(
            add(tr("registers.party.kind"), self.kind), add(tr("registers.party.valid_to"), self.valid_to)
        )
        add(tr("registers.party.contract"), self.contract)
        self._form.section(tr("registers.party.people"))
        self._people = label("", wrap=True)
        self._form.add(self._people)
        column.addWidget(self._form)
        column.addStretch(1)
        self.body.addWidget(scrolled(inner), 1)
        self.remove_button = button(tr("registers.party.remove"), self._remove, kind="quiet")
        self._end(self.remove_button)
        self.put(self.empty)

    def put(self, party: ThirdParty) -> None:
        """Show a third party; an empty id begins a new one."""
        self.shown = party
        self._heading.setText(party.name if party.id else tr("registers.parties.new"))
        self._name_row.set_error("")
        self.remove_button.setVisible(bool(party.id))
        self.name.setText(party.name)
        self.name.setCursorPosition(0)
        choose(self.kind, str(party.kind))
        self.contract.setText(party.contract)
        self.contract.setCursorPosition(0)
        self.valid_to.set_value(party.valid_to)

    def show_people(self, names: Sequence[str]) -> None:
        """Show who of it is on record."""
        self._people.setText("、".join(names) or tr("registers.party.nobody"))

    def filled(self) -> ThirdParty:
        """Return the third party as filled in."""
        return dataclasses.replace(
            self.shown,
            name=self.name.text().strip(),
            kind=ThirdPartyKind(self.kind.currentData()),
            contract=self.contract.text().strip(),
            valid_to=self.valid_to.value(),
        )

    def _remove(self) -> None:
        self.removed.emit(self.shown)
