"""The register of people: licences, where they come from, when they are away, and whom they have to stay away from."""

from collections.abc import Callable
from typing import Any

from app.core.outcome import Outcome
from app.core.places import Person
from app.core.staff import Absence, Interest, Staff
from app.gui.screen import Context
from app.gui.screens.registers import licences, ops
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.pane import RegisterPane
from app.gui.screens.registers.person_form import PersonForm
from app.gui.screens.registers.rows import Column
from app.gui.screens.registers.staff_lists import (
    AbsenceDialog,
    EntryList,
    InterestDialog,
    absence_words,
    interest_words,
)
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label

PAUSE_MS = 40


class PeoplePane(RegisterPane):
    """People with their licences; those that need an eye are named above the list."""

    form: PersonForm

    def __init__(self, context: Context) -> None:
        self._known = ops.Everybody((), Staff(), (), {})
        listing = ListPane(
            self._columns(), lambda one: one.id,
            EmptyState(
                "people", tr("registers.people.empty.title"), tr("registers.people.empty.text"),
                action=tr("registers.people.new"),
            ),
            name=tr("registers.people.list"), search=tr("registers.people.search"), asks=True, pause_ms=PAUSE_MS,
            prefs=context.prefs, memory="people",
        )  # fmt: skip
        listing.bar.addStretch(1)
        super().__init__(context, listing, PersonForm())
        self.warning = label("", "secondary", tone="open", wrap=True)
        self.warning.hide()
        listing.column.insertWidget(1, self.warning)
        self.absences = EntryList(
            tr("registers.absence.title"), tr("registers.absence.add"), tr("registers.absence.none"),
            tr("registers.absence.remove"),
        )  # fmt: skip
        self.interests = EntryList(
            tr("registers.interest.title"), tr("registers.interest.add"), tr("registers.interest.none"),
            tr("registers.interest.remove"),
        )  # fmt: skip
        for part in (self.interests, self.absences):
            self.form.below.addWidget(part)
        listing.asked.connect(self._asked)
        self.absences.added.connect(self._ask_absence)
        self.interests.added.connect(self._ask_interest)
        self.absences.removed.connect(self._remove_absence)
        self.interests.removed.connect(self._remove_interest)

    def read(self, wanted: str | None = None) -> None:
        """Read the people that the search names, and what is on record of them."""
        self._wanted = wanted or self._wanted
        services, text = self._context.services, self.list.search.text()
        self._context.runner.run_read(
            lambda: ops.everybody(services, text), self._show, owner=self, key="find"
        )

    def count_words(self, shown: int) -> str:
        """Return how many people are shown."""
        return tr("registers.people.count", shown=shown)

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves a person."""
        save: Callable[[Any], Outcome[Any]] = self._context.services.people.save
        return save

    def show_more(self, entry: Person | None) -> None:
        """Show absences and interests; a person who is not saved yet has none."""
        for part in (self.absences, self.interests):
            part.setVisible(entry is not None)
        if entry is None:
            return
        day, staff = today(), self._known.staff
        away = [one for one in staff.absences if one.person == entry.id]
        tied = [one for one in staff.interests if one.person == entry.id]
        self.absences.put([(one, absence_words(one), one.to_on is None or day <= one.to_on) for one in away])
        self.interests.put(
            [
                (one, interest_words(one, self._known.places.get(one.institution, "")), one.holds_on(day))
                for one in tied
            ]
        )

    def _columns(self) -> tuple[Column[Person], ...]:
        return (
            Column(tr("registers.person.name"), lambda one: one.name, is_strong=True),
            Column(tr("registers.person.role"), lambda one: tr(f"registers.role.{one.role}"), is_spare=True),
            Column(tr("registers.person.unit"), self._unit_words, share=1, is_spare=True),
            Column(tr("registers.person.licence"), lambda one: one.licence_no, is_spare=True),
            Column(
                tr("registers.person.validity"), lambda one: licences.words(licences.licence(one, today())),
                order=lambda one: str(one.licence_to or "~"),
                mark=lambda one: licences.MARKS[licences.licence(one, today()).standing],
            ),
            Column(tr("registers.person.on_duty"), self._duty_words, is_spare=True),
            Column(tr("registers.person.interests"), self._interest_count, is_number=True, is_spare=True),
            Column(tr("registers.person.specialities"), lambda one: "、".join(one.specialities), is_extra=True),
            Column(tr("registers.person.division"), lambda one: one.division, is_extra=True),
            Column(tr("registers.person.issuer"), lambda one: one.issuer, is_extra=True),
            Column(tr("registers.person.phone"), lambda one: one.phone, is_extra=True),
        )  # fmt: skip

    def _unit_words(self, one: Person) -> str:
        if not one.organisation:
            return one.unit
        return next((party.name for party in self._known.parties if party.id == one.organisation), one.unit)

    def _duty_words(self, one: Person) -> str:
        if not one.is_active:
            return tr("registers.person.inactive")
        away = self._known.staff.away(one.id, today())
        return tr("registers.person.away" if away else "registers.person.duty")

    def _interest_count(self, one: Person) -> str:
        day = today()
        count = sum(1 for tie in self._known.staff.interests if tie.person == one.id and tie.holds_on(day))
        return str(count or "")

    def _show(self, known: ops.Everybody) -> None:
        self._known = known
        self.form.offer_parties(known.parties)
        day = today()
        odd = [one.name for one in known.people if one.is_active and licences.licence(one, day).needs_eye]
        self.warning.setText(tr("registers.people.warning", count=len(odd), names="、".join(odd)))
        self.warning.setVisible(bool(odd))
        self.show_rows(known.people, is_narrowed=bool(self.list.search.text().strip()))
        if self.form.shown.id:
            self.show_more(self.form.shown)

    def _asked(self, _text: str) -> None:
        self.read()

    def _ask_absence(self) -> None:
        dialog = AbsenceDialog(self, self.form.shown.id, self.form.shown.name)
        dialog.told.connect(self._save_absence)
        dialog.open()

    def _ask_interest(self) -> None:
        dialog = InterestDialog(self, self._context, self.form.shown.id, self.form.shown.name)
        dialog.told.connect(self._save_interest)
        dialog.open()

    def _save_absence(self, absence: Absence) -> None:
        self._write(lambda: self._context.services.staff.save_absence(absence))

    def _save_interest(self, interest: Interest) -> None:
        self._write(lambda: self._context.services.staff.save_interest(interest))

    def _remove_absence(self, absence: Absence) -> None:
        remove, save = self._context.services.staff.remove_absence, self._context.services.staff.save_absence
        self._write(lambda: remove(absence.id))
        self._context.notices.toast(
            tr("registers.absence.removed"),
            action=tr("registers.undo"),
            on_action=lambda: self._write(lambda: save(absence)),
        )

    def _remove_interest(self, interest: Interest) -> None:
        remove, save = (
            self._context.services.staff.remove_interest,
            self._context.services.staff.save_interest,
        )
        self._write(lambda: remove(interest.id))
        self._context.notices.toast(
            tr("registers.interest.removed"),
            action=tr("registers.undo"),
            on_action=lambda: self._write(lambda: save(interest)),
        )

    def _write(self, call: Callable[[], Outcome[Any]]) -> None:
        self._context.runner.run_write(call, self._written, self._context.notices.error, owner=self)

    def _written(self, _outcome: Outcome[Any]) -> None:
        self.read()
