"""The journal: every change of a synced row is part of a signed line in the same transaction."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.core.clock import to_ms
from app.db.statements import Statements
from sync.protocol import hlc, lines
from sync.protocol.bulk import NewRow, encode_new, is_full
from sync.protocol.chain import DeviceKey, seal
from sync.protocol.lines import ROWS, FieldEdit, Kind, Line

_INSERT = "INSERT INTO sync_op(op,replica,n,line,op_hash,sig,kind,tbl,row,owner) VALUES (?,?,?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the device's key and the person at the keyboard; `schema` is the meaning of tables and fields."""

    key: DeviceKey
    author: str
    schema: int


@dataclass(slots=True)
class Made:
    """New rows of one table and owner that one line will say."""

    op: str
    table: str
    owner: str | None
    rows: list[NewRow] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, one: NewRow) -> None:
        """Take one more row."""
        self.rows.append(one)
        self.size_bytes += len(one.fields)

    def takes(self, more_bytes: int) -> bool:
        """Return whether a row of so many bytes goes into the same line."""
        return not is_full(len(self.rows), self.size_bytes, more_bytes)


class Journal:
    """Append lines within one transaction; `flush` stores the new head once.

    Rows of one table and owner that are made one after the other share a line, which is written when something else
    is, or somebody asks for it by `close`.
    """

    def __init__(
        self, connection: Connection, writer: Writer, now: Callable[[], dt.datetime], new_id: Callable[[], str]
    ) -> None:
        self._statements, self._writer, self._now, self._new_id = Statements(connection), writer, now, new_id
        (row,) = self._statements.tuples("SELECT replica, rseq, chain_head, hlc, scope, clock_off_ms FROM sync_self")
        self._replica, self._n, self._head, self._hlc, self._scope, self._offset = row
        self._txn = ""
        self._is_dirty = False
        self._open: Made | None = None

    def write(self, kind: Kind, table: str, row: str, edits: tuple[FieldEdit, ...], owner: str | None) -> str:
        """Append one line and return its id.

        Raises:
            BadLine: If a value cannot travel (too long, no scalar, no valid text).
        """
        self.close()
        line = self._next(self._new_id(), kind, table, row, edits)
        signed = seal(line, self._writer.key)
        self._statements.run(
            _INSERT,
            (line.op, line.replica, line.n, signed.data, signed.op_hash, signed.sig, str(kind), table, row, owner),
        )
        self._advance(line, signed.op_hash)
        return line.op

    def create(self, table: str, one: NewRow, owner: str | None) -> str:
        """Take a new row and return the id of the line that will say it.

        Raises:
            BadLine: If the line before cannot travel.
        """
        made = self._open
        if made is None or (made.table, made.owner) != (table, owner) or not made.takes(len(one.fields)):
            self.close()
            made = self._open = Made(self._new_id(), table, owner)
        made.add(one)
        return made.op

    def close(self) -> None:
        """Write the line of the rows that were made last.

        Raises:
            BadLine: If it cannot travel.
        """
        made, self._open = self._open, None
        if made is not None:
            self.insert(self.continued([made]))

    def new_id(self) -> str:
        """Return the id of a line to be."""
        return self._new_id()

    def continued(self, made: Sequence[Made]) -> list[tuple[object, ...]]:
        """Continue the chain with a line for each; return them as `insert` takes them.

        Raises:
            BadLine: As `write`.
        """
        told: list[tuple[object, ...]] = []
        for one in made:
            line = self._next(one.op, Kind.CREATE, one.table, ROWS, ())
            data = encode_new(line, one.rows)
            digest = lines.op_hash(data)
            kind, row = (Kind.SET, one.rows[0].row) if len(one.rows) == 1 else (Kind.CREATE, ROWS)
            signature = self._writer.key.sign(bytes.fromhex(digest))
            told.append((line.op, line.replica, line.n, data, digest, signature, str(kind), one.table, row, one.owner))
            self._advance(line, digest)
        return told

    def insert(self, told: Sequence[tuple[object, ...]]) -> None:
        """Store lines made by `continued`."""
        self._statements.many(_INSERT, told)

    def flush(self) -> None:
        """Store number, head and clock of the last line, if any was written."""
        self.close()
        if self._is_dirty:
            self._statements.run(
                "UPDATE sync_self SET rseq = ?, chain_head = ?, hlc = ?", (self._n, self._head, self._hlc)
            )

    def _next(self, op: str, kind: Kind, table: str, row: str, edits: tuple[FieldEdit, ...]) -> Line:
        wall = to_ms(self._now())
        self._txn = self._txn or op  # a transaction is named after its first line
        return Line(
            op=op, kind=kind, table=table, row=row, scope=self._scope, fields=edits, author=self._writer.author,
            txn=self._txn, replica=self._replica, n=self._n + 1, prev=self._head,
            hlc=hlc.tick(self._hlc, wall, self._offset or 0), wall_ms=wall, offset_ms=self._offset,
            schema=self._writer.schema,
        )  # fmt: skip

    def _advance(self, line: Line, op_hash: str) -> None:
        self._n, self._head, self._hlc, self._is_dirty = line.n, op_hash, line.hlc, True
