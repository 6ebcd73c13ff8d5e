"""Rules of a visit that need no storage."""

import datetime as dt
from collections.abc import Mapping, Sequence

from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.places import Person

MINIMUM_INSPECTORS = 2


def check_inspectors(inspectors: Sequence[PersonId], people: Mapping[str, Person], day: dt.date) -> None:
    """Require two different people, each with a licence of their own valid on the day.

    Raises:
        Refused: `inspection.two_inspectors`, `person.unknown`, `person.third_party`, `inspection.licence_invalid`.

    Source: 行政处罚法 42 (no fewer than two officers with licences), 55 (licence shown).
    """
    chosen = tuple(dict.fromkeys(inspectors))
    if len(chosen) < MINIMUM_INSPECTORS:
        raise Refused("inspection.two_inspectors")
    keep_third_parties_out(chosen, people)
    for one in chosen:
        person = people.get(one)
        if person is None:
            raise Refused("person.unknown")
        if not person.may_inspect_on(day):
            raise Refused("inspection.licence_invalid", name=person.name, licence_no=person.licence_no or "—")
    if len({people[one].licence_no.strip() for one in chosen}) < len(chosen):
        raise Refused("inspection.two_inspectors")  # one human on record twice is one officer


def keep_third_parties_out(chosen: Sequence[PersonId], people: Mapping[str, Person]) -> None:
    """Refuse people whom a third party sent where an inspector or recorder is asked for.

    Raises:
        Refused: `person.third_party`.

    Source: domain report, part 0: accounting firms, insurers and data companies only assist.
    """
    for one in chosen:
        person = people.get(one)
        if person is not None and person.organisation:
            raise Refused("person.third_party", name=person.name)
