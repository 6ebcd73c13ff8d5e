"""What the sync screen shows: per record and per file, whether the server has it."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where this laptop is enrolled."""

    server: str
    device: str
    enrolled_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Counts for the pill and the page.

    Attributes:
        pending: Lines the server has not receipted.
        refused: Lines it refused or put aside; each needs a person.
        files_pending: Original files not yet receipted.
        offset_ms: Server clock minus local clock at the last contact, or None.
    """

    enrolment: Enrolment | None
    pending: int
    refused: int
    conflicts: int
    files_pending: int
    files_pending_bytes: int
    last_success_at: dt.datetime | None
    last_error: str | None
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    """One record (an inspection with all its rows) and what the server has of it.

    Attributes:
        reasons: Why lines were refused or put aside: words of the protocol (`locked`, `no_parent`, …), each once.
    """

    inspection: str
    title: str
    lines: int
    receipted: int
    refused: int
    files: int
    files_receipted: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one run did."""

    pushed: int
    pulled: int
    files_sent: int
    files_received: int
    refused: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """Two people changed the same field: what stands, what was put aside, and by whom.

    Attributes:
        title: What the row is, in words a person knows (`SGF-1.04 青禾区百草堂大药房`), or empty.
    """

    id: str
    table: str
    row: str
    field: str
    current: str
    other: str
    other_author: str
    reason: str
    title: str = ""
