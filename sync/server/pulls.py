"""Give out feeds: what follows a device's cursors, in order and without holes, from one snapshot."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.protocol import feeds
from sync.protocol.fold import Status
from sync.protocol.lines import GENESIS
from sync.protocol.messages import (
    MAX_PAGE_BYTES,
    MAX_PULL_ENTRIES,
    Cursor,
    FeedEntry,
    FeedPage,
    PullAnswer,
    PullRequest,
)
from sync.server import errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.world import World

_PRIVATE = ("d:", "q:")


@dataclass(slots=True)
class _Budget:
    entries: int
    size_bytes: int


def pull(database: Database, world: World, device: Device, request: PullRequest) -> PullAnswer:
    """Return pages after the cursors, of every feed that the device may read; cursors of other feeds are ignored.

    Raises:
        EpochChanged, CursorMismatch: If a cursor belongs to a history that the server no longer has.
    """
    with database.read() as unit:
        epoch = unit.execute(select(schema.server_self.c.epoch)).scalar_one()
        if epoch != request.epoch:
            raise errors.EpochChanged(epoch=epoch)
        asked = {cursor.feed: cursor for cursor in request.cursors if _may_read(device, cursor.feed)}
        for cursor in asked.values():
            _check_cursor(unit, cursor)
        return _answer(unit, world.now_ms(), device, epoch, asked, request.limit)


def _answer(
    unit: Connection, now_ms: int, device: Device, epoch: str, asked: dict[str, Cursor], limit: int
) -> PullAnswer:
    budget = _Budget(max(1, min(limit, MAX_PULL_ENTRIES)), MAX_PAGE_BYTES)
    pages: list[FeedPage] = []
    more = False
    heads = schema.feed_head.c
    for feed, seq, link in unit.execute(
        select(heads.feed, heads.seq, heads.chain).order_by(heads.feed)
    ).all():
        if not _may_read(device, feed):
            continue
        after = asked.get(feed, Cursor(feed)).seq
        if after >= seq:
            continue
        entries = _entries(unit, feed, after, budget)
        more = more or not entries or entries[-1].seq < seq
        if entries:
            pages.append(FeedPage(feed, entries, seq, link))
    signers = {entry.device for page in pages for entry in page.entries}
    of = schema.device.c
    keys = unit.execute(select(of.device, of.public_key).where(of.device.in_(sorted(signers))))
    return PullAnswer(epoch, now_ms, tuple(pages), {row.device: row.public_key for row in keys}, more)


def _may_read(device: Device, feed: str) -> bool:
    return not feed.startswith(_PRIVATE) and feeds.may_read(device.grants, feed)


def _check_cursor(unit: Connection, cursor: Cursor) -> None:
    of = schema.op.c
    stands = select(of.chain).where(of.feed == cursor.feed, of.seq == cursor.seq)
    link = GENESIS if cursor.seq == 0 else unit.execute(stands).scalar()
    if link != cursor.chain:
        raise errors.CursorMismatch(feed=cursor.feed, seq=cursor.seq)


def _entries(unit: Connection, feed: str, after: int, budget: _Budget) -> tuple[FeedEntry, ...]:
    if budget.entries <= 0 or budget.size_bytes <= 0:
        return ()
    of = schema.op.c
    found = unit.execute(
        select(of.seq, of.line, of.sig, of.device, of.eff, of.status, of.chain, of.reason)
        .where(of.feed == feed, of.seq > after)
        .order_by(of.seq)
        .limit(budget.entries)
    )
    entries: list[FeedEntry] = []
    for seq, line, sig, device, eff, status, link, reason in found:
        if entries and len(line) > budget.size_bytes:
            budget.size_bytes = 0
            break
        entries.append(FeedEntry(seq, line.decode(), sig, device, eff, Status(status), link, reason))
        budget.entries -= 1
        budget.size_bytes -= len(line)
    return tuple(entries)
