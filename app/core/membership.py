"""What the server said of the person behind this laptop: who, until when, and what he may do."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """How much new work a laptop takes that has not reached its server for long, or that was locked out by it."""

    NONE = "none"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    REVOKED = "revoked"


class Deed(StrEnum):
    """What a person may, or may not, do with the records of this laptop's office on the server."""

    READ = "read"
    FILL = "fill"
    SIGN = "sign"
    VOID = "void"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Asking:
    """This laptop asks to be let in, and an administrator compares its fingerprint.

    Attributes:
        fingerprint: Six groups of four digits.
        is_refused: An administrator has turned it away.
    """

    server: str
    fingerprint: str
    asked_at: dt.datetime
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class LeftFeed:
    """A feed that this person may no longer read, and what of it was taken from this laptop."""

    feed: str
    at: dt.datetime
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Membership:
    """Everything the screens say of person and server; without a server all of it is empty and nothing is limited.

    Attributes:
        user: Account name, empty before the server gave one.
        roles: Role and place of each, as the server writes them.
        is_person: Whether the server knows a person behind the account, who must log in.
        needs_login: Whether sync waits for the password.
        needs_digits: Whether one of the roles asks for six digits beside the password.
        login_until, confirm_until: When the password, or an administrator, is needed again; None for never.
        contact_at: Last word of the server, in its time.
        limit_at: When the next limit begins if the server stays out of reach; None without a lease or at the last one.
        office: Code of this laptop's office.
        denied: What the server would refuse there.
        leaving: Feeds that go as soon as own lines of them were sent.
        left: Feeds that are gone and of which the user was not told yet.
    """

    user: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    is_person: bool = False
    asking: Asking | None = None
    needs_login: bool = False
    needs_digits: bool = False
    login_until: dt.datetime | None = None
    confirm_until: dt.datetime | None = None
    contact_at: dt.datetime | None = None
    limit: Limit = Limit.NONE
    limit_at: dt.datetime | None = None
    office: str = ""
    denied: frozenset[Deed] = frozenset()
    leaving: tuple[str, ...] = ()
    left: tuple[LeftFeed, ...] = ()

    @property
    def is_elsewhere(self) -> bool:
        """Whether the server lets him work, but not in the office that this laptop was set up for."""
        return Deed.READ in self.denied and bool(self.roles) and self.office not in (place for _, place in self.roles)
