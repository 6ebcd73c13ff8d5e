"""Own lines that the server rejected or put aside, sent again or handed to support; and what happened to whole histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.clock import to_ms
from app.core.errors import Refused
from app.db.statements import Statements
from app.db.tables import SETTLED, SYNCED
from app.db.unit import Database, ReadUnit, WriteUnit
from sync.client import support
from sync.client.support import RefusedLine
from sync.protocol import lines
from sync.protocol.lines import DELETED, Kind, Line

_COLUMNS = "op, tbl, row, kind, state, reason, line, sig"
_REFUSED = f"{SETTLED} AND state IN ('rejected', 'quarantined')"
# A line that lost against a signature stands among the conflicts, with both values.
_OPEN = (
    f"{_REFUSED} AND tbl <> 'custody' AND NOT EXISTS (SELECT 1 FROM sync_handled h WHERE h.op = o.op)"
    " AND NOT EXISTS (SELECT 1 FROM sync_conflict c WHERE c.loser_op = o.op)"
)
EPOCH, HISTORY = "sync.epoch_changed", "sync.history_begun"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened to a whole history.

    Attributes:
        at_ms: When that was found.
        code: `sync.digest_differs` (a feed whose confirmed layer was not the server's was read anew),
            `sync.epoch_changed` (the server lost history), `sync.history_begun` (it did not know this laptop's).
        ours, theirs: Both digests, epochs, or histories.
        rows: How many rows differed, they are kept as they were; lines of others kept here to be given back; own lines
            that go under the new history.
    """

    number: int
    at_ms: int
    code: str
    feed: str
    ours: str
    theirs: str
    rows: int


class RefusedLines:
    """What a person may do about refused lines. Each method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> Sequence[RefusedLine]:
        """Return every refused line, oldest first."""
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT {_COLUMNS} FROM sync_op WHERE {_REFUSED} ORDER BY seq"
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
                unit.local("UPDATE sync_op SET state = 'pending', reason = coalesce(reason, state) WHERE op = ?", (op,))
                unit.local("DELETE FROM sync_handled WHERE op = ?", (op,))
                return op
            again = _say_again(unit, lines.parse(bytes(rows[0].line)))
            _handled(unit, op, to_ms(self._db.now()), again)
            return again

    def settle(self, op: str) -> None:
        """Ask nobody about a refused line any more; it stays where it is, with its reason.

        Raises:
            Refused: `sync.line_not_refused`.
        """
        with self._db.write() as unit:
            if not unit.sql(f"SELECT 1 FROM sync_op WHERE op = ? AND {_REFUSED}", (op,)):
                raise Refused("sync.line_not_refused")
            _handled(unit, op, to_ms(self._db.now()), None)

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


def open_count(unit: ReadUnit) -> int:
    """Return how many refused lines wait for a person."""
    return int(unit.sql(f"SELECT count(*) AS n FROM sync_op o WHERE {_OPEN}")[0].n)


def open_rows(unit: ReadUnit) -> Sequence[Any]:
    """Return the refused lines that wait for a person, newest first: state, reason, line, owner, receipted_at and more."""
    return unit.sql(f"SELECT {_COLUMNS}, owner, receipt_seq, receipted_at FROM sync_op o WHERE {_OPEN} ORDER BY seq DESC")


def to_give_back(unit: ReadUnit) -> int:
    """Return how many lines of others, kept here, a server that lost history has not been given yet."""
    return int(unit.sql("SELECT count(*) AS n FROM sync_lost WHERE given < 2")[0].n)


def note_incident(db: Database, code: str, ours: str, theirs: str, rows: int | None = None) -> None:
    """Keep that a history changed, once; where `rows` is None, with how many lines of others are kept here."""
    with db.marked("pull") as connection:
        Statements(connection).run(
            "INSERT INTO sync_incident(at, code, feed, seq, ours, theirs, rows)"
            " SELECT ?1, ?2, '', 0, ?3, ?4, coalesce(?5, (SELECT count(*) FROM sync_peer_op))"
            " WHERE NOT EXISTS (SELECT 1 FROM sync_incident WHERE code = ?2 AND ours = ?3 AND theirs = ?4)",
            (to_ms(db.now()), code, ours, theirs, rows),
        )


def _handled(unit: WriteUnit, op: str, at_ms: int, again: str | None) -> None:
    unit.local("INSERT OR REPLACE INTO sync_handled(op, at, again) VALUES (?, ?, ?)", (op, at_ms, again))


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
        case Kind.CREATE:
            for row, values in line.rows:
                unit.put(line.table, row, values)
        case Kind.SET:
            unit.put(line.table, line.row, {edit.name: edit.value for edit in line.fields if edit.name != DELETED})
        case Kind.DELETE:
            unit.delete(line.table, line.row)
        case _:
            raise Refused("sync.line_final")
    again = unit.sql("SELECT op FROM sync_op WHERE seq > ? ORDER BY seq LIMIT 1", (before,))
    if not again:  # what it said is what is there
        raise Refused("sync.line_final")
    return str(again[0].op)
