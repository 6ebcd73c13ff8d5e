"""What is inside a packet: a manifest first, then the same messages as over the network, and files in chunks.

    record = kind u8 | length u32 | bytes;  messages are packed like bodies over the network, chunks are raw

A program that does not know a kind passes over it, so that later ones can add some.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, TypeVar

from sync.protocol import codec, framing
from sync.protocol.errors import SyncError
from sync.protocol.files import chunk_count
from sync.protocol.linked import whole_entries
from sync.protocol.messages import (
    CHUNK_BYTES,
    BlobOffer,
    Cursor,
    EnrolRequest,
    FeedPage,
    Problem,
    ReceiptPage,
    ResupplyRequest,
    SnapshotPage,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.packets import SEGMENT_BYTES, TAG_BYTES, PacketWriter
from sync.protocol.packets_keys import Card

M = TypeVar("M")
DELIVER: Final = "deliver"
REPLY: Final = "reply"
MATE: Final = "mate"
_HEAD: Final = 5
_CHUNK_HEAD: Final = 36
_FILE_HEAD: Final = 4096


class BadContents(SyncError):
    """Say that a packet was sealed and signed well, but does not hold what a packet holds."""

    code = "packet.contents"


class Kind(IntEnum):
    """Say what a record is."""

    MANIFEST = 1
    LINES = 2
    EXCHANGE = 3
    ANSWER = 4
    FILE = 5
    CHUNK = 6
    SNAPSHOT = 7


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one packet.

    Attributes:
        problem: Why not everything in it was taken; None when it was.
        replica: History to which a fork belongs.
        bad_line: `op_hash` of a line that the server cannot take at all.
        files: Files in it that could not be kept, with the reason's code.
    """

    packet_id: str
    n: int
    problem: Problem | None = None
    replica: str = ""
    bad_line: str = ""
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a packet is for.

    Attributes:
        purpose: DELIVER (device to server), REPLY (server to device), MATE (device to device).
        card: The sender's; answers are sealed to its box key.
        cursors: How far the sender has read, receipts too; the reply goes on there.
        wanted: Digests of files that the sender misses.
        enrol: Asks for admission, where the sender never met the server.
        answers: In a reply: what became of the sender's packets, newest first.
        anew: In a reply: the epoch in which the sender of the packet was, if the server has another history than was
            read there; the pages then begin from nothing.
        cards: In a reply: other devices of the sender's offices.
    """

    purpose: str
    card: Card
    cursors: tuple[Cursor, ...] = ()
    wanted: tuple[str, ...] = ()
    enrol: EnrolRequest | None = None
    answers: tuple[Answered, ...] = ()
    anew: str = ""
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class FileHead:
    """A file of which chunks follow."""

    sha256: str
    offer: BlobOffer


@dataclass(frozen=True, slots=True)
class Chunk:
    """One numbered piece of a file."""

    sha256: str
    number: int
    data: bytes


Message = Manifest | ResupplyRequest | SyncRequest | SyncAnswer | SnapshotPage | FileHead
Content = Message | Chunk
_MESSAGES: Final[dict[int, type[Message]]] = {
    Kind.MANIFEST: Manifest,
    Kind.LINES: ResupplyRequest,
    Kind.EXCHANGE: SyncRequest,
    Kind.ANSWER: SyncAnswer,
    Kind.FILE: FileHead,
    Kind.SNAPSHOT: SnapshotPage,
}
_KINDS: Final = {message: kind for kind, message in _MESSAGES.items()}
MAX_RECORD: Final = max(framing.MAX_PACKED_BYTES, CHUNK_BYTES + _CHUNK_HEAD)


def packed_size(size_bytes: int) -> int:
    """Return at most how many bytes a packet grows by a whole file."""
    segments = size_bytes // SEGMENT_BYTES + 2
    return size_bytes + chunk_count(size_bytes) * (_HEAD + _CHUNK_HEAD) + segments * TAG_BYTES + _FILE_HEAD


def put(writer: PacketWriter, content: Content) -> None:
    """Add one record to a packet.

    Raises:
        TooLarge: If a message is larger than one may be.
    """
    writer.write(record(content))


def record(content: Content) -> bytes:
    """Return the bytes of one record.

    Raises:
        TooLarge: If a message is larger than one may be.
    """
    if isinstance(content, Chunk):
        data = bytes.fromhex(content.sha256) + content.number.to_bytes(4) + content.data
        return bytes((Kind.CHUNK,)) + len(data).to_bytes(4) + data
    packed = framing.pack(codec.dump(content))
    return bytes((_KINDS[type(content)],)) + len(packed).to_bytes(4) + packed


def read(segments: Iterator[bytes]) -> tuple[Manifest, Iterator[Content]]:
    """Return the manifest and then everything else, record by record; one record is in memory at a time.

    Raises:
        BadContents, BadMessage, TooLarge, BadFrame: If the contents are none; the iterator raises them too.
    """
    contents = _contents(segments)
    first = next(contents, None)
    if not isinstance(first, Manifest):
        raise BadContents(at="manifest")
    return first, contents


def _contents(segments: Iterator[bytes]) -> Iterator[Content]:
    for kind, data in _records(segments):
        message = _MESSAGES.get(kind)
        if message is not None:
            yield codec.load(message, framing.unpack(data))
        elif kind == Kind.CHUNK:
            if len(data) <= _CHUNK_HEAD:
                raise BadContents(at="chunk")
            yield Chunk(data[:32].hex(), int.from_bytes(data[32:_CHUNK_HEAD]), data[_CHUNK_HEAD:])


def _records(segments: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    held = bytearray()
    for segment in segments:
        held += segment
        at = 0
        while len(held) - at >= _HEAD:
            length = int.from_bytes(held[at + 1 : at + _HEAD])
            if length > MAX_RECORD:
                raise BadContents(at="length")
            if len(held) - at < _HEAD + length:
                break
            yield held[at], bytes(held[at + _HEAD : at + _HEAD + length])
            at += _HEAD + length
        del held[:at]
    if held:
        raise BadContents(at="end")


def page_after(page: FeedPage, cursor: Cursor) -> FeedPage | None:
    """Return what of a page follows the cursor, None if nothing does or a part in between is missing.

    A reply may have been on the road while the network brought the same pages.
    """
    entries = tuple(one for one in whole_entries(page.entries) if one.seq > cursor.seq)
    if page.feed != cursor.feed or not entries or entries[0].seq != cursor.seq + 1:
        return None
    return replace(page, entries=entries)


def receipts_after(page: ReceiptPage, cursor: Cursor) -> ReceiptPage | None:
    """Return the receipts that follow the cursor, like `page_after`."""
    entries = tuple(one for one in page.entries if one.seq > cursor.seq)
    if page.feed != cursor.feed or not entries or entries[0].seq != cursor.seq + 1:
        return None
    return replace(page, entries=entries)
