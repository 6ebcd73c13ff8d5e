"""The confirmed layer of the local store, and what screens read: confirmed cells overlaid by own lines without a verdict."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from sqlalchemy import Connection

from app.db.mates import overlaid
from app.db.statements import Statements
from app.db.tables import OPEN, SYNCED, fields_of
from sync.protocol import lines
from sync.protocol.fold import Cell, Conflict, RowState
from sync.protocol.lines import DELETED, VOID, Kind, Line, Scalar, scalar_value
from sync.protocol.schemas import Schema

_PRIORITY_WANTED = 5
_SOME_BYTES = "application/octet-stream"  # a document does not say; the server takes a file back only under a type


class Confirmed:
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

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        self._connection.exec_driver_sql(
            "UPDATE sync_conflict SET resolved_by = ? WHERE id = ? AND tbl = ? AND row = ?"
            " AND (resolved_by IS NULL OR resolved_by = 'self')",
            (by_op, conflict_id, table, row),
        )

    def _author(self, op: str) -> str | None:
        row = self._connection.exec_driver_sql(
            "SELECT line FROM sync_peer_op WHERE op = ?1 UNION ALL SELECT line FROM sync_op WHERE op = ?1 LIMIT 1", (op,)
        ).first()
        return None if row is None else lines.parse(bytes(row.line)).author


def rebuild(
    connection: Connection, store: Confirmed, rows: Set[tuple[str, str]], own: Mapping[tuple[str, str], Sequence[Line]]
) -> None:
    """Rebuild rows of view tables: confirmed cells, overlaid by lines the server has not judged yet, own ones and mates'."""
    own = overlaid(Statements(connection), store.cells, rows, own)
    for table, row in sorted(rows):
        if table in SYNCED:
            _rebuild(connection, store, table, row, own.get((table, row), ()))


def _rebuild(connection: Connection, store: Confirmed, table: str, row: str, own: Iterable[Line]) -> None:
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


def own_open(connection: Connection, rows: Set[tuple[str, str]], schema: Schema) -> Mapping[tuple[str, str], Sequence[Line]]:
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
            found[table, row].append(schema.lift(lines.parse(bytes(line))))
    return found


def want_file(connection: Connection, table: str, scope: str, given: Mapping[str, Scalar]) -> None:
    """List the file that an inserted row of evidence or a document names, unless it is known."""
    if table not in ("evidence", "document", "document_file"):
        return
    if table == "document":  # the composed pages, from which it is printed again
        given = {**given, **json.loads(str(given.get("facts") or "{}"))}
    if not isinstance(given.get("sha256"), str):
        return
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'want')",
        (given["sha256"], given.get("sm3") or "", given.get("size_bytes") or 0, given.get("mime") or _SOME_BYTES, scope,
         given.get("inspection"), _PRIORITY_WANTED),
    )  # fmt: skip
