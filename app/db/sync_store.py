"""The local store as sync sees it: journal, confirmed layer, cursors and file list."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from sqlalchemy import Connection

from app.db.tables import OPEN, SYNCED, fields_of
from app.db.unit import Database
from sync.client.store import FileStatus, FileToSend, FileWanted, LocalHead, OutLine, PulledPage
from sync.protocol import hlc, lines
from sync.protocol.chain import ChainHead, DeviceKey, rechain
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Cell, Conflict, RowState, Status, fold
from sync.protocol.lines import DELETED, VOID, Kind, Line, scalar_value
from sync.protocol.messages import Ack, Cursor, Receipt, ReceiptKind

_PRIORITY_WANTED = 5
_RECEIPT_STATES = {
    Status.APPLIED: "done",
    Status.CONFLICT: "done",
    Status.REJECTED: "rejected",
    Status.QUARANTINED: "quarantined",
}


class SyncStore:
    """Implements `sync.client.store.LocalStore` over the encrypted database; each method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def head(self) -> LocalHead:
        """Return replica, chain head and epoch."""
        with self._db.read() as unit:
            row = unit.sql("SELECT replica, rseq, chain_head, epoch FROM sync_self")[0]
        return LocalHead(row.replica, ChainHead(row.rseq, row.chain_head), row.epoch)

    def set_epoch(self, epoch: str) -> None:
        """Keep the epoch of the first sync."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql("UPDATE sync_self SET epoch = ? WHERE epoch IS NULL", (epoch,))

    def start_new_epoch(self, epoch: str) -> None:
        """Take up a server that lost history; rows stay as they are shown until the new history is read."""
        with self._db.marked("pull") as connection:
            for table in ("sync_cell", "sync_row", "sync_conflict", "sync_feed"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql(
                "UPDATE sync_op SET state = 'pending', reason = NULL, feed_seq = NULL, eff = NULL"
            )
            connection.exec_driver_sql("UPDATE sync_blob SET state = 'local' WHERE state = 'remote' AND stored IS NOT NULL")
            connection.exec_driver_sql("UPDATE sync_self SET epoch = ?", (epoch,))

    def pending(self, limit: int) -> Sequence[OutLine]:
        """Return pending lines of one replica in chain order; those of an older replica come first."""
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT op, replica, n, line, op_hash, sig FROM sync_op WHERE {OPEN} AND state = 'pending' AND replica ="
                f" (SELECT o.replica FROM sync_op o, sync_self s WHERE o.{OPEN} AND o.state = 'pending'"
                "  ORDER BY o.replica = s.replica, o.seq LIMIT 1) ORDER BY n LIMIT ?",
                (limit,),
            )
        return tuple(OutLine(r.op, r.replica, r.n, bytes(r.line), r.op_hash, r.sig) for r in rows)

    def mark_acked(self, acks: Sequence[Ack]) -> None:
        """Turn pending lines into acked ones; the server's verdict comes with the receipt."""
        with self._db.marked("pull") as connection:
            for ack in acks:
                connection.exec_driver_sql(
                    "UPDATE sync_op SET state = 'acked', feed_seq = ?, eff = ? WHERE op = ? AND state = 'pending'",
                    (ack.seq, ack.eff, ack.op),
                )

    def requeue_acked(self) -> int:
        """Turn every acked line without a receipt back to pending."""
        with self._db.marked("pull") as connection:
            return connection.exec_driver_sql(
                f"UPDATE sync_op SET state = 'pending' WHERE {OPEN} AND state = 'acked'"
            ).rowcount

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        """Give all pending lines a new history; ids and content stay."""
        with self._db.marked("pull") as connection:
            rows = connection.exec_driver_sql(
                f"SELECT o.line FROM sync_op o, sync_self s WHERE o.{OPEN} AND o.state = 'pending'"
                " ORDER BY o.replica = s.replica, o.seq"
            ).all()
            head = ChainHead()
            for one in rechain((lines.parse(bytes(row.line)) for row in rows), replica, key):
                connection.exec_driver_sql(
                    "UPDATE sync_op SET replica = ?, n = ?, line = ?, op_hash = ?, sig = ? WHERE op = ?",
                    (replica, one.line.n, one.data, one.op_hash, one.sig, one.line.op),
                )
                head = one.head
            connection.exec_driver_sql(
                "UPDATE sync_self SET replica = ?, rseq = ?, chain_head = ?", (replica, head.n, head.hash)
            )
            return len(rows)

    def cursors(self) -> Sequence[Cursor]:
        """Return the cursor of every feed read so far."""
        with self._db.read() as unit:
            return tuple(Cursor(r.feed, r.seq, r.chain) for r in unit.sql("SELECT feed, seq, chain FROM sync_feed"))

    def apply_page(self, page: PulledPage) -> None:
        """Take in a page: lines kept, folded, view cells recomputed, files listed, cursor moved; or nothing.

        Raises:
            PageDoesNotJoin: If the stored cursor is not `page.before`.
        """
        with self._db.marked("pull") as connection:
            _check_cursor(connection, page.before)
            store = _Confirmed(connection)
            touched: set[tuple[str, str]] = set()
            newest = 0
            for pulled in page.lines:
                line = pulled.signed.line
                connection.exec_driver_sql(
                    "INSERT OR IGNORE INTO sync_peer_op(feed, seq, op, device, line, sig, eff, status)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (line.scope, pulled.entry.seq, line.op, pulled.device, pulled.signed.data, pulled.signed.sig,
                     pulled.entry.eff, str(pulled.status)),
                )  # fmt: skip
                newest = hlc.observe(newest, pulled.entry.eff)
                if pulled.is_folded:
                    fold(store, pulled.entry)
                    touched.add((line.table, line.row))
                    _want_files(connection, line)
            _recompute(connection, store, touched)
            connection.exec_driver_sql("UPDATE sync_self SET hlc = max(hlc, ?)", (newest,))
            _move_cursor(connection, page.after)

    def apply_receipts(self, before: Cursor, after: Cursor, receipts: Sequence[Receipt]) -> None:
        """Take in receipts: records become done, rejected or quarantined, files become remote.

        Raises:
            PageDoesNotJoin: If the stored cursor is not `before`.
        """
        with self._db.marked("pull") as connection:
            _check_cursor(connection, before)
            touched: set[tuple[str, str]] = set()
            for receipt in receipts:
                if receipt.kind is ReceiptKind.FILE:
                    # After a restore the receipt of a file comes again although its bytes are not here: still wanted.
                    connection.exec_driver_sql(
                        "UPDATE sync_blob SET state = 'remote' WHERE sha256 = ? AND stored IS NOT NULL",
                        (receipt.subject,),
                    )
                    continue
                state = _RECEIPT_STATES[receipt.status]
                found = connection.exec_driver_sql(
                    "UPDATE sync_op SET state = ?, reason = ?, feed_seq = ?, eff = ? WHERE op = ?"
                    " RETURNING tbl, row",
                    (state, receipt.reason, receipt.feed_seq, receipt.eff, receipt.subject),
                ).first()
                if found is not None and state != "done":
                    touched.add((found.tbl, found.row))
            _recompute(connection, _Confirmed(connection), touched)
            _move_cursor(connection, after)

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        """Return files without a receipt, signed papers and small ones first."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT sha256, sm3, size_bytes, mime, scope FROM sync_blob"
                " WHERE state IN ('local', 'uploading') AND stored IS NOT NULL"
                " ORDER BY priority, size_bytes, sha256 LIMIT ?",
                (limit,),
            )
        return tuple(FileToSend(r.sha256, r.sm3, r.size_bytes, r.mime, r.scope) for r in rows)

    def wanted_files(self, limit: int) -> Sequence[FileWanted]:
        """Return files to fetch, most urgent first."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT sha256, size_bytes FROM sync_blob WHERE state = 'want' ORDER BY priority, size_bytes LIMIT ?",
                (limit,),
            )
        return tuple(FileWanted(r.sha256, r.size_bytes) for r in rows)

    def mark_file(self, sha256: str, status: FileStatus) -> None:
        """Note where a file's bytes are; a remote file only becomes damaged or missing."""
        keeps = status in (FileStatus.DAMAGED, FileStatus.MISSING, FileStatus.REMOTE)
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET state = ? WHERE sha256 = ?" + ("" if keeps else " AND state <> 'remote'"),
                (str(status), sha256),
            )

    def file_came(self, sha256: str, stored: str) -> None:
        """Note that a fetched file lies in the vault under a name."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET stored = ?, state = 'remote' WHERE sha256 = ?", (stored, sha256)
            )

    def file_lost(self, sha256: str) -> None:
        """Note that a file which the server has is gone from the vault, so that it is fetched again."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET stored = NULL, state = 'want' WHERE sha256 = ? AND state = 'remote'", (sha256,)
            )

    def stored_name(self, sha256: str) -> str | None:
        """Return the name of a file in the vault, or None."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (sha256,))
        return rows[0].stored if rows else None

    def note_clock(self, offset_ms: int, at_ms: int) -> None:
        """Keep server minus local time."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_self SET clock_off_ms = ?, clock_off_at = ?", (offset_ms, at_ms)
            )


class _Confirmed:
    """The confirmed layer as the fold sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def row(self, table: str, row: str) -> RowState | None:
        found = self._connection.exec_driver_sql(
            "SELECT scope, feed_seq, locked_by, voided_by, void_reason, appended_by FROM sync_row WHERE tbl = ? AND row = ?",
            (table, row),
        ).first()
        return None if found is None else RowState(table, row, *found)

    def put_row(self, state: RowState) -> None:
        self._connection.exec_driver_sql(
            "INSERT OR REPLACE INTO sync_row(tbl, row, scope, feed_seq, locked_by, voided_by, void_reason, appended_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (state.table, state.row, state.scope, state.feed_seq, state.locked_by, state.voided_by, state.void_reason,
             state.appended_by),
        )

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        rows = self._connection.exec_driver_sql(
            "SELECT field, val, hlc, op FROM sync_cell WHERE tbl = ? AND row = ?", (table, row)
        )
        return {r.field: Cell(r.val, r.hlc, r.op) for r in rows}

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        self._connection.exec_driver_sql(
            "INSERT OR REPLACE INTO sync_cell(tbl, row, field, val, hlc, op) VALUES (?, ?, ?, ?, ?, ?)",
            (table, row, field, cell.val, cell.hlc, cell.op),
        )

    def delete_cell(self, table: str, row: str, field: str) -> None:
        self._connection.exec_driver_sql(
            "DELETE FROM sync_cell WHERE tbl = ? AND row = ? AND field = ?", (table, row, field)
        )

    def add_conflict(self, conflict: Conflict) -> None:
        author = conflict.loser_author or self._author(conflict.loser_op)
        self._connection.exec_driver_sql(
            "INSERT OR IGNORE INTO sync_conflict(id, tbl, row, field, scope, winner_op, loser_op, loser_val,"
            " loser_author, loser_hlc, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (conflict.id, conflict.table, conflict.row, conflict.field, conflict.scope, conflict.winner_op,
             conflict.loser_op, conflict.loser_val, author, conflict.loser_hlc, str(conflict.reason)),
        )  # fmt: skip

    def resolve_conflict(self, conflict_id: str, by_op: str) -> None:
        self._connection.exec_driver_sql(
            "UPDATE sync_conflict SET resolved_by = ? WHERE id = ? AND resolved_by IS NULL", (by_op, conflict_id)
        )

    def _author(self, op: str) -> str | None:
        row = self._connection.exec_driver_sql(
            "SELECT line FROM sync_peer_op WHERE op = ?1 UNION ALL SELECT line FROM sync_op WHERE op = ?1 LIMIT 1", (op,)
        ).first()
        return None if row is None else lines.parse(bytes(row.line)).author


def _recompute(connection: Connection, store: _Confirmed, rows: Set[tuple[str, str]]) -> None:
    """Rebuild rows of view tables: confirmed cells, overlaid by own lines the server has not judged yet."""
    own = _own_open(connection, rows)
    for table, row in sorted(rows):
        if table in SYNCED:
            _rebuild(connection, store, table, row, own[table, row])


def _rebuild(connection: Connection, store: _Confirmed, table: str, row: str, own: Iterable[Line]) -> None:
    state = store.row(table, row)
    cells = dict(store.cells(table, row))
    values = {name: (scalar_value(cell.val), cell.op) for name, cell in cells.items()}
    locked = state.locked_by if state else None
    voided = state.void_reason if state and state.voided_by else None
    for line in own:
        match line.kind:
            case Kind.SET | Kind.APPEND | Kind.DELETE:
                values |= {edit.name: (edit.value, line.op) for edit in line.fields}
                if line.kind is Kind.SET and DELETED in values:
                    values[DELETED] = (False, line.op)
            case Kind.RESOLVE:
                values |= {edit.name: (edit.value, line.op) for edit in line.fields if not edit.name.startswith("_")}
            case Kind.SIGN:
                locked = locked or line.op
            case Kind.VOID:
                edit = line.field(VOID)
                voided = voided or str(edit.value if edit else "")
            case Kind.CUSTODY:
                pass
    known = {name: values[name] for name in fields_of(SYNCED[table]) if name in values}
    deleted = bool(values.get(DELETED, (False, ""))[0])
    ver = {name: op for name, (_, op) in known.items()}
    if DELETED in values:
        ver[DELETED] = values[DELETED][1]
    columns = [*fields_of(SYNCED[table]), "_ver", "_locked", "_voided", "_deleted", "id"]
    row_values = [known[name][0] if name in known else None for name in fields_of(SYNCED[table])]
    if not known and not deleted:
        connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE id = ?', (row,))
        return
    names = ", ".join(f'"{name}"' for name in columns)
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != "id")
    connection.exec_driver_sql(
        f'INSERT INTO "{table}"({names}) VALUES ({", ".join("?" * len(columns))})'
        f" ON CONFLICT(id) DO UPDATE SET {updates}",
        (*row_values, json.dumps(ver, separators=(",", ":")), locked, voided, int(deleted), row),
    )


def _own_open(connection: Connection, rows: Set[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Line]]:
    """Return own lines without a verdict of these rows, oldest first; one walk through the index of open lines."""
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for seq, table, row in connection.exec_driver_sql(f"SELECT seq, tbl, row FROM sync_op WHERE {OPEN} ORDER BY seq"):
        if (table, row) not in rows:
            continue
        line = connection.exec_driver_sql(
            "SELECT line FROM sync_op o WHERE seq = ? AND NOT EXISTS (SELECT 1 FROM sync_peer_op p WHERE p.op = o.op)",
            (seq,),
        ).scalar()
        if line is not None:
            found[table, row].append(lines.parse(bytes(line)))
    return found


def _want_files(connection: Connection, line: Line) -> None:
    """List the file that a pulled row of evidence or a document names, unless it is known."""
    if line.kind is not Kind.APPEND or line.table not in ("evidence", "document", "document_file"):
        return
    given = {edit.name: edit.value for edit in line.fields}
    if line.table == "document":  # the composed pages, from which it is printed again
        given |= json.loads(str(given.get("facts") or "{}"))
    if not isinstance(given.get("sha256"), str):
        return
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'want')",
        (given["sha256"], given.get("sm3") or "", given.get("size_bytes") or 0, given.get("mime") or "", line.scope,
         given.get("inspection"), _PRIORITY_WANTED),
    )  # fmt: skip


def _check_cursor(connection: Connection, before: Cursor) -> None:
    row = connection.exec_driver_sql("SELECT seq, chain FROM sync_feed WHERE feed = ?", (before.feed,)).first()
    held = Cursor(before.feed, row.seq, row.chain) if row is not None else Cursor(before.feed)
    if held != before:
        raise PageDoesNotJoin(feed=before.feed, seq=held.seq)


def _move_cursor(connection: Connection, after: Cursor) -> None:
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO sync_feed(feed, seq, chain) VALUES (?, ?, ?)", (after.feed, after.seq, after.chain)
    )
