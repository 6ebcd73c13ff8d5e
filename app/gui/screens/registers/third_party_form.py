"""The form of one third party, and who of it is on record."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.staff import ThirdParty, ThirdPartyKind
from app.gui.screens.registers.choices import choice, choose
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, scrolled, vbox

EMPTY = ThirdParty("", "")


class ThirdPartyForm(Card):
    """Shows one third party to be changed; `wanted` carries it when it is to be saved."""

    wanted = Signal(object)
    given_up = Signal()
    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        self.shown = EMPTY
        self._heading = ElidedLabel("", "strong")
        self.body.addWidget(self._heading)
        self.body.addWidget(label(tr("registers.parties.only_assist"), "secondary", wrap=True))
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self._form = Form()
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
        row = hbox(gap=Space.INSIDE)
        self.remove_button = button(tr("registers.party.remove"), self._remove, kind="quiet")
        row.addWidget(self.remove_button)
        row.addStretch(1)
        row.addWidget(button(tr("registers.discard"), self.discard))
        self.save_button = button(tr("registers.save"), self.save, kind="primary")
        row.addWidget(self.save_button)
        self.body.addLayout(row)
        self.put(EMPTY)

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

    @property
    def is_changed(self) -> bool:
        """Whether something is filled in that is not saved."""
        return self.filled() != self.shown

    def save(self) -> None:
        """Ask for saving, or say what is missing."""
        self._name_row.set_error("" if self.filled().name else tr("registers.need.name"))
        if self._form.wrong() is None:
            self.wanted.emit(self.filled())

    def discard(self) -> None:
        """Show what is stored again."""
        was_new = not self.shown.id
        self.put(self.shown)
        if was_new:
            self.given_up.emit()

    def _remove(self) -> None:
        self.removed.emit(self.shown)

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
