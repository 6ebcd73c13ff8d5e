"""Lines of team-mates that came by packet and that the server has not numbered yet.

They never enter the confirmed layer. Screens show them over it, together with own lines that have no verdict, in the
order in which the server will most likely fold them; whoever reaches the server first carries them there, and from the
moment the feed brings them they are confirmed like any other and no longer looked at here.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Self

from app.core.clock import to_ms
from app.db.statements import Statements
from sync.protocol import hlc, lines
from sync.protocol.fold import Cell
from sync.protocol.lines import FieldEdit, Line
from sync.protocol.schemas import PRODUCT

Key = tuple[str, str]
_DAY_MS = 24 * 60 * 60 * 1000
# The feed has brought it, or is read beyond its place there: a snapshot does not name the lines that it is made of.
_CONFIRMED = (
    "EXISTS (SELECT 1 FROM sync_peer_op p WHERE p.op = m.op) OR EXISTS (SELECT 1 FROM sync_feed f, sync_self s"
    " WHERE f.feed = m.scope AND f.seq >= m.placed AND m.carried_in = s.epoch)"
)
UNCONFIRMED = f"NOT EXISTS (SELECT 1 FROM sync_op o WHERE o.op = m.op) AND NOT ({_CONFIRMED})"


@dataclass(frozen=True, slots=True)
class MateLine:
    """A team-mate's line as it was signed."""

    device: str
    replica: str
    n: int
    hlc: int
    op: str
    table: str
    scope: str
    keys: tuple[Key, ...]
    data: bytes
    sig: str

    @classmethod
    def of(cls, device: str, data: bytes, sig: str) -> Self:
        """Make it of the exact bytes of a line that was checked before."""
        line = lines.read(data)
        return cls(device, line.replica, line.n, line.hlc, line.op, line.table, line.scope, line.keys, data, sig)


def waiting(statements: Statements, epoch: str | None = None) -> Sequence[MateLine]:
    """Return unconfirmed lines, each replica's in chain order.

    Args:
        epoch: Leave out those for which the server gave a receipt in this epoch.
    """
    rows = statements.tuples(
        f"SELECT device, line, sig FROM sync_mate_op m WHERE carried_in IS NOT ? AND {UNCONFIRMED} ORDER BY replica, n",
        (epoch or "",),
    )
    return tuple(MateLine.of(device, bytes(data), sig) for device, data, sig in rows)


def overlaid(
    statements: Statements, cells_of: Callable[[str, str], Mapping[str, Cell]], keys: Iterable[Key],
    own: Mapping[Key, Sequence[Line]],
) -> Mapping[Key, Sequence[Line]]:  # fmt: skip
    """Return own lines without a verdict with those of team-mates among them, in the order of their clocks.

    An edit that a confirmed one is later than, and that did not see it, would lose at the server: it is not shown.
    """
    if not statements.tuples("SELECT 1 FROM sync_mate_op LIMIT 1"):
        return own
    both: dict[Key, Sequence[Line]] = dict(own)
    opened: dict[bytes, dict[Key, Line]] = {}
    for table, row in keys:
        found: dict[str, Line] = {}
        for (data,) in statements.tuples(
            "SELECT m.line FROM sync_mate_row r JOIN sync_mate_op m ON m.op = r.op AND m.replica = r.replica"
            f" WHERE r.tbl = ? AND r.row = ? AND {UNCONFIRMED} ORDER BY m.hlc, m.op",
            (table, row),
        ):
            if data not in opened:
                opened[data] = {(one.table, one.row): PRODUCT.lift(one) for one in lines.singly(lines.parse(bytes(data)))}
            line = opened[data][table, row]
            found[line.op] = line  # the same line stands on the chain before and on the one after a re-chain
        if found:
            cells = cells_of(table, row)
            shown = [_as_shown(line, cells, set(found)) for line in found.values() if PRODUCT.understands(line)]
            mine = own.get((table, row), ())
            both[table, row] = sorted([*mine, *shown], key=lambda one: (one.hlc, one.op))
    return both


def _as_shown(line: Line, cells: Mapping[str, Cell], waiting: Set[str]) -> Line:
    def stands(edit: FieldEdit) -> bool:
        cell = cells.get(edit.name)
        return cell is None or edit.base == cell.op or edit.base in waiting or line.hlc > cell.hlc

    return replace(line, fields=tuple(edit for edit in line.fields if stands(edit)))


@dataclass(slots=True)
class Kept:
    """How many lines were new, and the rows they touch."""

    count: int
    rows: set[Key]


def forget_confirmed(statements: Statements, feed: str) -> None:
    """Forget lines that a feed has confirmed, before it is taken off this laptop: they must not come back as unconfirmed ones."""
    statements.run(f"DELETE FROM sync_mate_op AS m WHERE m.scope = ? AND ({_CONFIRMED})", (feed,))


def keep(statements: Statements, new: Sequence[MateLine], now: dt.datetime) -> Kept:
    """Keep lines that are not here yet; own later edits get later clocks."""
    kept = Kept(0, set())
    newest, at = 0, to_ms(now)
    for one in new:
        known = statements.rows(
            "SELECT 1 FROM sync_mate_op WHERE op = ?1 AND replica = ?2 UNION ALL SELECT 1 FROM sync_peer_op WHERE op = ?1"
            " UNION ALL SELECT 1 FROM sync_op WHERE op = ?1 LIMIT 1",
            (one.op, one.replica),
        )
        if known:
            continue
        statements.run(
            "INSERT INTO sync_mate_op(op, replica, n, device, line, sig, hlc, tbl, scope, came_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (one.op, one.replica, one.n, one.device, one.data, one.sig, one.hlc, one.table, one.scope, at),
        )
        statements.many(
            "INSERT OR IGNORE INTO sync_mate_row(tbl, row, op, replica) VALUES (?, ?, ?, ?)",
            [(*key, one.op, one.replica) for key in one.keys],
        )
        # A team-mate's clock years ahead must not carry this laptop's clock along.
        newest = max(newest, hlc.effective(one.hlc, at + _DAY_MS))
        kept.count += 1
        kept.rows.update(one.keys)
    statements.run("UPDATE sync_self SET hlc = max(hlc, ?)", (newest,))
    return kept
