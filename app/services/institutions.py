"""The register of institutions."""

import dataclasses

from app.core.codes import medins_doubt, tidy
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.outcome import Outcome
from app.core.places import Institution
from app.db.repos import registers
from app.db.unit import ReadUnit
from app.services.institution_search import InstitutionQuery, InstitutionSearch
from app.services.store import Store


class Institutions:
    """Find, show and edit institutions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.search = InstitutionSearch(store)

    def find(self, text: str = "", kind: str | None = None, limit: int = 500) -> tuple[Institution, ...]:
        """Return institutions by name, codes, address or initials of the name; `search` asks for more than that."""
        return self.search.find(InstitutionQuery(text, kind=kind or "", limit=limit)).rows

    def get(self, institution_id: InstitutionId) -> Institution:
        """Return one institution.

        Raises:
            Refused: `institution.unknown`.
        """
        with self._store.db.read() as unit:
            return registers.institution(unit, institution_id)

    def save(self, institution: Institution) -> Outcome[Institution]:
        """Create (empty id) or change an institution; in a rehearsal office it is fictional.

        Raises:
            Refused: `institution.name_missing`, `institution.code_taken`: a national code belongs to one place of business.
        """
        if not institution.name.strip():
            raise Refused("institution.name_missing")
        saved = dataclasses.replace(
            institution,
            id=institution.id or InstitutionId(self._store.new_id()),
            name=institution.name.strip(),
            credit_code=tidy(institution.credit_code),
            medins_code=tidy(institution.medins_code),
            rehearsal=institution.rehearsal or self._store.office.rehearsal,
        )
        with self._store.db.write() as unit:
            if saved.medins_code and medins_doubt(saved.medins_code) is None:
                _must_be_free(unit, saved)
            unit.put("institution", saved.id, registers.institution_fields(saved))
            return Outcome(saved, unit.changed)


def _must_be_free(unit: ReadUnit, saved: Institution) -> None:
    known = unit.sql("SELECT id, name FROM institution WHERE medins_code = ? AND _deleted = 0", (saved.medins_code,))
    if known and saved.id not in {row.id for row in known}:
        raise Refused("institution.code_taken", name=known[0].name, medins_code=saved.medins_code)
