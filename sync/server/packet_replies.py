"""Replies to courier packets: receipts, pages from where the device stood, and files it misses as far as there is room."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from sync.protocol import feeds
from sync.protocol.errors import SyncError
from sync.protocol.messages import (
    CHUNK_BYTES,
    BlobOffer,
    Cursor,
    RowKey,
    SnapshotPage,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.packets import SUFFIX, Address, PacketWriter
from sync.protocol.packets_body import REPLY, Chunk, FileHead, Manifest, packed_size, put, record
from sync.protocol.packets_disk import file_name
from sync.server import epochs, errors, exchanges, snapshots
from sync.server.db import schema
from sync.server.devices import Device
from sync.server.packets import Asked, Packets

_LOST = ("epoch.changed", "push.gap")


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply as it lies in the folder; `files_left` are wanted, here, and found no room."""

    path: Path
    device: str
    name: str
    n: int
    lines: int
    receipts: int
    files: int
    files_left: int
    size_bytes: int


@dataclass(slots=True)
class _Sent:
    lines: int = 0
    receipts: int = 0
    files: int = 0
    files_left: int = 0


def reply(packets: Packets, device_id: str, folder: Path, limit_bytes: int) -> Replied:
    """Write the reply to everything a device has sent, beginning where its newest packet says that it stands.

    Raises:
        UnknownDevice, RevokedDevice, Unconfirmed: If there is nobody to reply to, or nobody who still may read.
        NothingYet: If no packet of it came.
        OSError: If the folder cannot be written.
    """
    office = packets.office
    device = office.devices.find(device_id)
    if device.is_revoked:
        raise errors.RevokedDevice(device=device.id)
    if device.confirm_until_ms is not None and device.confirm_until_ms <= office.world.now_ms():
        raise errors.Unconfirmed(device=device.id)
    asked, card = packets.asked(device.id), packets.cards.of(device.id)
    epoch, first, anew = _begin(packets, device, asked)
    at = {} if anew else {one.feed: one for one in asked.manifest.cursors}
    manifest = Manifest(
        REPLY, packets.cards.own, answers=asked.answers, anew=asked.epoch if anew else "", cards=packets.cards.around(device)
    )
    sent = _Sent()
    part = folder / f"{office.world.new_id()}{SUFFIX}.part"
    with PacketWriter(part, office.world.random_bytes(32)) as writer:
        put(writer, manifest)
        _write_answers(packets, device, first, at, writer, limit_bytes, sent)
        _write_files(packets, device, asked.manifest.wanted, writer, limit_bytes, sent)
        writer.end()
        size = writer.size
        to = Address(
            office.world.new_id(), packets.cards.own.device, device.id, card.box_key, asked.n, epoch,
            office.world.now_ms(), asked.digest,
        )  # fmt: skip
        path = folder / file_name(to.sender, device.id, asked.n, 1, 1)
        writer.finish(path, to, packets.cards.key)
    _note(packets, device)
    return Replied(
        path, device.id, device.name, asked.n, sent.lines, sent.receipts, sent.files, sent.files_left, size
    )  # fmt: skip


def _begin(packets: Packets, device: Device, asked: Asked) -> tuple[str, SyncAnswer, bool]:
    """Return the epoch, the first answer, and whether the device has to read anew."""
    with packets.office.database.read() as unit:
        epoch = epochs.current(unit)
    newest = [one for one in asked.answers if one.n == asked.n]
    lost = any(one.problem is not None and one.problem.code in _LOST for one in newest)
    if asked.epoch == epoch and not lost:
        try:
            return epoch, _exchange(packets, device, epoch, asked.manifest.cursors), False
        except errors.EpochChanged as changed:  # its cursors show that this server lost history
            epoch = str(changed.params["epoch"])
        except errors.CursorMismatch:
            pass
    return epoch, _exchange(packets, device, epoch, ()), True


def _exchange(packets: Packets, device: Device, epoch: str, cursors: tuple[Cursor, ...]) -> SyncAnswer:
    return exchanges.exchange(packets.office.counter, device, SyncRequest(epoch, cursors, own=True))


def _write_answers(
    packets: Packets, device: Device, answer: SyncAnswer, at: dict[str, Cursor], writer: PacketWriter,
    limit_bytes: int, sent: _Sent,
) -> None:  # fmt: skip
    """Write pages until the heads are reached or there is no room; what is missing comes with the next reply."""
    own = feeds.receipts_feed(device.id)
    while True:
        data = record(answer)
        if writer.size + len(data) > limit_bytes:
            return
        writer.write(data)
        sent.lines += sum(len(page.entries) for page in answer.pages)
        sent.receipts += len(answer.receipts.entries)
        for page in answer.pages:
            at[page.feed] = Cursor(page.feed, page.entries[-1].seq, page.chain)
        if answer.receipts.entries:
            at[own] = Cursor(own, answer.receipts.entries[-1].seq, answer.receipts.chain)
        for feed in answer.snapshots:
            start = _write_snapshot(packets, device, answer.epoch, feed, writer, limit_bytes)
            if start is None:
                return
            at[feed] = start
        if not answer.more and not answer.snapshots:
            return
        answer = _exchange(packets, device, answer.epoch, tuple(at.values()))


def _write_snapshot(
    packets: Packets, device: Device, epoch: str, feed: str, writer: PacketWriter, limit_bytes: int
) -> Cursor | None:
    """Write a feed's confirmed layer and return where reading goes on; None if there is no room."""
    start: Cursor | None = None
    after: RowKey | None = None
    while True:
        page: SnapshotPage = snapshots.snapshot(packets.office.counter, device, SnapshotRequest(epoch, feed, after))
        data = record(page)
        if writer.size + len(data) > limit_bytes:
            return None
        writer.write(data)
        start = start or page.start
        if not page.more:
            return start
        after = RowKey(page.rows[-1].table, page.rows[-1].row)


def _write_files(
    packets: Packets, device: Device, wanted: tuple[str, ...], writer: PacketWriter, limit_bytes: int, sent: _Sent
) -> None:
    for sha256 in wanted:
        try:
            found = packets.office.blobs.find(device, sha256)
        except SyncError:
            continue
        if writer.size + packed_size(found.size) > limit_bytes:
            sent.files_left += 1
            continue
        put(writer, FileHead(sha256, BlobOffer("", found.size, found.mime)))
        for number, data in enumerate(_chunks(found.store.read(sha256))):
            put(writer, Chunk(sha256, number, data))
        sent.files += 1


def _chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)


def _note(packets: Packets, device: Device) -> None:
    of = schema.packet_in.c
    with packets.office.database.write() as unit:
        unit.execute(
            update(schema.packet_in)
            .where(of.device == device.id, of.replied_ms.is_(None))
            .values(replied_ms=packets.office.world.now_ms())
        )


def waiting(packets: Packets) -> tuple[str, ...]:
    """Return the devices of which packets came that no reply was written to."""
    of = schema.packet_in.c
    with packets.office.database.read() as unit:
        found = unit.execute(select(of.device).where(of.replied_ms.is_(None)).distinct().order_by(of.device))
        return tuple(found.scalars())

