"""What is on record of people beside their own rows: absences, declared interests, third parties."""

import dataclasses

from app.core.clock import today
from app.core.errors import Refused
from app.core.outcome import Outcome
from app.core.staff import Absence, Interest, Staff, ThirdParty
from app.db.repos import registers
from app.db.repos import staff as rows
from app.db.unit import WriteUnit
from app.services.store import Store


class StaffService:
    """Show and edit absences, declared interests and third parties."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Staff:
        """Return the absences and interests of everybody."""
        with self._store.db.read() as unit:
            return rows.staff(unit)

    def third_parties(self) -> tuple[ThirdParty, ...]:
        """Return all third parties by name."""
        with self._store.db.read() as unit:
            return rows.third_parties(unit)

    def save_absence(self, absence: Absence) -> Outcome[Absence]:
        """Create (empty id) or change an absence.

        Raises:
            Refused: `person.unknown`, `absence.period` where it ends before it begins.
        """
        if absence.to_on is not None and absence.to_on < absence.from_on:
            raise Refused("absence.period")
        saved = dataclasses.replace(
            absence, id=absence.id or self._store.new_id(), reason=absence.reason.strip()
        )
        with self._store.db.write() as unit:
            registers.person(unit, saved.person)
            unit.put("absence", saved.id, rows.absence_fields(saved))
            return Outcome(saved, unit.changed)

    def remove_absence(self, absence_id: str) -> Outcome[str]:
        """Take an absence back that was not taken, or was written by mistake; its lines stay in the journal."""
        return self._remove("absence", absence_id)

    def save_interest(self, interest: Interest) -> Outcome[Interest]:
        """Create (empty id) or change a declared interest; without a day it was declared today.

        Raises:
            Refused: `person.unknown`, `institution.unknown`, `interest.subject` unless it names either an institution
                or a chain, `interest.ground_missing`, `interest.period`.
        """
        saved = dataclasses.replace(
            interest,
            id=interest.id or self._store.new_id(),
            chain=interest.chain.strip(),
            ground=interest.ground.strip(),
            declared_on=interest.declared_on or today(self._store.now()),
        )
        if bool(saved.institution) == bool(saved.chain):
            raise Refused("interest.subject")
        if not saved.ground:
            raise Refused("interest.ground_missing")
        if (
            saved.until_on is not None
            and saved.declared_on is not None
            and saved.until_on < saved.declared_on
        ):
            raise Refused("interest.period")
        with self._store.db.write() as unit:
            registers.person(unit, saved.person)
            if saved.institution:
                registers.institution(unit, saved.institution)
            unit.put("interest", saved.id, rows.interest_fields(saved))
            return Outcome(saved, unit.changed)

    def remove_interest(self, interest_id: str) -> Outcome[str]:
        """Take back an interest that was declared by mistake; one that has ended gets its last day instead."""
        return self._remove("interest", interest_id)

    def save_third_party(self, party: ThirdParty) -> Outcome[ThirdParty]:
        """Create (empty id) or change a third party.

        Raises:
            Refused: `third_party.name_missing`, `third_party.name_taken`.
        """
        saved = dataclasses.replace(
            party,
            id=party.id or self._store.new_id(),
            name=party.name.strip(),
            contract=party.contract.strip(),
        )
        if not saved.name:
            raise Refused("third_party.name_missing")
        with self._store.db.write() as unit:
            if any(one.name == saved.name and one.id != saved.id for one in rows.third_parties(unit)):
                raise Refused("third_party.name_taken", name=saved.name)
            unit.put("third_party", saved.id, rows.third_party_fields(saved))
            return Outcome(saved, unit.changed)

    def remove_third_party(self, third_party_id: str) -> Outcome[str]:
        """Take a third party out that sent nobody.

        Raises:
            Refused: `third_party.has_people`.
        """
        with self._store.db.write() as unit:
            sent = [one.name for one in registers.people(unit).values() if one.organisation == third_party_id]
            if sent:
                raise Refused("third_party.has_people", names="、".join(sent[:3]), count=len(sent))
            return _removed(unit, "third_party", third_party_id)

    def _remove(self, table: str, row: str) -> Outcome[str]:
        with self._store.db.write() as unit:
            return _removed(unit, table, row)


def _removed(unit: WriteUnit, table: str, row: str) -> Outcome[str]:
    if unit.current(table, row) is not None:
        unit.delete(table, row)
    return Outcome(row, unit.changed)
