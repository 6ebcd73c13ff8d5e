"""Who can be sent out, and who not: absences, declared interests, and third parties that only assist."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import InstitutionId, PersonId
from app.core.places import Institution


class ThirdPartyKind(StrEnum):
    """What an organisation is that helps the office under a contract."""

    ACCOUNTING = "accounting"
    INSURER = "insurer"
    DATA = "data"
    IT = "it"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """An organisation whose people may assist at checks and never carry them out.

    Attributes:
        contract: Number or title of the contract it helps under.
        valid_to: Last day of the contract, or None where unknown.

    Source: domain report, part 0 (三方机构只能协助，不得实施检查).
    """

    id: str
    name: str
    kind: ThirdPartyKind = ThirdPartyKind.OTHER
    contract: str = ""
    valid_to: dt.date | None = None

    def is_under_contract(self, day: dt.date) -> bool:
        """Return whether its contract has not ended on a day."""
        return self.valid_to is None or day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which a person is not to be sent out, both ends included; `to_on` None while the end is open."""

    id: str
    person: PersonId
    from_on: dt.date
    to_on: dt.date | None = None
    reason: str = ""

    def covers(self, day: dt.date) -> bool:
        """Return whether the person is away on a day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Interest:
    """What ties a person to one institution or to a whole chain (利害关系): reason to stay away (回避).

    Attributes:
        institution: Empty where the interest is in a chain.
        until_on: Last day on which it counts, or None while it lasts.
    """

    id: str
    person: PersonId
    institution: InstitutionId
    chain: str = ""
    ground: str = ""
    declared_on: dt.date | None = None
    until_on: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Return whether it counts on a day; it counts from the day it is known, whenever it was declared."""
        return self.until_on is None or day <= self.until_on

    def concerns(self, place: Institution) -> bool:
        """Return whether it is in this institution, in its head office, or in its chain."""
        if self.institution:
            return self.institution in (place.id, place.parent)
        return bool(self.chain) and self.chain == place.chain


@dataclass(frozen=True, slots=True)
class Staff:
    """What is on record of people beside their own rows."""

    absences: tuple[Absence, ...] = ()
    interests: tuple[Interest, ...] = ()

    def away(self, person: PersonId, day: dt.date) -> Absence | None:
        """Return why a person is away on a day, or None."""
        return next((one for one in self.absences if one.person == person and one.covers(day)), None)

    def interest(self, person: PersonId, place: Institution, day: dt.date) -> Interest | None:
        """Return what ties a person to an institution on a day, or None."""
        return next(
            (
                one
                for one in self.interests
                if one.person == person and one.holds_on(day) and one.concerns(place)
            ),
            None,
        )
