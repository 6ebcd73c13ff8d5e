"""Chain rules of feeds and receipts, and how requests are signed; computed by the server, checked by the client."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sync.protocol import hlc
from sync.protocol.chain import SignedLine, feed_link
from sync.protocol.errors import SyncError
from sync.protocol.fold import Verdict
from sync.protocol.lines import content_of
from sync.protocol.messages import Cursor, FeedPage, Receipt, ReceiptPage, SuppliedLine

DEVICE_FEED: Final = "d:"


class PageDoesNotJoin(SyncError):
    """Say that a page does not continue the cursor, or its chain values are not the sum of its entries."""

    code = "pull.page"


def receipts_feed(device: str) -> str:
    """Return the name of a device's own feed."""
    return DEVICE_FEED + device


def op_link(prev: str, op: str, content: str, eff: int, verdict: Verdict) -> str:
    """Return the chain value of a line's entry in its scope feed; `content` is the line's `lines.content_hash`."""
    return feed_link(prev, "op", op, content, hlc.to_text(eff), verdict.status.value, verdict.reason or "")


def receipt_link(prev: str, receipt: Receipt) -> str:
    """Return the chain value of a receipt in its device feed."""
    where = f"{receipt.feed}/{receipt.feed_seq}/{receipt.eff}"
    said = (receipt.kind.value, receipt.subject, receipt.status.value, where, receipt.reason or "")
    return feed_link(prev, "receipt", *said)


def batch_name(lines: Sequence[SuppliedLine]) -> str:
    """Return what a receipt for these lines, brought together in one request, is given under."""
    told = b"".join(f"{one.device}\0{one.sig}\0".encode(errors="replace") for one in lines)
    return hashlib.sha256(b"yanfang.batch.v1\0" + told).hexdigest()


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at its place in a feed."""

    seq: int
    eff: int
    verdict: Verdict
    signed: SignedLine


def places(page: FeedPage) -> tuple[int, int]:
    """Return the numbers of a page's first and last entry; it has one at least."""
    first = [one.seq for one in page.entries[:1]] + [one.seq for one in page.own[:1]]
    last = [one.seq for one in page.entries[-1:]] + [one.seq + one.count - 1 for one in page.own[-1:]]
    return min(first), max(last)


def receipt_places(page: ReceiptPage) -> tuple[int, int]:
    """Return the numbers of the first and the last of these receipts; there is one at least."""
    first = [one.seq for one in page.entries[:1]] + [one.seq for one in page.told[:1]]
    last = [one.seq for one in page.entries[-1:]] + [one.seq + one.count - 1 for one in page.told[-1:]]
    return min(first), max(last)


def check_page(cursor: Cursor, page: FeedPage, placed: Iterable[Placed]) -> Cursor:
    """Verify numbers and chain of a page and return the cursor after it.

    Args:
        placed: What stands in it, in its order.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
    """
    at = _begin(cursor, page.feed)
    seq, link = at.seq, at.chain
    for one in placed:
        line = one.signed.line
        if one.seq != seq + 1 or line.scope != page.feed:
            raise PageDoesNotJoin(feed=page.feed, seq=one.seq)
        seq = one.seq
        link = op_link(link, line.op, content_of(one.signed.data), one.eff, one.verdict)
    return _end(Cursor(cursor.feed, seq, link), page.chain, page.head_seq)


def check_receipts(cursor: Cursor, page: ReceiptPage) -> Cursor:
    """Verify numbers and chain of a page of receipts and return the cursor after it.

    Raises:
        PageDoesNotJoin: If an entry is missing, moved or changed.
    """
    at = _begin(cursor, page.feed)
    seq, link = at.seq, at.chain
    for entry in page.entries:
        if entry.seq != seq + 1:
            raise PageDoesNotJoin(feed=page.feed, seq=entry.seq)
        seq, link = entry.seq, receipt_link(link, entry)
    return _end(Cursor(cursor.feed, seq, link), page.chain, page.head_seq)


def _begin(cursor: Cursor, feed: str) -> Cursor:
    if feed != cursor.feed:
        raise PageDoesNotJoin(feed=feed, seq=cursor.seq)
    return cursor


def _end(at: Cursor, chain: str, head_seq: int) -> Cursor:
    if at.chain != chain or at.seq > head_seq:
        raise PageDoesNotJoin(feed=at.feed, seq=at.seq)
    return at
