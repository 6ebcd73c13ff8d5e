"""How much work a laptop takes that has not heard from its server for long: asked at the end of each writing transaction.

What was begun is never stopped: see docs/decisions/people-lease-on-the-laptop.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.membership import Limit
from app.db.tables import OPEN
from app.db.unit import Database, ReadUnit, WriteUnit
from app.services.store import OpenStore, Store
from sync.protocol import hlc
from sync.protocol.lease import Lease, LeaseState
from sync.protocol.policy import NOBODY

_LIMITS: Final = {
    LeaseState.FULL: Limit.NONE,
    LeaseState.READ_ONLY: Limit.READ_ONLY,
    LeaseState.LOCKED: Limit.LOCKED,
}
REVOKED: Final = "auth.revoked"
_BEGINS: Final = ("task", "inspection")
# What the server said last, unless a run went through after that.
_IS_REVOKED: Final = (
    "SELECT 1 FROM sync_run WHERE error = ?"
    " AND n > coalesce((SELECT n FROM sync_run WHERE error IS NULL ORDER BY n DESC LIMIT 1), 0) LIMIT 1"
)


class LeasedStore(Store):
    """A store whose database takes no new work once the lease is over."""

    def take(self, opened: OpenStore) -> None:
        """Let services work on this store, within the lease."""
        super().take(replace(opened, db=LeasedDatabase(opened.db)))


class LeasedDatabase(Database):
    """The database of an office that may have a server; takes the place of the plain one."""

    def __init__(self, plain: Database) -> None:
        super().__init__(plain.engine, plain.writer, plain.now, plain.new_id)

    @contextmanager
    def write(self) -> Iterator[WriteUnit]:
        """Write in one transaction: all lines and rows, or nothing.

        Raises:
            Refused: `lease.read_only`, `lease.locked` or `lease.revoked` where the transaction begins or changes what the lease no longer
                covers; nothing is kept.
            AppError: As `Database.write`.
        """
        with super().write() as unit:
            yield unit
            if unit.changed:
                limit = limit_of(unit, to_ms(self.now()))
                if limit is not Limit.NONE:
                    _judge(unit, limit)


def limit_of(unit: ReadUnit, wall_ms: int) -> Limit:
    """Return what the lease still covers; everything where no server ever gave one.

    A laptop that was locked out is limited from the moment it hears of it: what is written after that never counts.
    """
    if unit.sql(_IS_REVOKED, (REVOKED,)):
        return Limit.REVOKED
    found = unit.sql(
        "SELECT m.contact_ms, m.lead_ms, s.hlc, s.clock_off_ms FROM membership m, sync_self s WHERE m.lease IS NOT NULL"
    )
    if not found:
        return Limit.NONE
    row = found[0]
    latest = max(wall_ms + (row.clock_off_ms or 0), hlc.wall_ms(row.hlc) - row.lead_ms)
    state = _state(row.contact_ms, latest)
    if state is not LeaseState.FULL:
        state = _state(max(row.contact_ms, taken_until(unit)), latest)
    return _LIMITS[state]


def taken_until(unit: ReadUnit) -> int:
    """Return when, in server time, this laptop wrote the newest line that the server has taken in, by whatever way.

    A receipt is the server's word that it heard of this laptop after that: so a packet renews a lease as well. Lines of
    somebody locked out come back as put aside and renew nothing.
    """
    found = unit.sql("SELECT eff FROM sync_op WHERE state = 'done' AND eff > 0 ORDER BY seq DESC LIMIT 1")
    return hlc.wall_ms(int(found[0].eff)) if found else 0


def _state(contact_ms: int, latest_ms: int) -> LeaseState:
    return Lease("", NOBODY, contact_ms).state(latest_ms)


def _judge(unit: WriteUnit, limit: Limit) -> None:
    head = unit.sql("SELECT replica, rseq FROM sync_self")[0]
    written = unit.sql(
        f"SELECT tbl, row, owner FROM sync_op WHERE {OPEN} AND state = 'pending' AND replica = ? AND n > ?"
        " AND kind <> 'custody' AND tbl <> 'number_range'",  # numbers that the server lent are no work of this laptop
        (head.replica, head.rseq),
    )
    for line in written:
        begins = line.tbl in _BEGINS and not _stood_before(unit, line.tbl, line.row, head)
        if limit is Limit.READ_ONLY:
            if begins:
                raise Refused("lease.read_only")
        elif begins or not _is_under_way(unit, line):
            raise Refused("lease.locked") if limit is Limit.LOCKED else Refused("lease.revoked")


def _stood_before(unit: ReadUnit, table: str, row: str, head: Any) -> bool:
    return bool(
        unit.sql(
            "SELECT 1 FROM sync_row WHERE tbl = ?1 AND row = ?2 UNION ALL"
            " SELECT 1 FROM sync_mate_row WHERE tbl = ?1 AND row = ?2 UNION ALL"
            " SELECT 1 FROM sync_op WHERE tbl = ?1 AND row = ?2 AND NOT (replica = ?3 AND n > ?4) LIMIT 1",
            (table, row, head.replica, head.rseq),
        )
    )


def _is_under_way(unit: ReadUnit, line: Any) -> bool:
    """Return whether a line belongs to an inspection that was begun and is not closed; closing it belongs to it."""
    if line.tbl == "task":
        return bool(unit.sql("SELECT 1 FROM inspection WHERE task = ? LIMIT 1", (line.row,)))
    return bool(
        unit.sql(
            "SELECT 1 FROM inspection v LEFT JOIN task t ON t.id = v.task"
            " WHERE v.id = ? AND coalesce(t.state, '') NOT IN ('closed', 'cancelled')",
            (line.owner,),
        )
    )
