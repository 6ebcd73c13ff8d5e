"""The journal: every change of a synced row is a signed line in the same transaction."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.core.clock import to_ms
from app.db.statements import Statements
from sync.protocol import hlc
from sync.protocol.bulk import NewRow, encode_new
from sync.protocol.chain import DeviceKey, seal
from sync.protocol.lines import FieldEdit, Kind, Line

NEW_LINE = "INSERT INTO sync_op(op,replica,n,line,op_hash,sig,kind,tbl,row)"
_INSERT = "INSERT INTO sync_op(op,replica,n,line,op_hash,sig,kind,tbl,row,owner) VALUES (?,?,?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the device's key and the person at the keyboard; `schema` is the meaning of tables and fields."""

    key: DeviceKey
    author: str
    schema: int


class Journal:
    """Append lines within one transaction; `flush` stores the new head once."""

    def __init__(
        self, connection: Connection, writer: Writer, now: Callable[[], dt.datetime], new_id: Callable[[], str]
    ) -> None:
        self._statements, self._writer, self._now, self._new_id = Statements(connection), writer, now, new_id
        (row,) = self._statements.tuples("SELECT replica, rseq, chain_head, hlc, scope, clock_off_ms FROM sync_self")
        self._replica, self._n, self._head, self._hlc, self._scope, self._offset = row
        self._txn = ""
        self._is_dirty = False

    def write(self, kind: Kind, table: str, row: str, edits: tuple[FieldEdit, ...], owner: str | None) -> str:
        """Append one line and return its id.

        Raises:
            BadLine: If a value cannot travel (too long, no scalar, no valid text).
        """
        wall = to_ms(self._now())
        self._hlc = hlc.tick(self._hlc, wall, self._offset or 0)
        op = self._new_id()
        self._txn = self._txn or op  # a transaction is named after its first line
        line = Line(
            op=op, kind=kind, table=table, row=row, scope=self._scope, fields=edits,
            author=self._writer.author, txn=self._txn, replica=self._replica, n=self._n + 1, prev=self._head,
            hlc=self._hlc, wall_ms=wall, offset_ms=self._offset, schema=self._writer.schema,
        )  # fmt: skip
        signed = seal(line, self._writer.key)
        self._statements.run(
            _INSERT,
            (line.op, line.replica, line.n, signed.data, signed.op_hash, signed.sig, str(kind), table, row, owner),
        )
        self._n, self._head, self._is_dirty = line.n, signed.op_hash, True
        return line.op

    def next_op(self) -> str:
        """Return the id of a line to be."""
        return self._new_id()

    def new_lines(self, table: str, rows: Sequence[NewRow]) -> list[tuple[object, ...]]:
        """Continue the chain with a line for each new row; return them as `NEW_LINE` takes them: the caller stores them.

        Raises:
            BadLine: As `write`.
        """
        wall = to_ms(self._now())
        self._txn = self._txn or rows[0].op
        first = Line(
            op=rows[0].op, kind=Kind.SET, table=table, row=rows[0].row, scope=self._scope,
            fields=(FieldEdit("first", None),), author=self._writer.author, txn=self._txn, replica=self._replica,
            n=self._n + 1, prev=self._head, hlc=hlc.tick(self._hlc, wall, self._offset or 0), wall_ms=wall,
            offset_ms=self._offset, schema=self._writer.schema,
        )  # fmt: skip
        made = encode_new(first, rows)
        signatures = self._writer.key.sign_many([bytes.fromhex(op_hash) for _, op_hash in made])
        replica, n = self._replica, self._n
        self._n, self._head, self._hlc = n + len(made), made[-1][1], first.hlc + len(made) - 1
        self._is_dirty = True
        return [
            (one.op, replica, at, data, op_hash, sig, "set", table, one.row)
            for at, (one, (data, op_hash), sig) in enumerate(zip(rows, made, signatures, strict=True), n + 1)
        ]

    def flush(self) -> None:
        """Store number, head and clock of the last line, if any was written."""
        if self._is_dirty:
            self._statements.run(
                "UPDATE sync_self SET rseq = ?, chain_head = ?, hlc = ?", (self._n, self._head, self._hlc)
            )
