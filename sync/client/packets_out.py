"""Write packets: what the server, or a team-mate, does not have yet, in as many volumes as it takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from sync.client.store import BlobReader, BlobSource, DamagedBlob, FileToSend, OutLine
from sync.protocol import lines
from sync.protocol.chain import DeviceKey
from sync.protocol.linked import on_wire
from sync.protocol.messages import (
    CHUNK_BYTES,
    MAX_PAGE_BYTES,
    MAX_PUSH_LINES,
    BlobOffer,
    ResupplyRequest,
    SuppliedLine,
    SyncRequest,
)
from sync.protocol.packets import SUFFIX, Address, PacketWriter
from sync.protocol.packets_body import Chunk, FileHead, Manifest, packed_size, record
from sync.protocol.packets_disk import file_name
from sync.protocol.packets_order import Placed, in_causal_order

T = TypeVar("T")
_HEAD_ROOM: Final = 4096


@dataclass(frozen=True, slots=True)
class Volume:
    """One written packet file."""

    path: Path
    packet_id: str
    digest: str
    size_bytes: int


class Outbox:
    """Gather records into volumes beside their names; `finish` makes packets of them, `drop` leaves nothing behind."""

    def __init__(
        self, folder: Path, limit_bytes: int, manifest: Manifest, new_id: Callable[[], str], new_key: Callable[[int], bytes]
    ) -> None:
        self._folder, self._limit = folder, limit_bytes
        self._head = record(manifest)
        self._new_id, self._new_key = new_id, new_key
        self._volumes: list[PacketWriter] = []
        self._open()

    @property
    def room(self) -> int:
        """Bytes that this volume still takes."""
        return self._limit - self._volumes[-1].size

    @property
    def whole_room(self) -> int:
        """Bytes that a new volume would take."""
        return self._limit - len(self._head) - _HEAD_ROOM

    def add(self, data: bytes) -> None:
        """Add one record to this volume."""
        self._volumes[-1].write(data)

    def turn(self) -> None:
        """Go on in a new volume."""
        self._volumes[-1].end()
        self._open()

    def finish(self, to: Address, key: DeviceKey) -> tuple[Volume, ...]:
        """Sign all volumes and give them their names."""
        done = []
        for vol, writer in enumerate(self._volumes, 1):
            writer.end()
            one = replace(to, packet_id=self._new_id())
            path = self._folder / file_name(to.sender, to.receiver, to.n, vol, len(self._volumes))
            size = writer.size
            done.append(Volume(path, one.packet_id, writer.finish(path, one, key, vol, len(self._volumes)), size))
        return tuple(done)

    def drop(self) -> None:
        """Remove what was begun."""
        for writer in self._volumes:
            writer.close()
            writer.part.unlink(missing_ok=True)

    def _open(self) -> None:
        self._volumes.append(PacketWriter(self._folder / f"{self._new_id()}{SUFFIX}.part", self._new_key(32)))
        self.add(self._head)


def put_own(outbox: Outbox, epoch: str, own: Sequence[OutLine]) -> int:
    """Add own lines as for the server, as many as one volume holds; return how many."""
    count = 0
    for batch in batches(own, lambda one: len(one.data), lambda one: one.replica):
        data = record(SyncRequest(epoch, (), batch[0].replica, on_wire(batch)))
        if len(data) > outbox.room - _HEAD_ROOM:
            break
        outbox.add(data)
        count += len(batch)
    return count


def put_supplied(outbox: Outbox, epoch: str, supplied: Iterable[SuppliedLine]) -> int:
    """Add lines of whatever device, in this order, as many as one volume holds; return how many."""
    count = 0
    for batch in supplied_batches(supplied):
        data = record(ResupplyRequest(epoch, batch))
        if len(data) > outbox.room - _HEAD_ROOM:
            break
        outbox.add(data)
        count += len(batch)
    return count


def ordered(device: str, own: Sequence[OutLine], others: Sequence[SuppliedLine]) -> tuple[SuppliedLine, ...]:
    """Return own lines and those of others in the order in which a server is to take them; unreadable ones are left out."""
    everything = [*others, *(SuppliedLine(device, one.data.decode(errors="replace"), one.sig) for one in own)]
    placed = []
    for key, one in enumerate(everything):
        try:
            line = lines.parse(one.line.encode())
        except (lines.BadLine, UnicodeEncodeError):
            continue
        placed.append(Placed(line.replica, line.hlc, line.op, line.keys, key))
    return tuple(everything[one.key] for one in in_causal_order(placed))


@dataclass(slots=True)
class FilesOut:
    """Digests of the files written, and how many were not."""

    written: list[str] = field(default_factory=list)
    left: int = 0
    damaged: int = 0

    @property
    def files(self) -> int:
        """How many files were written."""
        return len(self.written)


def _nobody(_done: int, _of: int) -> None:
    """Tell nobody."""


def put_files(
    outbox: Outbox, source: BlobSource, files: Sequence[FileToSend], *, whole: bool, told: Callable[[int, int], None] = _nobody
) -> FilesOut:
    """Add files in this order, over as many volumes as it takes.

    Args:
        whole: Whether a file must lie in one volume; the server takes numbered chunks from anywhere, a laptop does not.
        told: Called before each chunk and at the end with the bytes done and those of all; what it raises ends the work.
    """
    done, before, passed, total = FilesOut(), 0, 0, sum(file.size for file in files)

    def at(offset: int) -> None:
        told(before + offset, total)

    for file in files:
        before, passed = passed, passed + file.size
        count = -(-file.size // CHUNK_BYTES)
        need = packed_size(file.size) if whole else _room_for(min(file.size, CHUNK_BYTES))
        if whole and need > outbox.whole_room:
            done.left += 1
            continue
        try:
            with source.open(file.sha256) as reader:
                if need > outbox.room:
                    outbox.turn()
                _put_file(outbox, reader, file, count, at)
            done.written.append(file.sha256)
        except (FileNotFoundError, DamagedBlob, ValueError):
            done.damaged += 1
    told(total, total)
    return done


def _put_file(
    outbox: Outbox, reader: BlobReader, file: FileToSend, count: int, at: Callable[[int], None]
) -> None:
    head = record(FileHead(file.sha256, BlobOffer(file.scope, file.size, file.mime, file.sm3)))
    outbox.add(head)
    for number in range(count):
        at(number * CHUNK_BYTES)
        size = min(CHUNK_BYTES, file.size - number * CHUNK_BYTES)
        data = reader.read_at(number * CHUNK_BYTES, size)
        if len(data) != size:
            raise DamagedBlob(sha256=file.sha256)
        if outbox.room < _room_for(size):
            outbox.turn()
            outbox.add(head)
        outbox.add(record(Chunk(file.sha256, number, data)))


def _room_for(chunk_bytes: int) -> int:
    return chunk_bytes + _HEAD_ROOM


def supplied_batches(supplied: Iterable[SuppliedLine]) -> Iterator[tuple[SuppliedLine, ...]]:
    """Yield the lines in pieces that one request may hold."""
    return batches(supplied, lambda one: len(one.line), lambda one: "")


def batches(some: Iterable[T], size_of: Callable[[T], int], group_of: Callable[[T], str]) -> Iterator[tuple[T, ...]]:
    """Yield the items in pieces that one request may hold, each of one group."""
    batch: list[T] = []
    size = 0
    for one in some:
        is_full = size + size_of(one) > MAX_PAGE_BYTES or len(batch) == MAX_PUSH_LINES
        if batch and (is_full or group_of(one) != group_of(batch[0])):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(one)
        size += size_of(one)
    if batch:
        yield tuple(batch)
