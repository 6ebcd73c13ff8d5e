"""What the sync client asks of the local database and of the file vault; implemented elsewhere.

States of an own line:    pending → acked (committed by the server: do not send again) → done | rejected | quarantined
States of a file:         local → uploading → remote, or want → local-and-remote, or damaged / missing

Only a receipt makes a line done or a file remote. All methods are called from the one thread that runs the engine;
each one is one transaction of its own.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self

from sync.protocol.chain import ChainHead, DeviceKey, SignedLine
from sync.protocol.errors import SyncError
from sync.protocol.fold import Entry, Status, Verdict
from sync.protocol.messages import Cursor, Receipt, RowKey, SnapshotPage, SuppliedLine


class DamagedBlob(SyncError):
    """Say that a file's bytes do not have the digest under which they are kept or were asked for."""

    code = "blob.damaged"


class FileStatus(StrEnum):
    """Say where a file's bytes are."""

    LOCAL = "local"
    UPLOADING = "uploading"
    REMOTE = "remote"
    WANTED = "want"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class LocalHead:
    """Where this installation stands.

    Attributes:
        replica: Id of the current history.
        head: Last line written in it.
        epoch: The server's epoch that cursors and acknowledgements belong to; None before the first sync.
        offset_ms: Server minus local time as last measured.
    """

    replica: str
    head: ChainHead
    epoch: str | None
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class OutLine:
    """An own line as it was written: exact bytes and signature."""

    op: str
    replica: str
    n: int
    data: bytes
    op_hash: str
    sig: str


@dataclass(frozen=True, slots=True)
class PulledLine:
    """A verified entry of a feed, to be folded and kept.

    Attributes:
        entry: For `sync.protocol.fold.fold`, unless a rule refused the line (see `is_folded`).
        signed: Exact bytes, hash and signature, kept for re-supply after a server restore.
        device: Who signed.
    """

    entry: Entry
    signed: SignedLine
    device: str
    status: Status
    reason: str | None

    @property
    def is_folded(self) -> bool:
        """Return whether the server folded it; a line that a rule refused changes no state."""
        return Verdict(self.status, self.reason).is_folded


@dataclass(frozen=True, slots=True)
class PulledPage:
    """Consecutive entries of one feed: apply all, or none."""

    before: Cursor
    after: Cursor
    lines: tuple[PulledLine, ...]


@dataclass(frozen=True, slots=True)
class PulledReceipts:
    """Consecutive receipts of the device's own feed: apply all, or none."""

    before: Cursor
    after: Cursor
    entries: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What answers brought, verified, in their order; `acked`: ids of own lines that the server says it has."""

    pages: tuple[PulledPage, ...] = ()
    receipts: PulledReceipts | None = None
    acked: tuple[str, ...] = ()

    def followed_by(self, other: Self) -> Self:
        """Return this and what came after it as one."""
        both = [one for one in (self.receipts, other.receipts) if one is not None]
        entries = tuple(entry for one in both for entry in one.entries)
        receipts = PulledReceipts(both[0].before, both[-1].after, entries) if both else None
        return replace(self, pages=self.pages + other.pages, receipts=receipts, acked=self.acked + other.acked)


@dataclass(frozen=True, slots=True)
class FeedState:
    """Digest of a feed's confirmed layer at a cursor, and the version of the schema by which it was folded."""

    seq: int
    digest: str
    schema: int


class SnapshotReason(StrEnum):
    """Say why a feed is not read line by line."""

    LONG = "long"
    FLOOR = "floor"
    DIGEST = "digest"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class SnapshotPlace:
    """How far a snapshot has come: `start` and `after` are None before its first page."""

    feed: str
    start: Cursor | None
    after: RowKey | None


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file that the server does not have yet; digests are hex texts, `scope` is the feed of its record.

    Attributes:
        is_spare: Its record does without; it is not counted.
    """

    sha256: str
    sm3: str
    size: int
    mime: str
    scope: str
    is_spare: bool = False


@dataclass(frozen=True, slots=True)
class FileWanted:
    """A file that a pulled record names and that is not here.

    Attributes:
        is_spare: Its record does without; it is not counted, and that the server has it not is no failure.
    """

    sha256: str
    size: int
    is_spare: bool = False


Find = Callable[[Sequence[FileWanted]], Set[str]]


class LocalStore(Protocol):
    """Journal, confirmed layer, cursors and file list of one installation."""

    def head(self) -> LocalHead:
        """Return replica, chain head and epoch."""

    def set_epoch(self, epoch: str) -> None:
        """Keep the epoch of the first sync, where none was known."""

    def start_new_epoch(self, epoch: str) -> None:
        """Take up a server that lost history.

        In one transaction: confirmed layer emptied (cells, rows, conflicts, cursors, unfinished snapshots), every own
        line back to pending, every remote file back to local; every line that was read from a feed is listed to be
        given back (`to_resupply`), behind those still listed; keep the new epoch.
        """

    def to_resupply(self, limit: int) -> Sequence[SuppliedLine]:
        """Return lines of former feeds that the new history has not shown yet and that were not given back, in old order.

        A line leaves the list for good when `take` or `apply_snapshot` brings it.
        """

    def mark_resupplied(self, lines: Sequence[SuppliedLine]) -> None:
        """Note that the server was given these lines, the first of `to_resupply`.

        They leave the list when the receipt for their `feeds.batch_name` comes; in the next epoch they are given again
        unless they came back.
        """

    def pending(self, limit: int, behind: OutLine | None = None) -> Sequence[OutLine]:
        """Return pending lines of one replica, ascending in n, at most `limit`; `behind` this one, if given.

        Not all of those are returned that come behind more than MAX_PUSH_BYTES.

        Almost always that is the current replica. After a restored server or a fork earlier replicas of this
        installation may have pending lines again: then those of the oldest such replica come first.
        """

    def set_aside(self, op: str, reason: str) -> None:
        """Turn a pending line that the server cannot take at all into a quarantined one, with the reason.

        Its place in the chain is lost; the caller gives the others a new history.
        """

    def requeue_acked(self) -> int:
        """Turn every acked line without a receipt back to pending, and list given ones of others again; return how many.

        Called when all receipts were read: an acknowledgement without one means that the server lost the line.
        """

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        """Give all pending lines, of whatever replica, a new history; return how many were renewed.

        In one transaction: pending lines, older replicas first and in order of n, through
        `sync.protocol.chain.rechain`; their bytes, hash, signature, replica and n are replaced (op id and content
        stay); the new replica and its head become current. A line that cannot be read is set aside.
        """

    def cursors(self) -> Sequence[Cursor]:
        """Return the cursor of every feed read so far, the device's own receipts feed included."""

    def own_run(self, op: str, count: int) -> Sequence[SignedLine]:
        """Return a line that was written here, of any replica, and those behind it, as they stand in the journal.

        Fewer than `count`, or none, where the journal has no more of them one behind the other.
        """

    def take(self, taken: Taken) -> None:
        """Take in what an answer brought, in one transaction: pages, then receipts.

        Of a page: keep the lines, fold those that `is_folded` and of an understood schema into the confirmed layer (others are
        noted for the next release of the program), recompute the touched view cells
        (confirmed overlaid by own pending edits), observe the effective clocks, list newly named files as wanted,
        store `page.after`. A line that was folded before is no error.
        Of receipts: records become done, rejected or quarantined, files become remote, lines brought of others are settled.
        A record is settled whatever
        state it was in, pending too; receipts for unknown records are passed over.
        What is acknowledged and has no receipt yet goes from pending to acked.

        Raises:
            PageDoesNotJoin: If a stored cursor is not what a page or the receipts follow; nothing is changed.
        """

    def digest(self, feed: str) -> FeedState | None:
        """Count the digest of a feed's confirmed layer from what is there; None while lines of it are not understood."""

    def digest_checked_at(self) -> int | None:
        """Return when all digests were last found equal, local ms; None in a new epoch."""

    def note_digests(self, at_ms: int) -> None:
        """Note that all digests were found equal."""

    def want_snapshot(self, feed: str, why: SnapshotReason, theirs: str = "") -> None:
        """Begin a snapshot of a feed; one that is under way goes on.

        Args:
            theirs: The server's digest, where that is why: what is here is then kept aside as an incident.
        """

    def snapshots(self) -> Sequence[SnapshotPlace]:
        """Return the snapshots under way, those that a newer program wants among them."""

    def apply_snapshot(self, place: SnapshotPlace, page: SnapshotPage, lines: Sequence[PulledLine]) -> None:
        """Keep a page beside the confirmed layer in one transaction; the last one replaces the layer of this feed.

        Then, in the same transaction: the view is recomputed, the cursor stands at the first page's start.

        Args:
            lines: The verified proof of the page's rows, kept like pulled lines.

        Raises:
            PageDoesNotJoin: If the place is not the one that was kept.
        """

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        """Return files without a receipt (local, uploading) in sending order, signed papers and small ones first."""

    def wanted_files(self, limit: int, found: Find | None = None) -> Sequence[FileWanted]:
        """Return files to fetch, most urgent first.

        Args:
            found: Asks which of some files can be had now; the others are left out. Nobody is asked twice in a run.
        """

    def mark_file(self, sha256: str, status: FileStatus) -> None:
        """Note where a file's bytes are; a remote file never becomes anything else but damaged or missing."""

    def files_there(self, names: Sequence[str]) -> None:
        """Note that the server has these files, also those that still wait for a receipt."""

    def note_clock(self, offset_ms: int, at_ms: int) -> None:
        """Keep server minus local time, measured at local `at_ms`."""


class BlobSource(Protocol):
    """Read files by the digest of their plain bytes."""

    def open(self, sha256: str) -> "AbstractContextManager[BlobReader]":
        """Open a file for reading.

        Raises:
            FileNotFoundError: If the vault has no such file.
            OSError, ValueError: If its bytes cannot be read or opened with this key.
        """


class BlobReader(Protocol):
    """Give any part of one file."""

    def read_at(self, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset`, fewer only at the end of the file."""


class BlobSink(Protocol):
    """Take in fetched files."""

    def received(self, sha256: str) -> int:
        """Return how many leading bytes of an unfinished file are kept; 0 for none."""

    def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
        """Append chunks from `offset` on; when `wanted.size` is reached, verify the digest and keep the file.

        Raises:
            DamagedBlob: If the whole file has another digest; what was kept of it is dropped.
        """


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine is doing: a stable word, and done of total in lines, entries or bytes (total 0: unknown)."""

    name: str
    done: int
    total: int


Progress = Callable[[Step], None]
