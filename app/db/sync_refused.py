"""Own lines that the server rejected or put aside: shown with their reason, sent again, handed to support."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import Refused
from app.db.tables import SETTLED, SYNCED
from app.db.unit import Database, WriteUnit
from sync.client import support
from sync.client.support import RefusedLine
from sync.protocol import lines
from sync.protocol.lines import Kind, Line

_COLUMNS = "op, tbl, row, kind, state, reason, line, sig"


@dataclass(frozen=True, slots=True)
class Incident:
    """A feed whose confirmed layer differed from the server's and was read anew.

    Attributes:
        at_ms: When that was found.
        ours, theirs: Both digests.
        rows: How many rows differed; they are kept as they were.
    """

    number: int
    at_ms: int
    code: str
    feed: str
    ours: str
    theirs: str
    rows: int


class RefusedLines:
    """Each method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> Sequence[RefusedLine]:
        """Return every refused line, oldest first."""
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT {_COLUMNS} FROM sync_op WHERE {SETTLED} AND state IN ('rejected', 'quarantined') ORDER BY seq"
            )
        return tuple(_refused(row) for row in rows)

    def requeue(self, op: str) -> str:
        """Send a refused line again and return the id of the line that goes.

        A line that was put aside goes as it is and is judged again. A rejected one has its place in the feed for ever:
        what it said is said again by a new line, over what is there now.

        Raises:
            Refused: `sync.line_not_refused`, `sync.line_final` for what cannot be said again, `record.locked`.
        """
        with self._db.write() as unit:
            rows = unit.sql(f"SELECT {_COLUMNS} FROM sync_op WHERE op = ? AND state IN ('rejected', 'quarantined')", (op,))
            if not rows:
                raise Refused("sync.line_not_refused")
            if rows[0].state == "quarantined":
                unit.local("UPDATE sync_op SET state = 'pending', reason = NULL WHERE op = ?", (op,))
                return op
            return _say_again(unit, lines.parse(bytes(rows[0].line)))

    def export(self) -> bytes:
        """Return the file for support."""
        with self._db.read() as unit:
            who = unit.sql("SELECT device, server_key FROM sync_self")[0]
        return support.report(self.all(), who.device, who.server_key)

    def incidents(self) -> Sequence[Incident]:
        """Return what was found to differ from the server, newest first."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT n, at, code, feed, ours, theirs, rows FROM sync_incident ORDER BY n DESC")
        return tuple(Incident(*row) for row in rows)


def _refused(row: "object") -> RefusedLine:
    values = {name: getattr(row, name) for name in _COLUMNS.split(", ")}
    return RefusedLine(
        values["op"], values["tbl"], values["row"], values["kind"], values["state"], values["reason"] or "",
        bytes(values["line"]).decode(errors="replace"), values["sig"],
    )  # fmt: skip


def _say_again(unit: WriteUnit, line: Line) -> str:
    before = unit.sql("SELECT max(seq) AS seq FROM sync_op")[0].seq
    if line.table not in SYNCED:
        raise Refused("sync.line_final")
    match line.kind:
        case Kind.SET:
            unit.put(line.table, line.row, {edit.name: edit.value for edit in line.fields})
        case Kind.DELETE:
            unit.delete(line.table, line.row)
        case _:
            raise Refused("sync.line_final")
    again = unit.sql("SELECT op FROM sync_op WHERE seq > ? ORDER BY seq LIMIT 1", (before,))
    if not again:  # what it said is what is there
        raise Refused("sync.line_final")
    return str(again[0].op)
