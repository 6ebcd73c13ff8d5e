"""Leads that people report (举报线索); who reported is behind a wall of its own and is no part of a lead."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType

from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.workdays import Deadline

LeadId = NewType("LeadId", str)
KeeperId = NewType("KeeperId", str)
_BETWEEN: Final = re.compile(r"[\s\-‐–—\u200b-\u200f\u2060\ufeff]+")
_PERSONAL: Final = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|[1-9]\d{16}[\dXx])(?![\dXx])")


class Channel(StrEnum):
    """How a lead came (举报渠道). Source: domain report 1.9, 3.9; 局令5号."""

    PHONE = "phone"
    LETTER = "letter"
    WEB = "web"
    VISIT = "visit"
    REFERRED = "referred"


class LeadState(StrEnum):
    """Where a lead stands. `REJECTED`: not accepted (不予受理); `TRANSFERRED`: given to whoever is competent (移送)."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CHECKED = "checked"
    CLOSED = "closed"
    TRANSFERRED = "transferred"


class Decision(StrEnum):
    """What was decided after the check: a case is filed (立案) or not (不立案)."""

    FILED = "filed"
    NOT_FILED = "not_filed"


STEPS: Final[Mapping[LeadState, frozenset[LeadState]]] = {
    LeadState.REGISTERED: frozenset({LeadState.ACCEPTED, LeadState.REJECTED, LeadState.TRANSFERRED}),
    LeadState.ACCEPTED: frozenset({LeadState.CHECKED, LeadState.TRANSFERRED}),
    LeadState.CHECKED: frozenset({LeadState.CLOSED, LeadState.TRANSFERRED}),
    LeadState.REJECTED: frozenset(),
    LeadState.CLOSED: frozenset(),
    LeadState.TRANSFERRED: frozenset(),
}
OPEN: Final = frozenset({LeadState.REGISTERED, LeadState.ACCEPTED, LeadState.CHECKED})


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead of the register.

    Attributes:
        number: As printed; one that begins with `临-` is provisional.
        institution: The institution on record, or None; `named` is what it was called.
        is_real_name: Somebody gave his name; it stands sealed behind the wall.
        due_on: Last day of the check, as it was computed when the lead came or was extended.
        extended: Why the check was given a second period; empty if it was not.
        decided_on: Day of the decision to file a case or not; from then the reporter's answer is due.
        transfer: To whom it was given.
        reason: Why it was not accepted or was transferred.
    """

    id: LeadId
    number: str
    received_on: dt.date
    channel: Channel
    institution: InstitutionId | None
    named: str
    content: str
    amount_cny: Decimal | None = None
    is_real_name: bool = False
    state: LeadState = LeadState.REGISTERED
    received_by: PersonId | None = None
    handler: PersonId | None = None
    due_on: dt.date | None = None
    extended: str = ""
    decided_on: dt.date | None = None
    decision: Decision | None = None
    outcome: str = ""
    reply: str = ""
    replied_on: dt.date | None = None
    transfer: str = ""
    reason: str = ""
    closed_on: dt.date | None = None
    interim: str = ""


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead as the list shows it.

    Attributes:
        check: When the check is due; None once it is done.
        answer: When the reporter must be told of the decision; None where nobody is to be told, or was told.
        days_left: To the nearer of both, counted in days of the calendar.
        sealed: How many sealed texts about the reporter there are; 0 for an anonymous lead.
        looks: How often one was read.
        alike: Numbers of other leads about the same institution, the newest first; known of a lead that is shown alone.
    """

    lead: Lead
    institution_name: str
    handler_name: str
    check: Deadline | None
    answer: Deadline | None
    days_left: int | None
    tasks: tuple[TaskId, ...] = ()
    task_numbers: tuple[str, ...] = ()
    sealed: int = 0
    looks: int = 0
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported a lead. Only ever held while it is sealed or shown; no log or error may print it."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    id_no: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    note: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of anybody."""
        return not any(one.strip() for one in (self.name, self.phone, self.id_no, self.address, self.note))

    def parts(self) -> tuple[str, ...]:
        """Return what would give the person away where it stands in another text."""
        return (self.name, self.phone, self.id_no)


def has_personal_number(text: str) -> bool:
    """Return whether a text holds what looks like a mobile or an identity number; whose it is, nobody can tell from it."""
    return _PERSONAL.search(_BETWEEN.sub("", unicodedata.normalize("NFKC", text))) is not None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who may read reporters, with a key on one laptop.

    Attributes:
        fingerprint: Six groups of four digits of the public key, to be compared by telephone.
        added_by: The keeper who admitted this one, the first one himself; None while nobody has.
        is_here: The secret part of the key lies on this laptop.
    """

    id: KeeperId
    person: PersonId
    name: str
    fingerprint: str
    added_by: PersonId | None = None
    added_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    is_here: bool = False

    @property
    def is_active(self) -> bool:
        """Whether reporters are sealed to this key."""
        return self.added_by is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a reporter: who, when, why."""

    person: PersonId
    name: str
    at: dt.datetime
    reason: str
