"""The local store as sync sees it: journal, confirmed layer, cursors and file list."""

import json
from collections.abc import Sequence, Set
from itertools import chain

from sqlalchemy import Connection

from app.core.clock import to_ms
from app.db.confirmed import Confirmed, own_open, want_file
from app.db.statements import Statements
from app.db.sync_history import SyncHistory, keep_lines
from app.db.tables import HIDDEN, OPEN, PREVIEW
from app.db.unit import ReadUnit
from app.db.view_rows import rebuild
from sync.client.store import (
    FileStatus,
    FileToSend,
    FileWanted,
    Find,
    LocalHead,
    OutLine,
    PulledPage,
    PulledReceipts,
    Taken,
)
from sync.protocol import hlc, lines
from sync.protocol.chain import ChainHead, DeviceKey, SignedLine, rechain
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Status, Verdict, fold_all
from sync.protocol.gathered import Key
from sync.protocol.lines import Kind, Line
from sync.protocol.messages import MAX_PUSH_BYTES, Cursor, ReceiptKind

_RUN = (
    "SELECT line, op_hash, sig FROM sync_op WHERE seq >= (SELECT seq FROM sync_op WHERE op = ?) ORDER BY seq LIMIT ?"
)
_WAITING = (
    f"SELECT op, replica, n, line, op_hash, sig FROM sync_op WHERE {OPEN} AND state = 'pending' AND replica = ? AND n > ?"
    " ORDER BY n LIMIT ?"
)
_SOME = 32
_CLEAN = Verdict(Status.APPLIED)
_DONE = frozenset({Status.APPLIED, Status.CONFLICT})
_RECEIPT_STATES = {
    Status.APPLIED: "done",
    Status.CONFLICT: "done",
    Status.REJECTED: "rejected",
    Status.QUARANTINED: "quarantined",
}


class SyncStore(SyncHistory):
    """Implements `sync.client.store.LocalStore` over the encrypted database; each method is one transaction."""

    def head(self) -> LocalHead:
        """Return replica, chain head and epoch."""
        with self._db.read() as unit:
            row = unit.sql("SELECT replica, rseq, chain_head, epoch, clock_off_ms FROM sync_self")[0]
        return LocalHead(row.replica, ChainHead(row.rseq, row.chain_head), row.epoch, row.clock_off_ms or 0)

    def set_epoch(self, epoch: str) -> None:
        """Keep the epoch of the first sync."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql("UPDATE sync_self SET epoch = ? WHERE epoch IS NULL", (epoch,))

    def pending(self, limit: int, behind: OutLine | None = None) -> Sequence[OutLine]:
        """Return pending lines of one replica in chain order, `behind` this one; those of an older replica come first."""
        waits = f"{OPEN} AND state = 'pending'"
        with self._db.read() as unit:
            if behind is not None:
                return _out_lines(unit, behind.replica, behind.n, limit)
            ((replica,),) = unit.tuples("SELECT replica FROM sync_self")
            # Two steps into the index; to order all that waits, a thousand times over, would take longer than to send it.
            if unit.tuples(
                f"SELECT 1 WHERE EXISTS (SELECT 1 FROM sync_op WHERE {waits} AND replica < ?1)"
                f" OR EXISTS (SELECT 1 FROM sync_op WHERE {waits} AND replica > ?1)",
                (replica,),
            ):
                ((replica,),) = unit.tuples(
                    f"SELECT replica FROM sync_op WHERE {waits} AND replica <> ? ORDER BY seq LIMIT 1", (replica,)
                )
            return _out_lines(unit, replica, 0, limit)

    def set_aside(self, op: str, reason: str) -> None:
        """Turn a pending line that the server cannot take at all into a quarantined one, and keep since when."""
        with self._db.marked("pull") as connection:
            _set_aside(connection, op, reason, to_ms(self._db.now()))

    def requeue_acked(self) -> int:
        """Turn every acked line without a receipt back to pending, and list those of others again."""
        with self._db.marked("pull") as connection:
            run = connection.exec_driver_sql
            own = run(f"UPDATE sync_op SET state = 'pending' WHERE {OPEN} AND state = 'acked'").rowcount
            return own + run("UPDATE sync_lost SET given = 0 WHERE given = 1").rowcount

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        """Give all pending lines a new history; ids and content stay."""
        with self._db.marked("pull") as connection:
            rows = connection.exec_driver_sql(
                f"SELECT o.op, o.line FROM sync_op o, sync_self s WHERE o.{OPEN} AND o.state = 'pending'"
                " ORDER BY o.replica = s.replica, o.seq"
            ).all()
            head, contents = ChainHead(), []
            for row in rows:
                try:
                    contents.append(lines.parse(bytes(row.line)))
                except lines.BadLine as problem:
                    _set_aside(connection, row.op, problem.code, to_ms(self._db.now()))
            for one in rechain(contents, replica, key):
                connection.exec_driver_sql(
                    "UPDATE sync_op SET replica = ?, n = ?, line = ?, op_hash = ?, sig = ? WHERE op = ?",
                    (replica, one.line.n, one.data, one.op_hash, one.sig, one.line.op),
                )
                head = one.head
            connection.exec_driver_sql(
                "UPDATE sync_self SET replica = ?, rseq = ?, chain_head = ?", (replica, head.n, head.hash)
            )
            return len(contents)

    def cursors(self) -> Sequence[Cursor]:
        """Return the cursor of every feed read so far."""
        with self._db.read() as unit:
            return tuple(Cursor(r.feed, r.seq, r.chain) for r in unit.sql("SELECT feed, seq, chain FROM sync_feed"))

    def own_run(self, op: str, count: int) -> Sequence[SignedLine]:
        """Return a line that was written here and those behind it, as they stand in the journal; see `LocalStore`."""
        found: list[SignedLine] = []
        with self._db.read() as unit:
            for row in unit.sql(_RUN, (op, count)):
                data = bytes(row.line)
                one = SignedLine(lines.read(data), data, row.op_hash, row.sig)  # the page proves the bytes
                if found and (one.line.replica, one.line.n) != (found[-1].line.replica, found[-1].line.n + 1):
                    break
                found.append(one)
        return found

    def take(self, taken: Taken) -> None:
        """Take in what an answer brought; all of it, or nothing.

        Raises:
            PageDoesNotJoin: If a stored cursor is not what a page or the receipts follow.
        """
        with self._db.marked("pull") as connection:
            receipts = taken.receipts
            settled = {one.subject for one in receipts.entries} if receipts is not None else frozenset[str]()
            _mark_acked(connection, [op for op in taken.acked if op not in settled])
            hidden = Statements(connection).tuples(f"SELECT op FROM sync_op INDEXED BY sync_op_hidden WHERE {HIDDEN}")
            waiting = frozenset(taken.acked).difference(op for (op,) in hidden)
            for page in taken.pages:
                self._apply_page(connection, page, waiting)
            if receipts is not None:
                self._apply_receipts(connection, receipts)

    def _apply_page(self, connection: Connection, page: PulledPage, waiting: Set[str]) -> None:
        _check_cursor(connection, page.before)
        statements = Statements(connection)
        store = Confirmed(statements)
        store.read(chain.from_iterable(one.signed.line.keys for one in page.lines))
        keep_lines(statements, page.lines)
        touched: set[Key] = set()
        newest = 0
        for pulled in page.lines:
            newest = hlc.observe(newest, pulled.entry.eff)
            line = pulled.signed.line
            if not self._schema.understands(line):
                connection.exec_driver_sql(
                    "INSERT OR REPLACE INTO sync_unknown(feed, seq, sv) VALUES (?, ?, ?)",
                    (page.after.feed, pulled.entry.seq, line.schema),
                )
            elif pulled.is_folded:
                said = self._schema.said(line)
                keys = [key for one in said for key in one.keys]
                is_new = all(store.row(*key) is None for key in keys)
                verdict = fold_all(store, pulled.entry.seq, said, pulled.entry.eff)
                # What this laptop wrote and nothing stood against is shown already as it is confirmed now.
                if line.op not in waiting or verdict != _CLEAN or not all(_is_current(store, one, is_new=is_new) for one in said):
                    touched.update(keys)
                for one in said:
                    if one.kind is Kind.APPEND:
                        want_file(statements, one.table, line.scope, {edit.name: edit.value for edit in one.fields})
            else:
                touched.update(line.keys)
        store.flush()
        rebuild(statements, store, touched, own_open(statements, touched, self._schema))
        connection.exec_driver_sql("UPDATE sync_self SET hlc = max(hlc, ?)", (newest,))
        _move_cursor(connection, page.after)

    def _apply_receipts(self, connection: Connection, receipts: PulledReceipts) -> None:
        _check_cursor(connection, receipts.before)
        statements, at = Statements(connection), to_ms(self._db.now())
        files = {one.subject: one for one in receipts.entries if one.kind is ReceiptKind.FILE}.values()  # the newest of each
        statements.many(  # the server's copy is damaged: the bytes go again from where they are
            "UPDATE sync_blob SET state = iif(state = 'remote' AND stored IS NOT NULL, 'local', state),"
            " receipt_seq = NULL, receipted_at = NULL WHERE sha256 = ?",
            [(one.subject,) for one in files if one.status is Status.REJECTED],
        )
        # After a restore the receipt of a file comes again although its bytes are not here: still wanted.
        statements.many(
            "UPDATE sync_blob SET state = iif(stored IS NULL, state, 'remote'), receipted_at ="
            " iif(receipt_seq IS ?1, receipted_at, ?2), receipt_seq = ?1 WHERE sha256 = ?3",
            [(one.seq, at, one.subject) for one in files if one.status is Status.APPLIED],
        )
        brought = [(one.subject,) for one in receipts.entries if one.kind is ReceiptKind.BROUGHT]
        statements.many("UPDATE sync_lost SET given = 2 WHERE batch = ?", brought)
        statements.many("UPDATE sync_mate_op SET carried_in = (SELECT epoch FROM sync_self) WHERE batch = ?", brought)
        records = [one for one in receipts.entries if one.kind is ReceiptKind.RECORD]
        statements.many(
            "UPDATE sync_op SET state = ?1, reason = ?2, feed_seq = ?3, eff = ?4, receipted_at ="
            " iif(receipt_seq IS ?5, receipted_at, ?6), receipt_seq = ?5 WHERE op = ?7",
            [
                (_RECEIPT_STATES[one.status], one.reason, one.feed_seq, one.eff, one.seq, at, one.subject)
                for one in records
            ],
        )
        touched: set[Key] = set()
        for (batch,) in brought:  # what a snapshot contains is not shown over it any more
            touched.update(
                statements.tuples(
                    "SELECT r.tbl, r.row FROM sync_mate_op m JOIN sync_mate_row r ON r.op = m.op AND r.replica = m.replica"
                    " WHERE m.batch = ?",
                    (batch,),
                )
            )
        for one in records:
            if one.status not in _DONE:
                for (data,) in statements.tuples("SELECT line FROM sync_op WHERE op = ?", (one.subject,)):
                    touched.update(lines.parse(bytes(data)).keys)
        confirmed = Confirmed(statements)
        # An entry that came within a snapshot and not in a page: until now it was shown over what is confirmed.
        for data, feed_seq in statements.tuples(
            "SELECT o.line, o.feed_seq FROM json_each(?) j CROSS JOIN sync_op o ON o.op = j.value"
            " WHERE NOT EXISTS (SELECT 1 FROM sync_peer_op p WHERE p.op = o.op)",
            (json.dumps([one.subject for one in records if one.status in _DONE]),),
        ):
            keys = lines.parse(bytes(data)).keys
            confirmed.read(keys)
            touched.update(key for key in keys if (row := confirmed.row(*key)) is not None and row.feed_seq >= feed_seq)
        rebuild(statements, confirmed, touched, own_open(statements, touched, self._schema))
        _move_cursor(connection, receipts.after)

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        """Return files without a receipt, signed papers and small ones first; previews go over the network alone."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT sha256, sm3, size_bytes, mime, scope FROM sync_blob"
                f" WHERE state IN ('local', 'uploading') AND stored IS NOT NULL AND priority <> {PREVIEW}"
                " ORDER BY priority, size_bytes, sha256 LIMIT ?",
                (limit,),
            )
        return tuple(FileToSend(r.sha256, r.sm3, r.size_bytes, r.mime, r.scope) for r in rows)

    def wanted_files(self, limit: int, found: Find | None = None) -> Sequence[FileWanted]:
        """Return files to fetch, most urgent first."""
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT sha256, size_bytes FROM sync_blob WHERE state = 'want' AND priority <> {PREVIEW}"
                " ORDER BY priority, size_bytes LIMIT ?",
                (limit,),
            )
        files = tuple(FileWanted(r.sha256, r.size_bytes) for r in rows)
        there = found(files) if found is not None else None
        return tuple(one for one in files if there is None or one.sha256 in there)

    def mark_file(self, sha256: str, status: FileStatus) -> None:
        """Note where a file's bytes are; a remote file only becomes damaged or missing."""
        keeps = status in (FileStatus.DAMAGED, FileStatus.MISSING, FileStatus.REMOTE)
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET state = ? WHERE sha256 = ?" + ("" if keeps else " AND state <> 'remote'"),
                (str(status), sha256),
            )

    def files_there(self, names: Sequence[str]) -> None:
        """Note that the server has these files, also those that still wait for a receipt."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET state = 'remote' WHERE state IN ('local', 'uploading')"
                " AND sha256 IN (SELECT value FROM json_each(?))",
                (json.dumps(names),),
            )

    def file_came(self, sha256: str, stored: str, *, is_at_server: bool) -> None:
        """Note that a file that came lies in the vault; it goes on to the server unless that gave it, or a receipt for it."""
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_blob SET stored = ?, state = iif(? OR receipt_seq IS NOT NULL, 'remote', 'local')"
                " WHERE sha256 = ?",
                (stored, is_at_server, sha256),
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


def _out_lines(unit: ReadUnit, replica: str, after: int, limit: int) -> Sequence[OutLine]:
    found: list[OutLine] = []
    size = 0
    while len(found) < limit and size <= MAX_PUSH_BYTES:  # a line may be short or long
        some = min(_SOME, limit - len(found))
        rows = unit.tuples(_WAITING, (replica, found[-1].n if found else after, some))
        found += [OutLine(op, of, n, bytes(line), op_hash, sig) for op, of, n, line, op_hash, sig in rows]
        size = sum(len(one.data) for one in found)
        if len(rows) < some:
            break
    return tuple(found)


def _mark_acked(connection: Connection, ops: Sequence[str]) -> None:
    Statements(connection).many("UPDATE sync_op SET state = 'acked' WHERE op = ? AND state = 'pending'", [(op,) for op in ops])


def _is_current(store: Confirmed, line: Line, *, is_new: bool) -> bool:
    """Return whether each value of a line is confirmed as this line's; the same value of another line is not."""
    if line.kind not in (Kind.SET, Kind.CREATE, Kind.APPEND):
        return False
    if is_new:
        return True
    for one in lines.singly(line):
        cells = store.cells(one.table, one.row)
        for edit in one.fields:
            cell = cells.get(edit.name)
            if cell is None or cell.op != line.op:
                return False
    return True


def _check_cursor(connection: Connection, before: Cursor) -> None:
    row = connection.exec_driver_sql("SELECT seq, chain FROM sync_feed WHERE feed = ?", (before.feed,)).first()
    held = Cursor(before.feed, row.seq, row.chain) if row is not None else Cursor(before.feed)
    if held != before:
        raise PageDoesNotJoin(feed=before.feed, seq=held.seq)


def _set_aside(connection: Connection, op: str, reason: str, at_ms: int) -> None:
    connection.exec_driver_sql(
        "UPDATE sync_op SET state = 'quarantined', reason = ?, receipt_seq = NULL, receipted_at = ?"
        " WHERE op = ? AND state IN ('pending', 'acked')",
        (reason, at_ms, op),
    )


def _move_cursor(connection: Connection, after: Cursor) -> None:
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO sync_feed(feed, seq, chain) VALUES (?, ?, ?)", (after.feed, after.seq, after.chain)
    )
