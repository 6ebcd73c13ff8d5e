"""The office this installation works for."""

import dataclasses

from app.core.errors import Refused
from app.core.outcome import Outcome
from app.core.places import Office
from app.db.repos import registers
from app.services.store import Store


class OfficeService:
    """Read and rename the office."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> Office:
        """Return the office."""
        with self._store.db.read() as unit:
            return registers.office(unit)

    def rename(self, name: str, short_name: str) -> Outcome[Office]:
        """Change how the office is printed; what is signed keeps the old name.

        Raises:
            Refused: `office.name_missing`.
        """
        if not name.strip():
            raise Refused("office.name_missing")
        with self._store.db.write() as unit:
            unit.local("UPDATE office SET name = ?, short_name = ?", (name.strip(), short_name.strip()))
            unit.custody("office_renamed", "office", name=name.strip(), short_name=short_name.strip())
            unit.note("office", "office")
            office = dataclasses.replace(registers.office(unit), name=name.strip(), short_name=short_name.strip())
            return Outcome(office, unit.changed)
