"""The register of people."""

import dataclasses

from app.core.errors import Refused
from app.core.ids import PersonId, derived_id
from app.core.outcome import Outcome
from app.core.places import Person, Role
from app.core.searching import TextIndex
from app.db.repos import registers, staff
from app.services.initials import initials_of
from app.services.store import Store


class People:
    """Find, show and edit inspectors and other people of the office."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, text: str = "") -> tuple[Person, ...]:
        """Return people by name, initials of the name, licence number, unit or speciality."""
        with self._store.db.read() as unit:
            known = registers.people_on_record(unit)
        if not text.strip():
            return tuple(known)
        index = TextIndex(initials_of)
        for place, one in enumerate(known):
            index.put(place, one.name, " ".join((one.licence_no, one.unit, *one.specialities)))
        return tuple(known[place] for place in sorted(index.find(text) or ()))

    def get(self, person_id: PersonId) -> Person:
        """Return one person.

        Raises:
            Refused: `person.unknown`.
        """
        with self._store.db.read() as unit:
            return registers.person(unit, person_id)

    def save(self, person: Person) -> Outcome[Person]:
        """Create (empty id) or change a person.

        Raises:
            Refused: `person.name_missing`, `person.licence_period` where the licence ends before it begins,
                `person.licence_taken` where somebody else holds this number: one human must not count as two,
                `person.third_party_role` where somebody whom a third party sent is more than an assistant,
                `third_party.unknown`.
        """
        if not person.name.strip():
            raise Refused("person.name_missing")
        if person.licence_from and person.licence_to and person.licence_to < person.licence_from:
            raise Refused("person.licence_period")
        if person.organisation and person.role is not Role.ASSISTANT:
            raise Refused("person.third_party_role")
        name, licence = person.name.strip(), person.licence_no.strip()
        with self._store.db.write() as unit:
            if person.organisation:
                staff.third_party(unit, person.organisation)
            person_id = person.id or self._new_id(licence)
            for other in registers.people(unit).values():
                if not licence or other.licence_no != licence or other.id == person.id:
                    continue
                if person.id or other.name != name:
                    raise Refused("person.licence_taken", name=other.name, licence_no=licence)
                person_id = other.id  # the same human entered again
            saved = dataclasses.replace(person, id=person_id, name=name, licence_no=licence)
            unit.put("person", saved.id, registers.person_fields(saved) if person.id else registers.person_said(saved))
            return Outcome(registers.person(unit, saved.id), unit.changed)

    def _new_id(self, licence: str) -> PersonId:
        """Return the id of a new person: the same on every laptop of the office for the same licence."""
        if not licence:
            return PersonId(self._store.new_id())
        return PersonId(derived_id("person", self._store.office.code, licence))
