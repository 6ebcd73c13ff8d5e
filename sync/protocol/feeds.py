"""Chain rules of feeds and receipts, and how requests are signed; computed by the server, checked by the client."""

from collections.abc import Sequence
from typing import Final

from sync.protocol import hlc
from sync.protocol.chain import feed_link
from sync.protocol.errors import SyncError
from sync.protocol.fold import Verdict
from sync.protocol.lines import Line, content_hash
from sync.protocol.messages import Cursor, FeedPage, Receipt, ReceiptPage

DEVICE_FEED: Final = "d:"


class PageDoesNotJoin(SyncError):
    """Say that a page does not continue the cursor, or its chain values are not the sum of its entries."""

    code = "pull.page"


def receipts_feed(device: str) -> str:
    """Return the name of a device's own feed."""
    return DEVICE_FEED + device


def op_link(prev: str, line: Line, eff: int, verdict: Verdict) -> str:
    """Return the chain value of a line's entry in its scope feed."""
    said = (str(verdict.status), verdict.reason or "")
    return feed_link(prev, "op", line.op, content_hash(line), hlc.to_text(eff), *said)


def receipt_link(prev: str, receipt: Receipt) -> str:
    """Return the chain value of a receipt in its device feed."""
    where = f"{receipt.feed}/{receipt.feed_seq}/{receipt.eff}"
    return feed_link(
        prev, "receipt", str(receipt.kind), receipt.subject, str(receipt.status), where, receipt.reason or ""
    )


def check_page(cursor: Cursor, page: FeedPage, lines: Sequence[Line]) -> Cursor:
    """Verify numbers and chain of a page and return the cursor after it.

    Args:
        lines: What stands at each entry, in their order.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
    """
    at = _begin(cursor, page.feed)
    for entry, line in zip(page.entries, lines, strict=True):
        if entry.seq != at.seq + 1 or line.scope != page.feed:
            raise PageDoesNotJoin(feed=page.feed, seq=entry.seq)
        at = Cursor(cursor.feed, entry.seq, op_link(at.chain, line, entry.eff, Verdict(entry.status, entry.reason)))
    return _end(at, page.chain, page.head_seq)


def check_receipts(cursor: Cursor, page: ReceiptPage) -> Cursor:
    """Verify numbers and chain of a page of receipts and return the cursor after it.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
    """
    at = _begin(cursor, page.feed)
    for entry in page.entries:
        if entry.seq != at.seq + 1:
            raise PageDoesNotJoin(feed=page.feed, seq=entry.seq)
        at = Cursor(cursor.feed, entry.seq, receipt_link(at.chain, entry))
    return _end(at, page.chain, page.head_seq)


def _begin(cursor: Cursor, feed: str) -> Cursor:
    if feed != cursor.feed:
        raise PageDoesNotJoin(feed=feed, seq=cursor.seq)
    return cursor


def _end(at: Cursor, chain: str, head_seq: int) -> Cursor:
    if at.chain != chain or at.seq > head_seq:
        raise PageDoesNotJoin(feed=at.feed, seq=at.seq)
    return at
