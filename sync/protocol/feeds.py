"""Chain rules of feeds and receipts, and how requests are signed; computed by the server, checked by the client."""

import hashlib
from typing import Final

from sync.protocol import hlc, lines
from sync.protocol.chain import feed_link
from sync.protocol.errors import SyncError
from sync.protocol.fold import Status
from sync.protocol.lines import Line
from sync.protocol.messages import Cursor, FeedPage, Receipt, ReceiptPage

DEVICE_FEED: Final = "d:"


class PageDoesNotJoin(SyncError):
    """Say that a page does not continue the cursor, or its chain values are not the sum of its entries."""

    code = "pull.page"


def receipts_feed(device: str) -> str:
    """Return the name of a device's own feed."""
    return DEVICE_FEED + device


def may_read(grants: tuple[str, ...], feed: str) -> bool:
    """Return whether one of the grants names the feed; a trailing ``*`` stands for any ending."""
    return any(feed.startswith(one[:-1]) if one.endswith("*") else feed == one for one in grants)


def op_link(prev: str, line: Line, eff: int, status: Status) -> str:
    """Return the chain value of a line's entry in its scope feed."""
    return feed_link(prev, "op", line.op, lines.content_hash(line), hlc.to_text(eff), str(status))


def receipt_link(prev: str, receipt: Receipt) -> str:
    """Return the chain value of a receipt in its device feed; its own `chain` is not looked at."""
    where = f"{receipt.feed}/{receipt.feed_seq}/{receipt.eff}"
    return feed_link(
        prev, "receipt", str(receipt.kind), receipt.subject, str(receipt.status), where, receipt.reason or ""
    )


def check_page(cursor: Cursor, page: FeedPage) -> Cursor:
    """Verify numbers and chain of a page and return the cursor after it.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
        BadLine: If an entry is no canonical line.
    """
    if page.feed != cursor.feed:
        raise PageDoesNotJoin(feed=page.feed, seq=cursor.seq)
    at = cursor
    for entry in page.entries:
        line = lines.parse(entry.line.encode())
        chain = op_link(at.chain, line, entry.eff, entry.status)
        if entry.seq != at.seq + 1 or entry.chain != chain or line.scope != page.feed:
            raise PageDoesNotJoin(feed=page.feed, seq=entry.seq)
        at = Cursor(cursor.feed, entry.seq, chain)
    return _at_head(at, page.head_seq, page.head_chain)


def check_receipts(cursor: Cursor, page: ReceiptPage) -> Cursor:
    """Verify numbers and chain of a page of receipts and return the cursor after it.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
    """
    if page.feed != cursor.feed:
        raise PageDoesNotJoin(feed=page.feed, seq=cursor.seq)
    at = cursor
    for entry in page.entries:
        chain = receipt_link(at.chain, entry)
        if entry.seq != at.seq + 1 or entry.chain != chain:
            raise PageDoesNotJoin(feed=page.feed, seq=entry.seq)
        at = Cursor(cursor.feed, entry.seq, chain)
    return _at_head(at, page.head_seq, page.head_chain)


def _at_head(at: Cursor, head_seq: int, head_chain: str) -> Cursor:
    if at.seq > head_seq or (at.seq == head_seq and at.chain != head_chain):
        raise PageDoesNotJoin(feed=at.feed, seq=at.seq)
    return at


def batch_id(op_hashes: tuple[str, ...]) -> str:
    """Return the id of a push: the same lines give the same id, so a retry needs no memory."""
    return hashlib.sha256(b"yanfang.batch.v1\0" + "".join(op_hashes).encode()).hexdigest()
