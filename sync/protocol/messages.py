"""Everything that travels as JSON between a device and the server, version 1.

Times are milliseconds since 1970 UTC, clocks are HLC integers, hashes and signatures lower-case hex texts.
A new optional part gets a default here; an old peer ignores it. Anything else raises PROTO.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS

PROTO: Final = 1
CHUNK_BYTES: Final = 1 << 20
MAX_PUSH_LINES: Final = 500
MAX_PULL_ENTRIES: Final = 1000
MAX_PAGE_BYTES: Final = 512 << 10  # of line bytes, so that no packed body can pass its limit
MAX_BLOB_BYTES: Final = 4 << 30
MAX_JSON_BYTES: Final = 64 << 10

HEADER_PROTO: Final = "Yanfang-Proto"
HEADER_DEVICE: Final = "Yanfang-Device"
HEADER_TIME: Final = "Yanfang-Time"
HEADER_NONCE: Final = "Yanfang-Nonce"
HEADER_SIGNATURE: Final = "Yanfang-Signature"
HEADER_DIGEST: Final = "Yanfang-Sha256"


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
    """

    device: str
    name: str
    user: str
    server: str
    epoch: str
    grants: tuple[str, ...]
    receipts_feed: str


@dataclass(frozen=True, slots=True)
class WireLine:
    """A line's exact bytes as text, with its signature."""

    line: str
    sig: str


@dataclass(frozen=True, slots=True)
class PushRequest:
    """Lines of one replica in chain order; the same lines always make the same `batch`."""

    batch: str
    epoch: str
    replica: str
    lines: tuple[WireLine, ...]


@dataclass(frozen=True, slots=True)
class Ack:
    """The server has committed this line; its place and effective clock never change again."""

    op: str
    status: Status
    feed: str
    seq: int
    eff: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """Acknowledge the accepted prefix; `problem` says why the rest was not taken (gap, fork)."""

    batch: str
    epoch: str
    acks: tuple[Ack, ...]
    head_n: int
    head_hash: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed was read: the last entry's number and chain value; (0, GENESIS) before the first."""

    feed: str
    seq: int = 0
    chain: str = GENESIS


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Ask for what follows the cursors; readable feeds that are not named are read from their beginning."""

    epoch: str
    cursors: tuple[Cursor, ...]
    limit: int = MAX_PULL_ENTRIES


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line at its place in a feed, with the chain value up to and including it."""

    seq: int
    line: str
    sig: str
    device: str
    eff: int
    status: Status
    chain: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Consecutive entries of one feed, from the asked cursor on."""

    feed: str
    entries: tuple[FeedEntry, ...]
    head_seq: int
    head_chain: str


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """Pages, and the public keys of the devices whose lines are in them, by device id."""

    epoch: str
    time_ms: int
    pages: tuple[FeedPage, ...]
    keys: dict[str, str]
    more: bool


class ReceiptKind(StrEnum):
    """Say what a receipt is for."""

    RECORD = "record"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that it has a record (a line) or a file.

    Attributes:
        seq, chain: Place in the device's own feed.
        subject: Line id for a record, SHA-256 for a file.
        feed, feed_seq, eff: Where the line stands; scope and size and 0 for a file.
    """

    seq: int
    kind: ReceiptKind
    subject: str
    status: Status
    feed: str
    feed_seq: int
    eff: int
    chain: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptsRequest:
    """Ask for the receipts after a cursor of the device's own feed."""

    epoch: str
    cursor: Cursor
    limit: int = MAX_PULL_ENTRIES


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Consecutive receipts of the device's own feed."""

    epoch: str
    feed: str
    entries: tuple[Receipt, ...]
    head_seq: int
    head_chain: str


@dataclass(frozen=True, slots=True)
class BlobOffer:
    """Announce a file; whoever may read `scope` may then fetch it.

    Attributes:
        sm3: SM3 digest, hex, checked at commit; empty where the sender has none.
    """

    scope: str
    size: int
    mime: str
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class BlobState:
    """How much of a file the server has.

    Attributes:
        missing: Numbers of the chunks still to be sent; empty when complete or ready to commit.
    """

    sha256: str
    complete: bool
    size: int
    chunk_bytes: int
    missing: tuple[int, ...]
