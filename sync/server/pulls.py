"""Give out feeds: what follows a device's cursors, in order and without holes, from one snapshot."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, bindparam, select

from sync.protocol import linked, policy
from sync.protocol.feeds import places, receipts_feed
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import MAX_PAGE_BYTES, MAX_UNDER_WAY, Cursor, FeedEntry, FeedPage, OwnRun
from sync.protocol.policy import Action
from sync.server.db import schema
from sync.server.devices import Device

_ENTRY_BYTES = 160  # of everything but the line
_MAX_OWN_BYTES = 4 << 20  # of the device's own lines, which it has: it holds a page of them at once
# Built once: every request asks.
_HEAD, _OP, _DEVICE = schema.feed_head.c, schema.op.c, schema.device.c
_FEEDS: Final = select(_HEAD.feed).order_by(_HEAD.feed)
_HEADS: Final = select(_HEAD.feed, _HEAD.seq, _HEAD.floor).where(_HEAD.seq > 0).order_by(_HEAD.feed)
_STANDS: Final = select(_OP.chain).where(_OP.feed == bindparam("the_feed"), _OP.seq == bindparam("the_seq"))
_FOLLOWING: Final = (
    select(
        _OP.seq, _OP.op, _OP.replica, _OP.n, _OP.line, _OP.op_hash, _OP.sig, _OP.device, _OP.eff, _OP.status, _OP.chain,
        _OP.reason,
    )
    .where(_OP.feed == bindparam("the_feed"), _OP.seq > bindparam("the_seq"))
    .order_by(_OP.seq)
    .limit(bindparam("at_most"))
)
_KEYS: Final = (
    select(_DEVICE.device, _DEVICE.public_key)
    .where(_DEVICE.device.in_(bindparam("signers", expanding=True)))
    .order_by(_DEVICE.device)
)


Told = tuple[str, int, Status, str | None]  # a line's id, effective clock, status and reason


@dataclass(frozen=True, slots=True)
class Pages:
    """What follows the cursors.

    Attributes:
        below_floor: Feeds that are given out from a later number on.
        told: What is said of the device's own lines by runs, by feed and number.
    """

    pages: tuple[FeedPage, ...]
    more: bool
    below_floor: tuple[str, ...]
    told: Mapping[tuple[str, int], Told]


@dataclass(slots=True)
class _Budget:
    entries: int
    size_bytes: int = MAX_PAGE_BYTES
    own_bytes: int = _MAX_OWN_BYTES


def may_read(device: Device, feed: str) -> bool:
    """Return whether whoever holds this device may read the feed."""
    return policy.may(device.access, Action.PULL, feed)


def readable(unit: Connection, device: Device) -> tuple[str, ...]:
    """Return all feeds that this device may read, its own receipts included."""
    found = unit.execute(_FEEDS).scalars()
    return (receipts_feed(device.id), *(feed for feed in found if may_read(device, feed)))


def link_at(unit: Connection, cursor: Cursor) -> str | None:
    """Return the chain value where a cursor stands, or None if there is nothing."""
    if cursor.seq == 0:
        return GENESIS
    return unit.execute(_STANDS, {"the_feed": cursor.feed, "the_seq": cursor.seq}).scalar()


def pages(
    unit: Connection, device: Device, asked: Mapping[str, Cursor], limit: int, *, own: bool, skip: int = 0,
    only: Container[str] | None = None,
) -> Pages:  # fmt: skip
    """Return pages after the cursors, of every feed that the device may read.

    Args:
        own: Whether the device's own lines come whole.
        skip: So many answers like this one are left out: the device has asked for them already.
        only: Feeds that are wanted; None for all.
    """
    for _ in range(min(skip, MAX_UNDER_WAY)):
        before = pages(unit, device, asked, limit, own=own).pages
        asked = {**asked, **{page.feed: Cursor(page.feed, places(page)[1], page.chain) for page in before}}
    budget, found, more, below = _Budget(limit), [], False, []
    told: dict[tuple[str, int], Told] = {}
    for feed, seq, floor in unit.execute(_HEADS).all():
        if (only is not None and feed not in only) or not may_read(device, feed):
            continue
        after = asked.get(feed, Cursor(feed))
        if after.seq < floor:
            below.append(feed)
        elif after.seq < seq:
            page = _page(unit, after, seq, budget, "" if own else device.id, told)
            more = more or page is None or places(page)[1] < seq
            if page is not None:
                found.append(page)
    return Pages(tuple(found), more, tuple(below), told)


def keys(unit: Connection, entries: Iterable[FeedEntry]) -> dict[str, str]:
    """Return the public keys of whoever signed these entries."""
    signers = sorted({entry.device for entry in entries})
    if not signers:
        return {}
    return {row.device: row.public_key for row in unit.execute(_KEYS, {"signers": signers})}


def _page(
    unit: Connection, after: Cursor, head_seq: int, budget: _Budget, brief: str, told: dict[tuple[str, int], Told]
) -> FeedPage | None:
    if budget.entries <= 0 or budget.size_bytes <= 0 or budget.own_bytes <= 0:
        return None
    found = unit.execute(
        _FOLLOWING, {"the_feed": after.feed, "the_seq": after.seq, "at_most": budget.entries}
    )
    entries: list[FeedEntry] = []
    runs: list[OwnRun] = []
    counts: list[int] = []
    chain, before, behind = after.chain, "", None
    for seq, op, replica, n, line, op_hash, sig, device, eff, status, link, reason in found:
        size = 0 if device == brief else _ENTRY_BYTES + len(line)
        if (entries or runs) and (size > budget.size_bytes or budget.own_bytes <= 0):
            budget.size_bytes = 0
            break
        if device == brief:
            budget.own_bytes -= len(line)
            clock = 0 if eff == linked.clock_of(line) else eff
            if (replica, n, seq, clock, status, reason) == behind:
                counts[-1] += 1
            else:
                runs.append(OwnRun(seq, op, 1, Status(status), clock, reason))
                counts.append(1)
            behind, before = (replica, n + 1, seq + 1, clock, status, reason), ""
            told[after.feed, seq] = op, eff, Status(status), reason
        else:
            text = linked.brief(line, before).decode()
            entries.append(FeedEntry(seq, device, eff, Status(status), text, sig, reason=reason))
            before = op_hash
        budget.entries -= 1
        budget.size_bytes -= size
        chain = link
    if not entries and not runs:
        return None
    own = tuple(replace(first, count=count) for first, count in zip(runs, counts, strict=True))
    return FeedPage(after.feed, tuple(entries), chain, head_seq, own)
