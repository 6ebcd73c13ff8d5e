"""The confirmed layer of the local store during one transaction."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from app.db.statements import Statements
from app.db.tables import OPEN, PREVIEW, WITH_FILES
from sync.protocol import lines
from sync.protocol.files import PREVIEW_BYTES
from sync.protocol.fold import Conflict, RowState
from sync.protocol.gathered import Gathered, Kept, Key
from sync.protocol.lines import Line, Scalar
from sync.protocol.schemas import Schema

_MANY = 400
_SOME = 2000
_COLUMNS = "tbl, row, scope, feed_seq, locked_by, voided_by, void_reason, appended_by, cells"
_NO_MARKS = [None] * 4
_MET = " ON CONFLICT(tbl, row) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[2:])
_ROWS = f"SELECT {_COLUMNS} FROM sync_row"
_PRIORITY_WANTED = 5
_SOME_BYTES = "application/octet-stream"  # a document does not say; the server takes a file back only under a type


def rows_of(statements: Statements, feed: str) -> Iterator[Kept]:
    """Yield the rows of a feed's confirmed layer as `stored_rows`."""
    return map(_kept, stored_rows(statements, feed))


def stored_rows(statements: Statements, feed: str) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of a feed's rows as they lie in the file, which is how they are read quickest."""
    after = 0
    while found := statements.tuples(
        f"SELECT {_COLUMNS} FROM sync_row WHERE rowid > ? AND scope = ? ORDER BY rowid LIMIT {_SOME}", (after, feed)
    ):
        yield from found
        if len(found) < _SOME:
            return
        ((after,),) = statements.tuples("SELECT rowid FROM sync_row WHERE tbl = ? AND row = ?", found[-1][:2])


def keep_rows(statements: Statements, rows: Iterable[Kept]) -> None:
    """Write rows of the confirmed layer."""
    plain: list[tuple[object, ...]] = []
    marked: list[tuple[object, ...]] = []
    for state, text in rows:
        table, row, scope, seq, *marks = state
        if marks == _NO_MARKS:  # the driver takes a microsecond over each empty value
            plain.append((table, row, scope, seq, text))
        else:
            marked.append((*state, text))
    statements.insert("INSERT INTO sync_row(tbl, row, scope, feed_seq, cells)", plain, _MET)
    statements.insert(f"INSERT INTO sync_row({_COLUMNS})", marked, _MET)


def _kept(row: tuple[Any, ...]) -> Kept:
    return Kept(RowState(*row[:-1]), row[-1])


class Confirmed(Gathered):
    """The confirmed layer as the fold sees it; nothing is written until `flush`."""

    def __init__(self, statements: Statements) -> None:
        super().__init__()
        self._statements = statements

    def flush(self) -> None:
        """Write what was gathered; to be called before the transaction ends."""
        keep_rows(self._statements, (now for _, now in self._take_rows()))
        for conflicts, resolutions in self._take_told():
            self._statements.many(
                "INSERT OR IGNORE INTO sync_conflict(id, tbl, row, field, scope, winner_op, loser_op, loser_val,"
                " loser_author, loser_hlc, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [self._values(one) for one in conflicts],
            )
            self._statements.many(
                "UPDATE sync_conflict SET resolved_by = ?4 WHERE id = ?3 AND tbl = ?1 AND row = ?2"
                " AND (resolved_by IS NULL OR resolved_by = 'self')",
                resolutions,
            )

    def _load(self, keys: list[Key]) -> Iterator[Kept]:
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            wanted = f"(tbl, row) IN (VALUES {', '.join(['(?, ?)'] * len(some))})"
            params = tuple(part for key in some for part in key)
            for row in self._statements.tuples(f"{_ROWS} WHERE {wanted}", params):
                yield _kept(row)

    def _values(self, conflict: Conflict) -> tuple[str | int | None, ...]:
        author = conflict.loser_author or self._author(conflict.loser_op)
        return (
            conflict.id, conflict.table, conflict.row, conflict.field, conflict.scope, conflict.winner_op,
            conflict.loser_op, conflict.loser_val, author, conflict.loser_hlc, str(conflict.reason),
        )  # fmt: skip

    def _author(self, op: str) -> str | None:
        found = self._statements.tuples(
            "SELECT line FROM sync_peer_op WHERE op = ?1 UNION ALL SELECT line FROM sync_op WHERE op = ?1 LIMIT 1", (op,)
        )
        if found:
            return lines.parse(bytes(found[0][0])).author
        told = self._statements.tuples("SELECT author FROM sync_author WHERE op = ?", (op,))
        return str(told[0][0]) if told else None


def own_open(statements: Statements, rows: Set[Key], schema: Schema) -> Mapping[Key, Sequence[Line]]:
    """Return own lines without a verdict of these rows, oldest first; one walk through the index of open lines."""
    found: dict[Key, list[Line]] = defaultdict(list)
    if not rows:
        return found
    tables = {table for table, _ in rows}
    for seq, table, row in statements.tuples(f"SELECT seq, tbl, row FROM sync_op WHERE {OPEN} ORDER BY seq"):
        if (table, row) not in rows and not (row == lines.ROWS and table in tables):
            continue
        for (line,) in statements.tuples(
            "SELECT line FROM sync_op o WHERE seq = ? AND NOT EXISTS (SELECT 1 FROM sync_peer_op p WHERE p.op = o.op)",
            (seq,),
        ):
            for one in lines.singly(lines.parse(bytes(line))):
                if (key := (one.table, one.row)) in rows:
                    found[key].append(schema.lift(one))
    return found


def want_file(statements: Statements, table: str, scope: str, given: Mapping[str, Scalar]) -> None:
    """List the file that an inserted row of evidence or a document names, unless it is known."""
    if table not in WITH_FILES:
        return
    if table == "document":  # the composed pages, from which it is printed again
        given = {**given, **json.loads(str(given.get("facts") or "{}"))}
    if not isinstance(given.get("sha256"), str):
        return
    size = given.get("size_bytes") or 0
    if table == "preview" and not (isinstance(size, int) and 0 < size <= PREVIEW_BYTES):
        return
    priority = PREVIEW if table == "preview" else _PRIORITY_WANTED
    statements.run(  # of what some row calls a preview and another one evidence, it is the evidence
        "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'want') ON CONFLICT(sha256) DO UPDATE SET sm3 = excluded.sm3,"
        " size_bytes = excluded.size_bytes, mime = excluded.mime, owner = excluded.owner, priority = excluded.priority"
        f" WHERE priority = {PREVIEW} AND excluded.priority <> {PREVIEW}",
        (given["sha256"], given.get("sm3") or "", size, given.get("mime") or _SOME_BYTES, scope,
         given.get("inspection"), priority),
    )  # fmt: skip
