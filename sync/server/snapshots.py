"""Give out the confirmed layer of a feed itself, for whoever is not to read its history.

Pages are read in transactions of their own: each row says up to which entry it was folded, and reading on from where
the feed stood at the first page skips, row by row, what the row has seen.
"""

from collections import defaultdict

from sqlalchemy import Connection, select, text, tuple_, update

from sync.protocol import cells
from sync.protocol.fold import Status
from sync.protocol.gathered import Kept
from sync.protocol.messages import (
    MAX_PAGE_BYTES,
    Cursor,
    FeedEntry,
    RowKey,
    SnapshotConflict,
    SnapshotPage,
    SnapshotRequest,
    SnapshotRow,
)
from sync.server import epochs, errors, pulls
from sync.server.db import schema
from sync.server.db.cells import rows_of
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.exchanges import Counter
from sync.server.people import rls

_ROWS = 200
_ROW_BYTES = 400
_MANY = 1000


def snapshot(counter: Counter, device: Device, request: SnapshotRequest) -> SnapshotPage:
    """Return the rows after a key.

    Raises:
        EpochChanged: If the request belongs to a history that the server no longer has.
        Forbidden: If the device may not read the feed.
    """
    if not pulls.may_read(device, request.feed):
        raise errors.Forbidden(feed=request.feed[:80])
    with counter.database.read() as unit:
        epochs.require(unit, request.epoch)
        rls.set_feeds(unit, (request.feed,))
        head = schema.feed_head.c
        found = unit.execute(select(head.seq, head.chain).where(head.feed == request.feed)).first()
        start = Cursor(request.feed) if found is None else Cursor(request.feed, found.seq, found.chain)
        rows, more = _rows(unit, request.feed, request.after)
        keys = pulls.keys(unit, (entry for row in rows for entry in row.proof))
        return SnapshotPage(request.epoch, start, rows, keys, more)


def raise_floor(database: Database, feed: str, floor: int) -> None:
    """Give out a feed's entries up to this number no more; the lines themselves stay. It never sinks."""
    of = schema.feed_head.c
    with database.write() as unit:
        unit.execute(
            update(schema.feed_head).where(of.feed == feed, of.floor < floor, of.seq >= floor).values(floor=floor)
        )


def _rows(unit: Connection, feed: str, after: RowKey | None) -> tuple[tuple[SnapshotRow, ...], bool]:
    found = list(rows_of(unit, feed, ("", "") if after is None else (after.table, after.row), _ROWS + 1))
    chosen, more = found[:_ROWS], len(found) > _ROWS
    keys = [(one.state.table, one.state.row) for one in chosen]
    conflicts, proof = _conflicts(unit, keys), _proofs(unit, keys)
    named = [{cell.op for cell in cells.from_text(one.cells).values()} for one in chosen]
    authors = _authors(unit, set().union(*named))
    rows: list[SnapshotRow] = []
    size = 0
    for key, one, ops in zip(keys, chosen, named, strict=True):
        proven = {entry.op for entry in proof[key]}
        wrote = {op: authors[op] for op in sorted(ops - proven) if op in authors}
        row = _row(one, conflicts[key], proof[key], wrote)
        size += _size(row)
        if rows and size > MAX_PAGE_BYTES:
            return tuple(rows), True
        rows.append(row)
    return tuple(rows), more


def _row(
    one: Kept, conflicts: list[SnapshotConflict], proof: list[FeedEntry], authors: dict[str, str]
) -> SnapshotRow:
    state = one.state
    return SnapshotRow(
        state.table, state.row, state.feed_seq, state.locked_by, state.voided_by, state.void_reason, state.appended_by,
        one.cells, tuple(conflicts), tuple(proof), authors,
    )  # fmt: skip


def _size(row: SnapshotRow) -> int:
    texts = [len(row.cells.encode()), *(len(entry.line) for entry in row.proof)]
    return _ROW_BYTES + sum(texts) + 100 * (len(texts) + len(row.authors)) + sum(len(one.loser_val) + 300 for one in row.conflicts)


def _conflicts(unit: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], list[SnapshotConflict]]:
    of, op = schema.conflict.c, schema.op.c
    found: dict[tuple[str, str], list[SnapshotConflict]] = defaultdict(list)
    wanted = (
        select(
            of.tbl, of.row, of.id, of.field, of.winner_op, of.loser_op, of.loser_val, op.author, of.loser_hlc, of.reason
        )
        .join_from(schema.conflict, schema.op, op.op == of.loser_op, isouter=True)
        .where(tuple_(of.tbl, of.row).in_(keys), of.resolved_by.is_(None))
        .order_by(of.id)
    )
    for table, row, *rest in unit.execute(wanted):
        found[table, row].append(SnapshotConflict(*rest))
    return found


def _authors(unit: Connection, ops: set[str]) -> dict[str, str]:
    of, every = schema.op.c, sorted(ops)
    found: dict[str, str] = {}
    for start in range(0, len(every), _MANY):
        wanted = select(of.op, of.author).where(of.op.in_(every[start : start + _MANY]))
        found.update((op, author) for op, author in unit.execute(wanted))
    return found


def _proofs(unit: Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], list[FeedEntry]]:
    of = schema.op.c
    found: dict[tuple[str, str], list[FeedEntry]] = defaultdict(list)
    wanted = (
        select(of.tbl, of.row, of.seq, of.device, of.eff, of.status, of.line, of.sig, of.op, of.reason)
        .where(tuple_(of.tbl, of.row).in_(keys), text(schema.PROOF))
        .order_by(of.seq)
    )
    for table, row, seq, device, eff, status, line, sig, op, reason in unit.execute(wanted):
        found[table, row].append(FeedEntry(seq, device, eff, Status(status), line.decode(), sig, op, reason))
    return found
