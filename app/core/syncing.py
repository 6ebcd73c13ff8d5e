"""What the sync screen shows: per record and per file, where it is proven to be and what it waits for."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where this laptop is enrolled."""

    server: str
    device: str
    enrolled_at: dt.datetime


class Network(StrEnum):
    """What the system says of the network; where it says nothing, everything is sent."""

    UNKNOWN = "unknown"
    FREE = "free"
    METERED = "metered"


@dataclass(frozen=True, slots=True)
class SyncPolicy:
    """How this laptop syncs by itself.

    Attributes:
        every_min: Minutes between two runs where nothing changes.
        rate_kib: Most KiB a second for files; 0 for no limit. Records are small and never wait.
        originals_wifi: Originals of evidence wait while the system calls the network metered or mobile.
    """

    is_paused: bool = False
    every_min: int = 5
    rate_kib: int = 0
    originals_wifi: bool = False


class Wait(StrEnum):
    """What a record or a file waits for."""

    ENROLMENT = "enrolment"
    PACKET = "packet"
    MATE = "mate"
    PAUSED = "paused"
    OFFLINE = "offline"
    SERVER = "server"
    WIFI = "wifi"
    QUEUE = "queue"
    RECEIPT = "receipt"
    ABSENT = "absent"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Counts for the pill and the page.

    Attributes:
        pending: Lines the server has not receipted.
        refused: Lines it refused or put aside; each needs a person.
        files_pending: Original files not yet receipted.
        files_held: Those of them that wait for a network that costs nothing.
        files_lost: Files whose bytes are gone from this laptop or not what was taken in, before the server had them.
        files_absent: Files of others that are not here yet.
        offline_since: Begin of the tries that found no server, or None where the last one did.
        stuck: Code of an error that trying again does not mend, else None.
        offset_ms: Server clock minus local clock at the last contact, or None.
        by_packet: There is a server, and only packets go to it.
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
    files_held: int = 0
    files_lost: int = 0
    files_absent: int = 0
    offline_since: dt.datetime | None = None
    stuck: str | None = None
    policy: SyncPolicy = SyncPolicy()
    by_packet: bool = False


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    """One record (an inspection with all its rows) and where it is proven to be.

    Attributes:
        reasons: Why lines were refused or put aside: words of the protocol (`locked`, `no_parent`, …), each once.
        packets: Numbers of the courier packets that carried some of it.
        receipt: Number of the newest receipt in this laptop's own feed, with the time it was read here.
        backup_at: When the newest verified backup was made that holds its last change; None where there is none.
        waits: What the rest waits for, each once.
    """

    inspection: str
    title: str
    lines: int
    receipted: int
    refused: int
    files: int
    files_receipted: int
    reasons: tuple[str, ...] = ()
    packets: tuple[int, ...] = ()
    receipt: int | None = None
    receipted_at: dt.datetime | None = None
    backup_at: dt.datetime | None = None
    waits: tuple[Wait, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Return whether the server has every line and every file, refused none, and none is lost."""
        return not self.refused and not self.waits and self.receipted >= self.lines and self.files_receipted >= self.files


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file or one line of a record, and where it is proven to be.

    Attributes:
        id: SHA-256 of a file, id of a line.
        what: Table of a line; `original`, `paper` or `pages` of a file.
        number: Place among the evidence of its record, where it is one.
        verb: Kind of a line (`set`, `append`, `sign`, …), empty for a file.
        has_here: Whether its bytes are on this laptop.
        digest: SHA-256 of the bytes of a file or of the signed line.
        packets, receipt, receipted_at, backup_at: See `RecordReceipt`. Backups hold records, never files.
        feed_seq: Place of a line in the feed of its office.
        reason: Why the server refused it, or None.
        is_handled: Whether a person has dealt with that.
        wait: What it waits for, None where the server has it or refused it.
    """

    id: str
    inspection: str
    record: str
    what: str
    title: str
    number: int | None
    verb: str
    size_bytes: int
    digest: str
    has_here: bool
    packets: tuple[int, ...]
    receipt: int | None
    receipted_at: dt.datetime | None
    feed_seq: int | None
    backup_at: dt.datetime | None
    reason: str | None
    wait: Wait | None
    is_handled: bool = False

    @property
    def is_file(self) -> bool:
        """Return whether it is a file."""
        return not self.verb

    @property
    def is_safe(self) -> bool:
        """Return whether the server has it; a refused line that a person has dealt with counts, if it has a receipt."""
        return self.wait is None and (self.reason is None or (self.is_handled and self.receipt is not None))


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one run did.

    Attributes:
        files_at_work: Files that the server has and is still putting together; their receipts come with a later run.
    """

    pushed: int
    pulled: int
    files_sent: int
    files_received: int
    refused: int
    is_complete: bool
    files_at_work: int = 0


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, or several alike that did nothing: when, what, and the code of what ended it."""

    began_at: dt.datetime
    ended_at: dt.datetime
    times: int
    pushed: int
    pulled: int
    files_sent: int
    files_received: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Hand:
    """Who wrote a value: name, laptop and its clock; empty or None where this laptop never saw the line.

    Attributes:
        device: First digits of the laptop's id; empty for this one.
        is_here: Whether it was written on this laptop.
    """

    name: str = ""
    device: str = ""
    at: dt.datetime | None = None
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """Two people changed the same field: what stands, what was put aside, and by whom.

    Attributes:
        title: What the row is, in words a person knows (`SGF-1.04 青禾区百草堂大药房`), or empty.
        question: The question of the item, where the row answers one.
        inspection: Record it belongs to, or empty.
        by, other_by: Who wrote what stands, and what was put aside.
        takes_other, takes_new: Whether the value put aside, or a third one, can still become the current one.
        decided_by: Who settled it; None while it is open.
        stood, stood_by: What stood when the two met, and who wrote it, once it is settled; None where this laptop
            never saw the line.
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
    question: str = ""
    inspection: str = ""
    by: Hand = Hand()
    other_by: Hand = Hand()
    takes_other: bool = True
    takes_new: bool = False
    decided_by: Hand | None = None
    stood: str | None = None
    stood_by: Hand = Hand()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line of this laptop that the server refused or put aside, until a person has dealt with it.

    Attributes:
        record: How its inspection is called, or empty.
        table, verb, title: What it is and does, see `Receipt`.
        fields: What it says, as names and values, the first few.
        is_rejected: Whether the server has its last word; else the line waits there or here.
        since: When that was learnt, or the line written; None where neither is known.
        can_resend: Whether sending it again can change anything.
    """

    op: str
    inspection: str
    record: str
    table: str
    verb: str
    title: str
    fields: tuple[tuple[str, str], ...]
    reason: str
    is_rejected: bool
    since: dt.datetime | None
    can_resend: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened to a whole history, and what was done about it by itself.

    Attributes:
        code: `sync.digest_differs`, `sync.epoch_changed` or `sync.history_begun`.
        rows: Rows that differed and are kept; lines of others kept here to be given back; own lines sent anew.
        left: Those lines of others that wait to be given back still.
    """

    number: int
    at: dt.datetime
    code: str
    rows: int
    left: int


class Phase(StrEnum):
    """What the background loop does."""

    OFF = "off"
    PAUSED = "paused"
    WAITING = "waiting"
    RUNNING = "running"
