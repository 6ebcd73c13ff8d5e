"""What the sync client asks of the local database and of the file vault; implemented elsewhere.

States of an own line:    pending → acked (committed by the server: do not send again) → done | rejected | quarantined
States of a file:         local → uploading → remote, or want → local-and-remote, or damaged / missing

Only a receipt makes a line done or a file remote. All methods are called from the one thread that runs the engine;
each one is one transaction of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sync.protocol.chain import ChainHead, DeviceKey, SignedLine
from sync.protocol.errors import SyncError
from sync.protocol.fold import Entry, Status
from sync.protocol.messages import Ack, Cursor, Receipt


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
    """

    replica: str
    head: ChainHead
    epoch: str | None


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
        entry: For `sync.protocol.fold.fold`; quarantined and rejected lines must not be folded (see `is_folded`).
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
        """Return whether the server folded it; lines it refused to judge change no state."""
        return self.status is not Status.QUARANTINED


@dataclass(frozen=True, slots=True)
class PulledPage:
    """Consecutive entries of one feed: apply all, or none."""

    before: Cursor
    after: Cursor
    lines: tuple[PulledLine, ...]


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file that the server does not have yet; digests are hex texts, `scope` is the feed of its record."""

    sha256: str
    sm3: str
    size: int
    mime: str
    scope: str


@dataclass(frozen=True, slots=True)
class FileWanted:
    """A file that a pulled record names and that is not here."""

    sha256: str
    size: int


class LocalStore(Protocol):
    """Journal, confirmed layer, cursors and file list of one installation."""

    def head(self) -> LocalHead:
        """Return replica, chain head and epoch."""

    def set_epoch(self, epoch: str) -> None:
        """Keep the epoch of the first sync, where none was known."""

    def start_new_epoch(self, epoch: str) -> None:
        """Take up a server that lost history.

        In one transaction: confirmed layer emptied (cells, rows, conflicts, cursors), every own line with a state
        other than pending back to pending, every remote file back to local; keep the new epoch.
        """

    def pending(self, limit: int) -> Sequence[OutLine]:
        """Return pending lines of one replica, ascending in n, at most `limit`.

        Almost always that is the current replica. After a restored server or a fork earlier replicas of this
        installation may have pending lines again: then those of the oldest such replica come first.
        """

    def mark_acked(self, acks: Sequence[Ack]) -> None:
        """Turn pending lines into acked ones and keep feed, seq and effective clock; unknown ids are ignored."""

    def requeue_acked(self) -> int:
        """Turn every acked line without a receipt back to pending; return how many.

        Called when all receipts were read: an acknowledgement without one means that the server lost the line.
        """

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        """Give all pending lines, of whatever replica, a new history; return how many were renewed.

        In one transaction: pending lines, older replicas first and in order of n, through
        `sync.protocol.chain.rechain`; their bytes, hash, signature, replica and n are replaced (op id and content
        stay); the new replica and its head become current.
        """

    def cursors(self) -> Sequence[Cursor]:
        """Return the cursor of every feed read so far, the device's own receipts feed included."""

    def apply_page(self, page: PulledPage) -> None:
        """Take in a page in one transaction.

        Keep the lines, fold those that `is_folded` into the confirmed layer, recompute the touched view cells
        (confirmed overlaid by own pending edits), observe the effective clocks, list newly named files as wanted,
        store `page.after`. A line that was folded before is no error.

        Raises:
            PageDoesNotJoin: If the stored cursor is not `page.before`; nothing is changed.
        """

    def apply_receipts(self, before: Cursor, after: Cursor, receipts: Sequence[Receipt]) -> None:
        """Take in receipts in one transaction: records become done, rejected or quarantined, files become remote.

        A record is settled whatever state it was in, pending too; receipts for unknown records are passed over.

        Raises:
            PageDoesNotJoin: If the stored cursor is not `before`; nothing is changed.
        """

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        """Return files without a receipt (local, uploading) in sending order, signed papers and small ones first."""

    def wanted_files(self, limit: int) -> Sequence[FileWanted]:
        """Return files to fetch, most urgent first."""

    def mark_file(self, sha256: str, status: FileStatus) -> None:
        """Note where a file's bytes are; a remote file never becomes anything else but damaged or missing."""

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
