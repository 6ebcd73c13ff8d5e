"""Give out feeds: what follows a device's cursors, in order and without holes, from one snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.protocol import policy
from sync.protocol.feeds import receipts_feed
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import MAX_PAGE_BYTES, Cursor, FeedEntry, FeedPage
from sync.protocol.policy import Action
from sync.server.db import schema
from sync.server.devices import Device

_ENTRY_BYTES = 160  # of everything but the line


@dataclass(frozen=True, slots=True)
class Pages:
    """What follows the cursors; `below_floor` names feeds that are given out from a later number on."""

    pages: tuple[FeedPage, ...]
    more: bool
    below_floor: tuple[str, ...]


@dataclass(slots=True)
class _Budget:
    entries: int
    size_bytes: int = MAX_PAGE_BYTES


def may_read(device: Device, feed: str) -> bool:
    """Return whether whoever holds this device may read the feed."""
    return policy.may(device.access, Action.PULL, feed)


def readable(unit: Connection, device: Device) -> tuple[str, ...]:
    """Return all feeds that this device may read, its own receipts included."""
    of = schema.feed_head.c
    found = unit.execute(select(of.feed).order_by(of.feed)).scalars()
    return (receipts_feed(device.id), *(feed for feed in found if may_read(device, feed)))


def link_at(unit: Connection, cursor: Cursor) -> str | None:
    """Return the chain value where a cursor stands, or None if there is nothing."""
    of = schema.op.c
    stands = select(of.chain).where(of.feed == cursor.feed, of.seq == cursor.seq)
    return GENESIS if cursor.seq == 0 else unit.execute(stands).scalar()


def pages(unit: Connection, device: Device, asked: Mapping[str, Cursor], limit: int, *, own: bool) -> Pages:
    """Return pages after the cursors, of every feed that the device may read.

    Args:
        own: Whether the device's own lines come whole.
    """
    budget, found, more, below = _Budget(limit), [], False, []
    heads = schema.feed_head.c
    every = select(heads.feed, heads.seq, heads.floor).where(heads.seq > 0).order_by(heads.feed)
    for feed, seq, floor in unit.execute(every).all():
        if not may_read(device, feed):
            continue
        after = asked.get(feed, Cursor(feed))
        if after.seq < floor:
            below.append(feed)
        elif after.seq < seq:
            page = _page(unit, after, seq, budget, "" if own else device.id)
            more = more or page is None or page.entries[-1].seq < seq
            if page is not None:
                found.append(page)
    return Pages(tuple(found), more, tuple(below))


def keys(unit: Connection, entries: Iterable[FeedEntry]) -> dict[str, str]:
    """Return the public keys of whoever signed these entries."""
    signers = sorted({entry.device for entry in entries if entry.line})
    of = schema.device.c
    found = unit.execute(select(of.device, of.public_key).where(of.device.in_(signers)).order_by(of.device))
    return {row.device: row.public_key for row in found}


def _page(unit: Connection, after: Cursor, head_seq: int, budget: _Budget, brief: str) -> FeedPage | None:
    if budget.entries <= 0 or budget.size_bytes <= 0:
        return None
    of = schema.op.c
    found = unit.execute(
        select(of.seq, of.op, of.line, of.sig, of.device, of.eff, of.status, of.chain, of.reason)
        .where(of.feed == after.feed, of.seq > after.seq)
        .order_by(of.seq)
        .limit(budget.entries)
    )
    entries: list[FeedEntry] = []
    chain = after.chain
    for seq, op, line, sig, device, eff, status, link, reason in found:
        size = _ENTRY_BYTES + (0 if device == brief else len(line))
        if entries and size > budget.size_bytes:
            budget.size_bytes = 0
            break
        if device == brief:
            entries.append(FeedEntry(seq, device, eff, Status(status), op=op, reason=reason))
        else:
            entries.append(FeedEntry(seq, device, eff, Status(status), line.decode(), sig, reason=reason))
        budget.entries -= 1
        budget.size_bytes -= size
        chain = link
    return FeedPage(after.feed, tuple(entries), chain, head_seq) if entries else None
