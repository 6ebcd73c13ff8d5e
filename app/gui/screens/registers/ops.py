"""What the registers ask the services for (reader threads)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.divisions import Divisions
from app.core.ids import InstitutionId
from app.core.places import Institution, Person
from app.core.registers import INSTITUTION, Columns, Conflict, Fact, ImportKind, Preview
from app.core.staff import Staff, ThirdParty
from app.services.institution_search import Found, InstitutionQuery
from app.services.registers.fields import field_of


@dataclass(frozen=True, slots=True)
class Looked:
    """Institutions found, and what there is to narrow them by."""

    found: Found
    levels: tuple[str, ...]
    divisions: tuple[str, ...]
    places: Divisions


@dataclass(frozen=True, slots=True)
class Everybody:
    """All people with what is on record of them; `places` names the institutions that interests are in."""

    people: tuple[Person, ...]
    staff: Staff
    parties: tuple[ThirdParty, ...]
    places: Mapping[str, str]


def look(services: Any, query: InstitutionQuery) -> Looked:
    """Find institutions."""
    search = services.institutions.search
    return Looked(
        search.find(query), search.values("level"), search.values("division"), services.registers.divisions
    )


def parent_name(services: Any, parent: str) -> str:
    """Return the name of a head office."""
    found: Institution = services.institutions.get(InstitutionId(parent))
    return found.name


def everybody(services: Any, text: str) -> Everybody:
    """Read people, absences, interests and third parties."""
    staff: Staff = services.staff.all()
    wanted = {one.institution for one in staff.interests if one.institution}
    places = {str(place): str(services.institutions.get(place).name) for place in wanted}
    return Everybody(services.people.find(text), staff, services.staff.third_parties(), places)


def look_at(services: Any, path: Path, kind: ImportKind, sheet: str, header: int) -> Preview:
    """Look at another sheet of a file, or take another row for its header; its columns are guessed anew."""
    if header < 0:
        found: Preview = services.registers.look(path, kind, sheet=sheet)
        return found
    bare: Preview = services.registers.look(path, kind, columns=Columns(sheet, header))
    fields: dict[int, str] = {}
    for column in bare.listed:
        field = field_of(column.label, kind)
        if field and field not in fields.values():
            fields[column.position] = field
    guessed: Preview = services.registers.look(path, kind, columns=Columns(sheet, header, fields))
    return guessed


def known_of(services: Any, row: str) -> tuple[tuple[Conflict, ...], tuple[Fact, ...]]:
    """Read what sources say of one institution."""
    return services.registers.conflicts(INSTITUTION, row), services.registers.history(row)
