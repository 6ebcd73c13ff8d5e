"""What the registers ask the services for (reader threads)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.ids import InstitutionId
from app.core.places import Institution, Person
from app.core.staff import Staff, ThirdParty
from app.services.institution_search import Found, InstitutionQuery


@dataclass(frozen=True, slots=True)
class Looked:
    """Institutions found, and what there is to narrow them by."""

    found: Found
    levels: tuple[str, ...]
    divisions: tuple[str, ...]


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
    return Looked(search.find(query), search.values("level"), search.values("division"))


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
