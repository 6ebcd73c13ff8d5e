"""Where a person's law-enforcement licence stands on a day, in words and shape."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.places import Person, Role
from app.gui.texts import tr

NOTICE_DAYS = 60
Mark = tuple[str, str]


class Standing(StrEnum):
    """Where a licence stands; `NONE` for people who only assist."""

    VALID = "valid"
    OPEN = "open"
    SOON = "soon"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    MISSING = "missing"
    NONE = "none"


MARKS: dict[Standing, Mark] = {
    Standing.VALID: ("check", "ok"),
    Standing.OPEN: ("check", "ok"),
    Standing.SOON: ("time", "open"),
    Standing.EXPIRED: ("warning", "bad"),
    Standing.NOT_YET: ("time", "bad"),
    Standing.MISSING: ("warning", "bad"),
    Standing.NONE: ("dash", "none"),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence on a day; `days` until it ends where that is near."""

    standing: Standing
    number: str
    on: dt.date | None = None
    days: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the person may inspect on that day."""
        return self.standing in (Standing.VALID, Standing.OPEN, Standing.SOON)

    @property
    def needs_eye(self) -> bool:
        """Whether it has ended, ends soon, has not begun or is missing."""
        return self.standing in (Standing.SOON, Standing.EXPIRED, Standing.NOT_YET, Standing.MISSING)


def licence(person: Person, day: dt.date) -> Licence:
    """Return where the licence of a person stands on a day."""
    number = person.licence_no.strip()
    if person.role is not Role.INSPECTOR:
        return Licence(Standing.NONE, number)
    if not number:
        return Licence(Standing.MISSING, "")
    if person.licence_from is not None and day < person.licence_from:
        return Licence(Standing.NOT_YET, number, person.licence_from)
    if person.licence_to is None:
        return Licence(Standing.OPEN, number)
    days = (person.licence_to - day).days
    if days < 0:
        return Licence(Standing.EXPIRED, number, person.licence_to)
    return Licence(Standing.SOON if days <= NOTICE_DAYS else Standing.VALID, number, person.licence_to, days)


def words(held: Licence) -> str:
    """Return the standing of a licence in words, for the register."""
    return tr(f"registers.licence.{held.standing}", date=held.on, days=held.days)


def member_words(person: Person, held: Licence) -> str:
    """Return the standing with its number or the role, for the task form."""
    if held.standing is Standing.NONE:
        return tr(f"tasks.licence.{person.role}")
    return tr(f"tasks.licence.{held.standing}", number=held.number, date=held.on, days=held.days)
