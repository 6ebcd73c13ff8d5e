"""The register of people."""

import dataclasses

from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.outcome import Outcome
from app.core.places import Person
from app.db.repos import registers
from app.services.store import Store


class People:
    """Find, show and edit inspectors and other people of the office."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, text: str = "") -> tuple[Person, ...]:
        """Return people whose name or licence number contains the text."""
        with self._store.db.read() as unit:
            return registers.find_people(unit, text.strip())

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
            Refused: `person.name_missing`, or `person.licence_period` where the licence ends before it begins.
        """
        if not person.name.strip():
            raise Refused("person.name_missing")
        if person.licence_from and person.licence_to and person.licence_to < person.licence_from:
            raise Refused("person.licence_period")
        saved = dataclasses.replace(
            person, id=person.id or PersonId(self._store.new_id()), name=person.name.strip()
        )
        with self._store.db.write() as unit:
            unit.put("person", saved.id, registers.person_fields(saved))
            return Outcome(saved, unit.changed)
