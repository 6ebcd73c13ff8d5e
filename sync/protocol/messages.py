"""Everything that travels as JSON between a device and the server, version 1.

Times are milliseconds since 1970 UTC, clocks are HLC integers, hashes and signatures lower-case hex texts.
A new optional part gets a default here; an old peer ignores it. Anything else raises PROTO.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sync.protocol.fold import Status
from sync.protocol.lease import Lease
from sync.protocol.lines import GENESIS

PROTO: Final = 1
RELEASE: Final = "0.1.0"  # of this program, as pyproject.toml has it; a device says it in its User-Agent
CHUNK_BYTES: Final = 1 << 20
MAX_PUSH_LINES: Final = 500
MAX_PUSH_BYTES: Final = 320 << 10  # of line bytes, but for one that is longer alone
MAX_UNDER_WAY: Final = 4  # exchanges of one device at a time
MAX_PULL_ENTRIES: Final = 3000
MAX_PAGE_BYTES: Final = 512 << 10  # of line bytes, so that no packed body can pass its limit
MAX_BLOB_BYTES: Final = 4 << 30
MAX_JSON_BYTES: Final = 64 << 10

HEADER_PROTO: Final = "Yanfang-Proto"
HEADER_DEVICE: Final = "Yanfang-Device"
HEADER_TIME: Final = "Yanfang-Time"
HEADER_NONCE: Final = "Yanfang-Nonce"
HEADER_SIGNATURE: Final = "Yanfang-Signature"
HEADER_DIGEST: Final = "Yanfang-Sha256"
HEADER_MACHINE: Final = "Yanfang-Machine"  # not signed: it warns of copied keys, it proves nothing


@dataclass(frozen=True, slots=True)
class Problem:
    """Every refusal: a stable code, its parameters, and an English or Chinese sentence for whoever reads a log."""

    code: str
    params: dict[str, str | int]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Hello:
    """What anybody may know of a server."""

    server: str
    epoch: str
    time_ms: int
    proto_min: int = PROTO
    proto_max: int = PROTO


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """Ask for admission with a one-time code; `proof` is the device key's signature of `signing.enrol_bytes`."""

    code: str
    device: str
    public_key: str
    name: str
    proof: str


@dataclass(frozen=True, slots=True)
class Me:
    """What the server knows of this device.

    Attributes:
        grants: Feeds this device may read and write; a trailing ``*`` stands for any ending.
        receipts_feed: Name of the device's own feed of receipts.
        needs_login: Whether the server wants the password of the device's user before anything else.
        lease: What the person behind the device may do, to be kept for the time without a server.
    """

    device: str
    name: str
    user: str
    server: str
    epoch: str
    grants: tuple[str, ...]
    receipts_feed: str
    needs_login: bool = False
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class WireLine:
    """A line as text, with its signature; the hash of the line directly before it in the message may be left out (`linked`)."""

    line: str
    sig: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed was read: the last entry's number and chain value; (0, GENESIS) before the first."""

    feed: str
    seq: int = 0
    chain: str = GENESIS


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """One exchange: what a device has to say, and where it stands.

    Attributes:
        cursors: Feeds read so far, the device's own receipts feed included; readable feeds that are not named are
            read from their beginning.
        replica, lines: Own lines of one replica in chain order; none is a request that only reads.
        limit: Entries wanted, of feeds and of receipts each; 0 where lines are brought and others will ask for the rest.
        own: Whether this device's own lines are wanted whole; otherwise they come as runs, for it has them.
        digests: Whether to tell the digests of the feeds.
        skip: Pages that others, which are on their way, ask for from the same cursors: what follows them is wanted. Without it
            and without lines the server first takes in the lines that are on their way.
    """

    epoch: str
    cursors: tuple[Cursor, ...]
    replica: str = ""
    lines: tuple[WireLine, ...] = ()
    limit: int = MAX_PULL_ENTRIES
    own: bool = False
    digests: bool = False
    skip: int = 0


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line at its place in a feed; it may leave out the hash of the one in the entry directly before it, as `WireLine` may."""

    seq: int
    device: str
    eff: int
    status: Status
    line: str
    sig: str
    op: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OwnRun:
    """Entries of the asking device's own lines, which it has: consecutive lines of one replica at consecutive places.

    Attributes:
        seq, op: Place and id of the first.
        eff: Effective clock of all; 0 where each has the one of its line.
    """

    seq: int
    op: str
    count: int
    status: Status
    eff: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Consecutive entries of one feed, from the asked cursor on; `chain` is the value after the last of them.

    Attributes:
        own: Those that the device has itself, unless they were wanted whole; they stand between the others.
    """

    feed: str
    entries: tuple[FeedEntry, ...]
    chain: str
    head_seq: int
    own: tuple[OwnRun, ...] = ()


class ReceiptKind(StrEnum):
    """Say what a receipt is for."""

    RECORD = "record"
    FILE = "file"
    BROUGHT = "brought"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that it has a record (a line), a file, or what was brought of others.

    Attributes:
        seq: Place in the device's own feed.
        subject: Line id for a record, SHA-256 for a file, `feeds.batch_name` for lines that were brought.
        feed, feed_seq, eff: Where the line stands (number 0: set aside); scope and size and 0 for a file; the device's own
            feed and 0 and 0 for what was brought, for nothing else of it is told.
    """

    seq: int
    kind: ReceiptKind
    subject: str
    status: Status
    feed: str
    feed_seq: int
    eff: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ToldRun:
    """Receipts from `seq` on that say what the same answer tells of own lines, from place `feed_seq` of a feed on."""

    seq: int
    feed: str
    feed_seq: int
    count: int


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Consecutive receipts of the device's own feed; `chain` is the value after the last of them.

    Attributes:
        told: Those that need not be said again; they stand between the others.
    """

    feed: str
    entries: tuple[Receipt, ...]
    chain: str
    head_seq: int
    told: tuple[ToldRun, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedDigest:
    """The digest of a feed's confirmed layer at one number, folded by one version of the schema."""

    feed: str
    seq: int
    digest: str
    schema: int


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """What the server did and has.

    Attributes:
        taken: How many of the lines, from the first on, are committed; their verdicts come as receipts.
        problem: Why the others are not (gap, fork, a line that cannot be read).
        keys: Public keys of the devices whose lines are in the pages, by device id.
        more: Whether another request would bring more.
        snapshots: Feeds whose entries after the cursor are given out no more: a snapshot is to be taken.
        scopes_ver: Version of what the person behind the device may do: where it rises, `me` tells the new lease.
        log_head: With receipts, the signed head of the log of entries (`protocol.checkpoints`), at most a minute old.
    """

    epoch: str
    time_ms: int
    taken: int
    pages: tuple[FeedPage, ...]
    receipts: ReceiptPage
    keys: dict[str, str]
    more: bool
    problem: Problem | None = None
    snapshots: tuple[str, ...] = ()
    digests: tuple[FeedDigest, ...] = ()
    scopes_ver: int = 0
    log_head: str = ""


@dataclass(frozen=True, slots=True)
class SuppliedLine:
    """Somebody's line as it was once given out, with the device that signed it."""

    device: str
    line: str
    sig: str


@dataclass(frozen=True, slots=True)
class ResupplyRequest:
    """Give a server that lost history lines it had given out, in the order of the old feeds."""

    epoch: str
    lines: tuple[SuppliedLine, ...]


@dataclass(frozen=True, slots=True)
class ResupplyAnswer:
    """How many lines the server had, how many it took in, and how many it put aside until what is before them comes.

    Attributes:
        batch: Which lines it is about, `feeds.batch_name` of what was asked.
        placed: Of lines that have their place in a feed which the device may read, the number there, by id.
    """

    epoch: str
    batch: str
    known: int
    taken: int
    parked: int
    placed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowKey:
    """A row's place in a snapshot."""

    table: str
    row: str


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """Ask for the confirmed layer of a feed, from the row after `after` on."""

    epoch: str
    feed: str
    after: RowKey | None = None


@dataclass(frozen=True, slots=True)
class SnapshotConflict:
    """An open conflict as `fold.Conflict`, without what its row says."""

    id: str
    field: str
    winner_op: str | None
    loser_op: str
    loser_val: str
    loser_author: str | None
    loser_hlc: int
    reason: str


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One row with everything that is confirmed of it.

    Attributes:
        cells: The text of `cells.to_text`.
        proof: The signed lines that inserted, signed or voided it: evidence stays provable without the history.
        authors: Who wrote the lines that the cells name and `proof` does not hold, by line.
    """

    table: str
    row: str
    feed_seq: int
    locked_by: str | None
    voided_by: str | None
    void_reason: str | None
    appended_by: str | None
    cells: str
    conflicts: tuple[SnapshotConflict, ...]
    proof: tuple[FeedEntry, ...]
    authors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Rows in the order of their keys, each as it stands now.

    Attributes:
        start: Where the feed stood at this page; reading goes on from the *first* page's, and what a row has seen by
            then is skipped row by row.
    """

    epoch: str
    start: Cursor
    rows: tuple[SnapshotRow, ...]
    keys: dict[str, str]
    more: bool


@dataclass(frozen=True, slots=True)
class BlobOffer:
    """Announce a file; whoever may read `scope` may then fetch it.

    Attributes:
        sm3: SM3 digest, hex, that the record says; the server compares it later. Empty where the sender has none.
    """

    scope: str
    size: int
    mime: str
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class BlobState:
    """How much of a file the server has.

    Attributes:
        missing: Numbers of the chunks still to be sent; empty when complete, ready to commit, or being put together.
    """

    sha256: str
    complete: bool
    size: int
    chunk_bytes: int
    missing: tuple[int, ...]
