"""The feed of each device: a receipt for every record and every file that the server holds for it."""

from dataclasses import replace

from sqlalchemy import Connection, insert, select

from sync.protocol import feeds
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import (
    MAX_PULL_ENTRIES,
    Ack,
    Cursor,
    Receipt,
    ReceiptKind,
    ReceiptPage,
    ReceiptsRequest,
)
from sync.server import errors
from sync.server.db import heads, schema
from sync.server.db.unit import Database
from sync.server.devices import Device


class Writer:
    """Give receipts to one device inside one transaction: one per subject and feed; written at `flush`."""

    def __init__(self, unit: Connection, device: str) -> None:
        self._unit = unit
        self._feed = feeds.receipts_feed(device)
        at = heads.lock(unit, (self._feed,))[self._feed]
        self._seq, self._chain = at.seq, at.chain
        self._new: dict[tuple[ReceiptKind, str, str], Receipt] = {}

    def has(self, kind: ReceiptKind, subject: str, feed: str) -> bool:
        """Return whether the device has this receipt already."""
        of = schema.receipt.c
        had = select(of.seq).where(
            of.device_feed == self._feed, of.kind == str(kind), of.subject == subject, of.feed == feed
        )
        return (kind, subject, feed) in self._new or self._unit.execute(had).first() is not None

    def give_record(self, ack: Ack) -> None:
        """Say that the server holds a line."""
        self._give(
            Receipt(0, ReceiptKind.RECORD, ack.op, ack.status, ack.feed, ack.seq, ack.eff, "", ack.reason)
        )

    def give_file(self, sha256: str, scope: str, size: int) -> None:
        """Say that the server holds a file."""
        self._give(Receipt(0, ReceiptKind.FILE, sha256, Status.APPLIED, scope, size, 0, ""))

    def flush(self) -> None:
        """Write the receipts given; to be called before the transaction ends."""
        if not self._new:
            return
        values = [
            {
                "device_feed": self._feed, "seq": one.seq, "kind": str(one.kind), "subject": one.subject,
                "status": str(one.status), "feed": one.feed, "feed_seq": one.feed_seq, "eff": one.eff,
                "reason": one.reason, "chain": one.chain,
            }
            for one in self._new.values()
        ]  # fmt: skip
        self._unit.execute(insert(schema.receipt), values)
        heads.save(self._unit, {self._feed: Cursor(self._feed, self._seq, self._chain)})
        self._new.clear()

    def _give(self, receipt: Receipt) -> None:
        self._seq += 1
        self._chain = feeds.receipt_link(self._chain, receipt)
        placed = replace(receipt, seq=self._seq, chain=self._chain)
        self._new[receipt.kind, receipt.subject, receipt.feed] = placed


def read(database: Database, device: Device, request: ReceiptsRequest) -> ReceiptPage:
    """Return the receipts after the cursor.

    Raises:
        EpochChanged, CursorMismatch: If the cursor belongs to a history that the server no longer has.
        Forbidden: If the cursor names another feed than the device's own.
    """
    name, at = feeds.receipts_feed(device.id), request.cursor
    if at.feed != name:
        raise errors.Forbidden(feed=at.feed[:80])
    of, head_of = schema.receipt.c, schema.feed_head.c
    with database.read() as unit:
        epoch = unit.execute(select(schema.server_self.c.epoch)).scalar_one()
        if epoch != request.epoch:
            raise errors.EpochChanged(epoch=epoch)
        head = unit.execute(select(head_of.seq, head_of.chain).where(head_of.feed == name)).first()
        stands = select(of.chain).where(of.device_feed == name, of.seq == at.seq)
        chain = GENESIS if at.seq == 0 else unit.execute(stands).scalar()
        if chain != at.chain:
            raise errors.CursorMismatch(feed=name, seq=at.seq)
        found = unit.execute(
            select(of.seq, of.kind, of.subject, of.status, of.feed, of.feed_seq, of.eff, of.chain, of.reason)
            .where(of.device_feed == name, of.seq > at.seq)
            .order_by(of.seq)
            .limit(max(1, min(request.limit, MAX_PULL_ENTRIES)))
        )
        entries = tuple(
            Receipt(seq, ReceiptKind(kind), subject, Status(status), feed, feed_seq, eff, link, reason)
            for seq, kind, subject, status, feed, feed_seq, eff, link, reason in found
        )
    end = Cursor(name) if head is None else Cursor(name, head.seq, head.chain)
    return ReceiptPage(epoch, name, entries, end.seq, end.chain)
