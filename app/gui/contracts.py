"""What the frame itself asks of the services; screens know their own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol


class VaultState(Protocol):
    """Whether there is an office on this computer and how it opens.

    Attributes:
        needs: `pin` where the system keeps a key for us, else `passphrase`.
        retry_after_s: Seconds to wait after wrong tries; 0 for none.
    """

    @property
    def exists(self) -> bool: ...

    @property
    def needs(self) -> str: ...

    @property
    def retry_after_s(self) -> int: ...

    @property
    def is_open(self) -> bool: ...


class VaultServices(Protocol):
    """Opening and closing of the store. Wrong secrets raise `vault.wrong_secret`, waits `vault.too_soon`."""

    def state(self) -> VaultState:
        """Return whether there is an office and what it needs."""

    def setup(
        self, office_name: str, person_name: str, licence_no: str, secret: str, rehearsal: bool, *, code: str
    ) -> Any:
        """Make the office and open it; return an outcome whose value is the recovery key to write down."""

    def unlock(self, secret: str) -> Any:
        """Open with PIN or passphrase."""

    def unlock_with_recovery(self, text: str) -> Any:
        """Open with the recovery key from paper."""

    def reset_secret(self, new: str) -> Any:
        """Set a new PIN or passphrase in an open store."""

    def lock(self) -> Any:
        """Close the store and forget the keys."""


class Services(Protocol):
    """The least a services bundle has; `office`, `sync` and the others are used where they are there."""

    @property
    def vault(self) -> VaultServices: ...


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What the frame says beside the screens.

    Attributes:
        pending: Lines and files the server does not have yet.
        problems: What needs a person: refused lines, conflicts, lost files, a server that turns this laptop away.
        enrolled: Whether there is a server at all.
        by_packet: Whether there is one that only packets go to.
        needs_login: Whether sync waits for the password.
        is_asking: Whether an administrator is to let this laptop in.
        limit: `read_only` or `locked` where the server was out of reach for too long, else empty.
        denied: What the server would refuse of this person: `fill`, `void`, `resolve`, …
    """

    office: str = ""
    person: str = ""
    licence_no: str = ""
    rehearsal: bool = False
    enrolled: bool = False
    by_packet: bool = False
    pending: int = 0
    problems: int = 0
    offline_since: dt.datetime | None = None
    is_paused: bool = False
    is_syncing: bool = False
    last_sync_at: dt.datetime | None = None
    clock_offset_s: int | None = None
    needs_login: bool = False
    is_asking: bool = False
    limit: str = ""
    denied: frozenset[str] = frozenset()

    @property
    def may_fill(self) -> bool:
        """Return whether the server takes what this person fills in."""
        return "fill" not in self.denied


def frame_facts(services: Any) -> FrameFacts:
    """Ask office and sync for what the frame says (reader thread); a bundle without them says less."""
    office = services.office.get() if hasattr(services, "office") else None
    me = services.people.get(office.me) if office is not None and hasattr(services, "people") else None
    status = services.sync.status() if hasattr(services, "sync") else None
    member = services.memberships.get() if hasattr(services, "memberships") else None
    offset = getattr(status, "offset_ms", None)
    return FrameFacts(
        office=getattr(office, "name", ""),
        person=getattr(me, "name", ""),
        licence_no=getattr(me, "licence_no", "") or "",
        rehearsal=bool(getattr(office, "rehearsal", False)),
        enrolled=getattr(status, "enrolment", None) is not None,
        by_packet=bool(getattr(status, "by_packet", False)),
        pending=getattr(status, "pending", 0) + getattr(status, "files_pending", 0),
        problems=sum(getattr(status, name, 0) for name in ("refused", "conflicts", "files_lost"))
        + (getattr(status, "stuck", None) not in (None, "auth.login_needed")),
        offline_since=getattr(status, "offline_since", None),
        is_paused=bool(getattr(getattr(status, "policy", None), "is_paused", False)),
        last_sync_at=getattr(status, "last_success_at", None),
        clock_offset_s=None if offset is None else round(offset / 1000),
        needs_login=bool(getattr(member, "needs_login", False)),
        is_asking=getattr(getattr(member, "asking", None), "is_refused", True) is False,
        limit="" if member is None or member.limit == "none" else str(member.limit),
        denied=frozenset(map(str, getattr(member, "denied", ()))),
    )
