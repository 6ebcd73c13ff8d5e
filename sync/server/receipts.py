"""The feed of each device: a receipt for every record and every file that the server holds for it."""

from collections.abc import Container
from itertools import takewhile
from typing import Final

from sqlalchemy import Connection, bindparam, select

from sync.protocol import feeds
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import Cursor, Receipt, ReceiptKind, ReceiptPage
from sync.server.db import heads, schema
from sync.server.db.upserts import insert_many

DAMAGED: Final = "damaged"
COLUMNS: Final = ("device_feed", "seq", "kind", "subject", "status", "feed", "feed_seq", "eff", "reason", "chain")
# Built once: every request asks.
_OF = schema.receipt.c
_STANDS: Final = select(_OF.chain).where(
    _OF.device_feed == bindparam("the_feed"), _OF.seq == bindparam("the_seq")
)
_HEAD_SEQ: Final = select(schema.feed_head.c.seq).where(schema.feed_head.c.feed == bindparam("the_feed"))
_FOLLOWING: Final = (
    select(_OF.seq, _OF.kind, _OF.subject, _OF.status, _OF.feed, _OF.feed_seq, _OF.eff, _OF.reason, _OF.chain)
    .where(_OF.device_feed == bindparam("the_feed"), _OF.seq > bindparam("the_seq"))
    .order_by(_OF.seq)
    .limit(bindparam("at_most"))
)


class Writer:
    """Give receipts to one device inside one transaction; written at `flush`."""

    def __init__(self, unit: Connection, device: str) -> None:
        self._unit = unit
        self._feed = feeds.receipts_feed(device)
        at = heads.lock(unit, [self._feed])[self._feed]
        self._seq, self._chain = at.seq, at.chain
        self._new: list[tuple[object, ...]] = []
        self._subjects: set[tuple[ReceiptKind, str, str]] = set()

    def has(self, kind: ReceiptKind, subject: str, feed: str) -> bool:
        """Return whether the device has this receipt already, and a file's was not withdrawn."""
        if (kind, subject, feed) in self._subjects:
            return True
        of = schema.receipt.c
        had = (
            select(of.status)
            .where(of.device_feed == self._feed, of.kind == str(kind), of.subject == subject, of.feed == feed)
            .order_by(of.seq.desc())
        )
        newest = self._unit.execute(had.limit(1)).scalar()
        return newest is not None and not (kind is ReceiptKind.FILE and newest == Status.REJECTED)

    def give(self, receipt: Receipt) -> None:
        """Give a receipt; its number is the feed's next."""
        self._seq, self._chain = self._seq + 1, feeds.receipt_link(self._chain, receipt)
        self._new.append(
            (self._feed, self._seq, receipt.kind.value, receipt.subject, receipt.status.value, receipt.feed,
             receipt.feed_seq, receipt.eff, receipt.reason, self._chain)
        )  # fmt: skip
        self._subjects.add((receipt.kind, receipt.subject, receipt.feed))

    def give_file(self, sha256: str, scope: str, size: int) -> None:
        """Say that the server holds a file."""
        self.give(Receipt(0, ReceiptKind.FILE, sha256, Status.APPLIED, scope, size, 0))

    def withdraw_file(self, sha256: str, scope: str) -> None:
        """Say that the server's copy of a file is damaged or missing: whoever has the bytes sends them again."""
        self.give(Receipt(0, ReceiptKind.FILE, sha256, Status.REJECTED, scope, 0, 0, DAMAGED))

    def flush(self) -> None:
        """Write the receipts given; to be called before the transaction ends."""
        if not self._new:
            return
        insert_many(self._unit, schema.receipt, COLUMNS, self._new)
        heads.save(self._unit, {self._feed: Cursor(self._feed, self._seq, self._chain)})
        self._new.clear()


def link_at(unit: Connection, cursor: Cursor) -> str | None:
    """Return the chain value where a cursor of a device's own feed stands, or None if there is nothing."""
    if cursor.seq == 0:
        return GENESIS
    return unit.execute(_STANDS, {"the_feed": cursor.feed, "the_seq": cursor.seq}).scalar()


def page(unit: Connection, after: Cursor, limit: int, shown: Container[tuple[str, int]] | None = None) -> ReceiptPage:
    """Return the receipts after the cursor, at most `limit`.

    Args:
        shown: Places of lines that are given out with them; other receipts and those behind them are not given. None: all are.
    """
    head_seq = unit.execute(_HEAD_SEQ, {"the_feed": after.feed}).scalar() or 0
    if head_seq == after.seq or limit <= 0:
        return ReceiptPage(after.feed, (), after.chain, max(head_seq, after.seq))
    asked = {"the_feed": after.feed, "the_seq": after.seq, "at_most": limit}
    found = unit.execute(_FOLLOWING, asked).all()
    if shown is not None:
        found = list(takewhile(lambda one: one.kind == ReceiptKind.RECORD and (one.feed, one.feed_seq) in shown, found))
    entries = tuple(
        Receipt(seq, ReceiptKind(kind), subject, Status(status), feed, feed_seq, eff, reason)
        for seq, kind, subject, status, feed, feed_seq, eff, reason, _ in found
    )
    return ReceiptPage(after.feed, entries, found[-1].chain if found else after.chain, head_seq)
