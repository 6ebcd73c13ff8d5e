"""What the local store does when it cannot simply read on: another history, a snapshot, a layer that is not the server's."""

from collections.abc import Iterator, Sequence
from functools import reduce

from sqlalchemy import Connection

from app.core.clock import to_ms
from app.db import versions
from app.db.confirmed import Confirmed, keep_rows, own_open, rows_of, stored_rows, want_file
from app.db.statements import Statements
from app.db.tables import SYNCED, fields_of
from app.db.unit import Database
from app.db.view_rows import rebuild
from sync.client.store import FeedState, PulledLine, SnapshotPlace, SnapshotReason
from sync.protocol import cells, codec, digests, hlc
from sync.protocol.feeds import PageDoesNotJoin, batch_name
from sync.protocol.fold import Cell, Conflict, Reason, RowState
from sync.protocol.gathered import Kept, Key
from sync.protocol.lines import DELETED
from sync.protocol.messages import (
    Cursor,
    RowKey,
    SnapshotConflict,
    SnapshotPage,
    SnapshotRow,
    SuppliedLine,
)
from sync.protocol.schemas import PRODUCT, Schema

DIFFERS = "sync.digest_differs"
_SOME = 2000
_HISTORY_LEFT = -1  # in the place of a time: nothing was compared since a former history was left
_UNRESOLVED = "(resolved_by IS NULL OR resolved_by = 'self')"  # decided here, but not confirmed yet


class SyncHistory:
    """The part of `sync.client.store.LocalStore` that takes up another state of things; each method is one transaction."""

    def __init__(self, db: Database, schema: Schema = PRODUCT) -> None:
        self._db, self._schema = db, schema

    def start_new_epoch(self, epoch: str) -> None:
        """Take up a server that lost history; rows stay as they are shown until the new history is read."""
        with self._db.marked("pull") as connection:
            run = connection.exec_driver_sql
            run(
                "INSERT OR IGNORE INTO sync_lost(op, device, line, sig)"
                " SELECT op, device, line, sig FROM sync_peer_op ORDER BY feed, seq"
            )
            run("UPDATE sync_lost SET given = 0")
            for table in (
                "sync_peer_op", "sync_row", "sync_conflict", "sync_feed", "sync_unknown", "sync_snapshot",
                "sync_shadow",
            ):  # fmt: skip
                run(f"DELETE FROM {table}")
            run("UPDATE sync_op SET state = 'pending', reason = NULL, feed_seq = NULL, eff = NULL")
            run("UPDATE sync_blob SET state = 'local' WHERE state = 'remote' AND stored IS NOT NULL")
            # Also where the epoch has the same name as before: whoever finds a history lost for the second time reads anew alone.
            run("UPDATE sync_mate_op SET carried_in = NULL, batch = NULL, placed = NULL")
            run("UPDATE sync_self SET epoch = ?, digests_at = ?", (epoch, _HISTORY_LEFT))

    def to_resupply(self, limit: int) -> Sequence[SuppliedLine]:
        """Return lines that the new history has not shown and that were not given back yet, in old order."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT device, line, sig FROM sync_lost WHERE given = 0 ORDER BY n LIMIT ?", (limit,))
        return tuple(SuppliedLine(row.device, bytes(row.line).decode(), row.sig) for row in rows)

    def mark_resupplied(self, lines: Sequence[SuppliedLine]) -> None:
        """Note that the server was given these lines, the first of `to_resupply`; its receipt is still to come."""
        batch, sigs = batch_name(lines), {one.sig for one in lines}
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            first = statements.tuples("SELECT n, sig FROM sync_lost WHERE given = 0 ORDER BY n LIMIT ?", (len(lines),))
            statements.many(
                "UPDATE sync_lost SET given = 1, batch = ? WHERE n = ?", [(batch, n) for n, sig in first if sig in sigs]
            )

    def digest(self, feed: str) -> FeedState | None:
        """Count the digest of a feed's confirmed layer; None while lines of it are not understood."""
        with self._db.read() as unit:
            if unit.sql("SELECT 1 FROM sync_unknown WHERE feed = ? LIMIT 1", (feed,)):
                return None
            at = unit.sql("SELECT seq FROM sync_feed WHERE feed = ?", (feed,))
            counted = _digest(unit.connection, feed)
        return FeedState(at[0].seq if at else 0, digests.to_text(counted), self._schema.current)

    def digest_checked_at(self) -> int | None:
        """Return when all digests were last found equal, local ms."""
        with self._db.read() as unit:
            at = unit.sql("SELECT digests_at FROM sync_self")[0].digests_at
        return None if at in (None, _HISTORY_LEFT) else int(at)

    def note_digests(self, at_ms: int) -> None:
        """Note that all digests were found equal; the first time after a history was left, show no more what nobody gave back."""
        with self._db.marked("pull") as connection:
            if connection.exec_driver_sql("SELECT digests_at FROM sync_self").scalar() == _HISTORY_LEFT:
                self._show_confirmed(connection)
            connection.exec_driver_sql("UPDATE sync_self SET digests_at = ?", (at_ms,))

    def want_snapshot(self, feed: str, why: SnapshotReason, theirs: str = "") -> None:
        """Begin a snapshot of a feed; one that is under way goes on."""
        with self._db.marked("pull") as connection:
            _want(connection, feed, why, theirs)

    def snapshots(self) -> Sequence[SnapshotPlace]:
        """Return the snapshots under way; after an upgrade, those of feeds that would be folded otherwise now."""
        with self._db.read() as unit:
            self_row = unit.sql("SELECT folded_sv FROM sync_self")[0]
            late = unit.sql("SELECT DISTINCT feed FROM sync_unknown WHERE sv <= ?", (self._schema.current,))
        if self_row.folded_sv != self._schema.current or late:
            self._upgrade(self_row.folded_sv, [row.feed for row in late])
        with self._db.read() as unit:
            rows = unit.sql("SELECT feed, start_seq, start_chain, after_tbl, after_row FROM sync_snapshot ORDER BY feed")
        return tuple(
            SnapshotPlace(
                row.feed,
                None if row.start_seq is None else Cursor(row.feed, row.start_seq, row.start_chain),
                None if row.after_tbl is None else RowKey(row.after_tbl, row.after_row),
            )
            for row in rows
        )

    def apply_snapshot(self, place: SnapshotPlace, page: SnapshotPage, lines: Sequence[PulledLine]) -> None:
        """Keep a page beside the confirmed layer; the last one replaces the layer of this feed.

        Raises:
            PageDoesNotJoin: If the place is not the one that was kept.
        """
        with self._db.marked("pull") as connection:
            run = connection.exec_driver_sql
            kept = run("SELECT * FROM sync_snapshot WHERE feed = ?", (place.feed,)).first()
            if kept is None or (kept.after_tbl, kept.after_row) != (
                (place.after.table, place.after.row) if place.after else (None, None)
            ):
                raise PageDoesNotJoin(feed=place.feed, seq=0)
            after = (place.after.table, place.after.row) if place.after else ("", "")
            if page.start.feed != place.feed or any((row.table, row.row) <= after for row in page.rows):
                raise PageDoesNotJoin(feed=place.feed, seq=0)  # an answer to another question
            start = place.start or page.start
            for row in page.rows:
                run(
                    "INSERT OR REPLACE INTO sync_shadow(feed, tbl, row, body) VALUES (?, ?, ?, ?)",
                    (place.feed, row.table, row.row, codec.dump(row)),
                )
            keep_lines(Statements(connection), lines)
            # A signature stands in no cell, and is read all the same: what is written next comes after it.
            run("UPDATE sync_self SET hlc = max(hlc, ?)", (reduce(hlc.observe, (one.entry.eff for one in lines), 0),))
            if page.more:
                last = page.rows[-1]
                run(
                    "UPDATE sync_snapshot SET start_seq = ?, start_chain = ?, after_tbl = ?, after_row = ? WHERE feed = ?",
                    (start.seq, start.chain, last.table, last.row, place.feed),
                )
                return
            if kept.why == SnapshotReason.DIGEST:
                self._put_aside(connection, place.feed, kept.theirs)
            # First, for it decides which lines of team-mates are still shown over the rows.
            run("INSERT OR REPLACE INTO sync_feed(feed, seq, chain) VALUES (?, ?, ?)", (start.feed, start.seq, start.chain))
            # What had no place when it was brought may have one in these rows: it is brought again, to hear of it.
            run("UPDATE sync_mate_op SET carried_in = NULL, batch = NULL WHERE scope = ? AND placed IS NULL", (place.feed,))
            _swap(connection, place.feed, self._schema)
            run("DELETE FROM sync_unknown WHERE feed = ?", (place.feed,))
            run("DELETE FROM sync_snapshot WHERE feed = ?", (place.feed,))

    def _upgrade(self, folded_sv: int | None, late: Sequence[str]) -> None:
        """Read the layers anew that another release of the program folded in another way, or could not fold."""
        with self._db.marked("pull") as connection:
            wanted = set(late)
            if folded_sv is not None and self._schema.changes_since(folded_sv):
                wanted |= set(connection.exec_driver_sql("SELECT feed FROM sync_feed").scalars())
            for feed in sorted(wanted):
                if not feed.startswith("d:"):
                    _want(connection, feed, SnapshotReason.UPGRADE, "")
            connection.exec_driver_sql("UPDATE sync_self SET folded_sv = ?", (self._schema.current,))

    def _show_confirmed(self, connection: Connection) -> None:
        """Make view rows anew that show what neither the new history nor a waiting line says; they are kept aside."""
        run, statements = connection.exec_driver_sql, Statements(connection)
        doubted = {key: _as_shown(statements, *key) for table in SYNCED for key in _unlike_confirmed(statements, table)}
        store = Confirmed(statements)
        rebuild(statements, store, doubted.keys(), own_open(statements, doubted.keys(), self._schema))
        gone = [(key, body) for key, body in doubted.items() if body not in (None, _as_shown(statements, *key))]
        if gone:
            number = run(
                "INSERT INTO sync_incident(at, code, feed, seq, ours, theirs, rows) VALUES (?, ?, '', 0, '', '', ?) RETURNING n",
                (to_ms(self._db.now()), DIFFERS, len(gone)),
            ).scalar_one()
            statements.many(
                "INSERT INTO sync_aside(incident, tbl, row, body) VALUES (?, ?, ?, ?)",
                [(number, *key, body) for key, body in gone],
            )

    def _put_aside(self, connection: Connection, feed: str, theirs: str) -> None:
        """Keep the layer that is about to be replaced, with both digests, for whoever looks into it."""
        run = connection.exec_driver_sql
        seq = run("SELECT seq FROM sync_feed WHERE feed = ?", (feed,)).scalar() or 0
        number = run(
            "INSERT INTO sync_incident(at, code, feed, seq, ours, theirs) VALUES (?, ?, ?, ?, ?, ?) RETURNING n",
            (to_ms(self._db.now()), DIFFERS, feed, seq, digests.to_text(_digest(connection, feed)), theirs),
        ).scalar_one()
        count = 0
        for one in list(rows_of(Statements(connection), feed)):
            table, row = one.state.table, one.state.row
            body = codec.dump(_as_row(one, _conflicts(connection, table, row)))
            fresh = run(
                "SELECT body FROM sync_shadow WHERE feed = ? AND tbl = ? AND row = ?", (feed, table, row)
            ).scalar()
            if fresh is None or not _is_same(body, bytes(fresh)):
                run("INSERT INTO sync_aside(incident, tbl, row, body) VALUES (?, ?, ?, ?)", (number, table, row, body))
                count += 1
        run("UPDATE sync_incident SET rows = ? WHERE n = ?", (count, number))


def keep_lines(statements: Statements, pulled: Sequence[PulledLine]) -> None:
    """Keep lines of a feed as they came; those that a former history had are found again."""
    statements.many(
        "INSERT OR IGNORE INTO sync_peer_op(feed, seq, op, device, line, sig, eff, status)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (one.signed.line.scope, one.entry.seq, one.signed.line.op, one.device, one.signed.data, one.signed.sig,
             one.entry.eff, str(one.status))
            for one in pulled
        ],
    )  # fmt: skip
    if statements.tuples("SELECT 1 FROM sync_lost LIMIT 1"):
        statements.many("DELETE FROM sync_lost WHERE op = ?", [(one.signed.line.op,) for one in pulled])


def _unlike_confirmed(statements: Statements, table: str) -> Iterator[Key]:
    """Yield the rows that are shown otherwise than the confirmed layer has them, or not at all, reading some at a time.

    Not shown is what was refused by the former history, or belonged to an office that was left, and is confirmed now.
    """
    names, last = fields_of(SYNCED[table]), ""
    listed = ", ".join(f't."{name}"' for name in names)
    while found := statements.tuples(
        f'SELECT t.id, t._ver, r.cells, {listed} FROM "{table}" t LEFT JOIN sync_row r ON r.tbl = ? AND r.row = t.id'
        f" WHERE t.id > ? ORDER BY t.id LIMIT {_SOME}",
        (table, last),
    ):
        for row, ver, text, *shown in found:
            if versions.from_text(ver, dict(zip(names, shown, strict=True))) != cells.versions(text or "[]"):
                yield table, row
        last = found[-1][0]
    yield from statements.tuples(
        f'SELECT tbl, row FROM sync_row r WHERE tbl = ? AND NOT EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = r.row)', (table,)
    )


def _want(connection: Connection, feed: str, why: SnapshotReason, theirs: str) -> None:
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO sync_snapshot(feed, why, theirs) VALUES (?, ?, ?)", (feed, str(why), theirs)
    )


def _swap(connection: Connection, feed: str, schema: Schema) -> None:
    """Put the rows of a finished snapshot in the place of the confirmed layer and make the view anew."""
    run = connection.exec_driver_sql
    statements = Statements(connection)
    touched = {(one.state.table, one.state.row) for one in rows_of(statements, feed)}
    run("DELETE FROM sync_row WHERE scope = ?", (feed,))
    run(f"DELETE FROM sync_conflict WHERE scope = ? AND {_UNRESOLVED}", (feed,))
    store, newest = Confirmed(statements), 0
    fresh: list[Kept] = []
    for (body,) in run("SELECT body FROM sync_shadow WHERE feed = ?", (feed,)).all():
        row = codec.load(SnapshotRow, bytes(body))
        found = cells.from_text(row.cells)
        fresh.append(
            Kept(
                RowState(
                    row.table, row.row, feed, row.feed_seq, row.locked_by, row.voided_by, row.void_reason,
                    row.appended_by,
                ),
                cells.to_text(found),
            )
        )  # fmt: skip
        newest = reduce(hlc.observe, (cell.hlc for cell in found.values()), newest)
        for one in row.conflicts:
            store.add_conflict(_conflict(row, feed, one))
        statements.many("INSERT OR IGNORE INTO sync_author(op, author) VALUES (?, ?)", row.authors.items())
        if row.appended_by is not None:
            want_file(statements, row.table, feed, {name: cell.value for name, cell in found.items()})
        touched.add((row.table, row.row))
    keep_rows(statements, fresh)
    run("UPDATE sync_self SET hlc = max(hlc, ?)", (newest,))
    run("DELETE FROM sync_shadow WHERE feed = ?", (feed,))
    store.flush()
    rebuild(statements, store, touched, own_open(statements, touched, schema))


def _digest(connection: Connection, feed: str) -> int:
    digest = digests.EMPTY
    for row in stored_rows(Statements(connection), feed):
        digest ^= digests.of_stored(*row)
    opened = connection.exec_driver_sql(f"SELECT id FROM sync_conflict WHERE scope = ? AND {_UNRESOLVED}", (feed,))
    for name in opened.scalars():
        digest ^= digests.conflict_part(name)
    return digest


def _as_shown(statements: Statements, table: str, row: str) -> bytes | None:
    """Return a view row as a row of a snapshot would say it."""
    found = statements.rows(f'SELECT * FROM "{table}" WHERE id = ?', (row,))
    if not found:
        return None
    values = {name: found[0]._mapping[name] for name in fields_of(SYNCED[table])}
    ver = versions.from_text(found[0]._ver, values)
    values[DELETED] = bool(found[0]._deleted)
    state = RowState(table, row, "", locked_by=found[0]._locked, void_reason=found[0]._voided)
    shown = {name: Cell(values[name], 0, op) for name, op in ver.items() if name in values}
    return codec.dump(_as_row(Kept(state, cells.to_text(shown)), ()))


def _conflicts(connection: Connection, table: str, row: str) -> tuple[SnapshotConflict, ...]:
    found = connection.exec_driver_sql(
        "SELECT id, field, winner_op, loser_op, loser_val, loser_author, loser_hlc, reason FROM sync_conflict"
        f" WHERE tbl = ? AND row = ? AND {_UNRESOLVED} ORDER BY id",
        (table, row),
    )
    return tuple(SnapshotConflict(*one) for one in found)


def _conflict(row: SnapshotRow, feed: str, one: SnapshotConflict) -> Conflict:
    return Conflict(
        one.id, row.table, row.row, one.field, feed, one.winner_op, one.loser_op, one.loser_val, one.loser_author,
        one.loser_hlc, Reason(one.reason),
    )  # fmt: skip


def _as_row(one: Kept, conflicts: tuple[SnapshotConflict, ...]) -> SnapshotRow:
    state = one.state
    return SnapshotRow(
        state.table, state.row, state.feed_seq, state.locked_by, state.voided_by, state.void_reason, state.appended_by,
        one.cells, conflicts, (),
    )  # fmt: skip


def _is_same(ours: bytes, theirs: bytes) -> bool:
    one, other = codec.load(SnapshotRow, ours), codec.load(SnapshotRow, theirs)
    return (one.feed_seq, one.locked_by, one.voided_by, one.cells, {c.id for c in one.conflicts}) == (
        other.feed_seq, other.locked_by, other.voided_by, other.cells, {c.id for c in other.conflicts},
    )  # fmt: skip
