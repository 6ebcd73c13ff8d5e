"""The feed of each device: a receipt for every record and every file that the server holds for it."""

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from sync.protocol import feeds
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import (
    MAX_PULL_ENTRIES,
    Cursor,
    Receipt,
    ReceiptKind,
    ReceiptPage,
    ReceiptsRequest,
)
from sync.server import errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device


def give(
    unit: Connection,
    device: str,
    kind: ReceiptKind,
    subject: str,
    status: Status,
    feed: str,
    feed_seq: int,
    eff: int,
    reason: str | None = None,
) -> None:
    """Add a receipt to the device's feed in the transaction that made it true; one per subject and feed."""
    name = feeds.receipts_feed(device)
    of = schema.receipt.c
    had = select(of.seq).where(
        of.device_feed == name, of.kind == str(kind), of.subject == subject, of.feed == feed
    )
    if unit.execute(had).first() is not None:
        return
    heads = schema.feed_head.c
    at = unit.execute(select(heads.seq, heads.chain).where(heads.feed == name)).first()
    seq, prev = (1, GENESIS) if at is None else (at.seq + 1, at.chain)
    receipt = Receipt(seq, kind, subject, status, feed, feed_seq, eff, "", reason)
    link = feeds.receipt_link(prev, receipt)
    unit.execute(
        insert(schema.receipt).values(
            device_feed=name, seq=seq, kind=str(kind), subject=subject, status=str(status), feed=feed,
            feed_seq=feed_seq, eff=eff, reason=reason, chain=link,
        )
    )  # fmt: skip
    save_head(unit, name, seq, link)


def save_head(unit: Connection, feed: str, seq: int, link: str) -> None:
    """Keep the number and chain value of a feed's last entry."""
    unit.execute(
        upsert(schema.feed_head)
        .values(feed=feed, seq=seq, chain=link)
        .on_conflict_do_update(index_elements=["feed"], set_={"seq": seq, "chain": link})
    )


def read(database: Database, device: Device, request: ReceiptsRequest) -> ReceiptPage:
    """Return the receipts after the cursor.

    Raises:
        EpochChanged, CursorMismatch: If the cursor belongs to a history that the server no longer has.
        Forbidden: If the cursor names another feed than the device's own.
    """
    name, at = feeds.receipts_feed(device.id), request.cursor
    if at.feed != name:
        raise errors.Forbidden(feed=at.feed[:80])
    of, heads = schema.receipt.c, schema.feed_head.c
    with database.read() as unit:
        epoch = unit.execute(select(schema.server_self.c.epoch)).scalar_one()
        if epoch != request.epoch:
            raise errors.EpochChanged(epoch=epoch)
        head = unit.execute(select(heads.seq, heads.chain).where(heads.feed == name)).first()
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
