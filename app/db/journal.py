"""The journal: every change of a synced row is a signed line in the same transaction."""

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection

from app.core.clock import to_ms
from app.db.statements import Statements
from sync.protocol import hlc
from sync.protocol.bulk import NewRow, Unsigned, encode_new
from sync.protocol.chain import DeviceKey, seal
from sync.protocol.lines import FieldEdit, Kind, Line

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
        self._signer: ThreadPoolExecutor | None = None
        self._signing: tuple[Future[list[str]], str, Sequence[Unsigned]] | None = None

    def write(self, kind: Kind, table: str, row: str, edits: tuple[FieldEdit, ...], owner: str | None) -> str:
        """Append one line and return its id.

        Raises:
            BadLine: If a value cannot travel (too long, no scalar, no valid text).
        """
        self._settle()
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

    def write_new(self, table: str, rows: Sequence[NewRow]) -> None:
        """Append a line for each new row; they are signed beside the caller's own work and stored with the next call.

        Raises:
            BadLine: As `write`.
        """
        if not rows:
            return
        wall = to_ms(self._now())
        self._txn = self._txn or rows[0].op
        first = Line(
            op=rows[0].op, kind=Kind.SET, table=table, row=rows[0].row, scope=self._scope,
            fields=(FieldEdit("first", None),), author=self._writer.author, txn=self._txn, replica=self._replica,
            n=self._n + 1, prev=self._head, hlc=hlc.tick(self._hlc, wall, self._offset or 0), wall_ms=wall,
            offset_ms=self._offset, schema=self._writer.schema,
        )  # fmt: skip
        made, self._hlc = encode_new(first, rows)
        self._n, self._head, self._is_dirty = made[-1].n, made[-1].op_hash, True
        self._settle()
        self._signer = self._signer or ThreadPoolExecutor(1, "sign")
        digests = [bytes.fromhex(one.op_hash) for one in made]
        self._signing = self._signer.submit(self._writer.key.sign_many, digests), table, made

    def close(self) -> None:
        """End the thread that signs; lines that are not stored by then are lost with the transaction."""
        if self._signer is not None:
            self._signer.shutdown()

    def _settle(self) -> None:
        """Store the lines that were signed meanwhile."""
        if self._signing is None:
            return
        (future, table, made), self._signing = self._signing, None
        self._statements.many(
            _INSERT,
            [
                (one.op, self._replica, one.n, one.data, one.op_hash, sig, "set", table, one.row, None)
                for one, sig in zip(made, future.result(), strict=True)
            ],
        )

    def flush(self) -> None:
        """Store number, head and clock of the last line, if any was written."""
        self._settle()
        if self._is_dirty:
            self._statements.run(
                "UPDATE sync_self SET rseq = ?, chain_head = ?, hlc = ?", (self._n, self._head, self._hlc)
            )
