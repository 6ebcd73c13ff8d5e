"""How long a laptop that does not reach its server may go on with what it was last allowed."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sync.protocol.policy import Access

_DAY_MS: Final = 24 * 3_600_000


class LeaseState(StrEnum):
    """Say what may be done: everything one's roles allow, only looking, or nothing but unlocking by a server."""

    FULL = "full"
    READ_ONLY = "read_only"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Term:
    """Days without a server after which a laptop only reads, and after which it is locked; for leases since a date."""

    since: dt.date
    read_only_days: int
    locked_days: int


TERMS: Final = (Term(dt.date(2026, 1, 1), read_only_days=30, locked_days=60),)


@dataclass(frozen=True, slots=True)
class Lease:
    """What the server last said of the person behind the device; kept by the client, renewed by every answer of `me`.

    Attributes:
        verified_ms: Server time of that word.
        login_until_ms: When the person must give the password again; None where the server asks for none.
        confirm_until_ms: When an administrator must confirm the device again; None where the server asks for none.
    """

    user: str
    access: Access
    verified_ms: int
    login_until_ms: int | None = None
    confirm_until_ms: int | None = None

    def state(self, latest_ms: int) -> LeaseState:
        """Return what may be done.

        Args:
            latest_ms: The latest instant this laptop has known, in server time: the greater of its clock and the last
                clock value in its journal. A clock that was set back thus prolongs nothing.
        """
        term = _term(self.verified_ms)
        age_ms = max(0, latest_ms - self.verified_ms)
        if age_ms >= term.locked_days * _DAY_MS:
            return LeaseState.LOCKED
        if age_ms >= term.read_only_days * _DAY_MS:
            return LeaseState.READ_ONLY
        return LeaseState.FULL


def _term(at_ms: int) -> Term:
    day = dt.date(1970, 1, 1) + dt.timedelta(milliseconds=max(0, at_ms))
    return next((one for one in reversed(TERMS) if one.since <= day), TERMS[0])
