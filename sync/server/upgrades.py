"""After a new release: fold anew what is understood otherwise now, and let in the lines that were too new."""

from sqlalchemy import Connection, delete, select, update

from sync.protocol import lines
from sync.protocol.fold import Status, Verdict, fold_all
from sync.server import digests
from sync.server.db import schema
from sync.server.db.cells import Cells
from sync.server.db.unit import Database
from sync.server.intake import FUTURE_SCHEMA, FindDevice, Intake
from sync.server.terms import Terms
from sync.server.world import World

_MANY = 500


def settle(database: Database, world: World, terms: Terms, find: FindDevice) -> int:
    """Bring the confirmed layer to the schema of this release; return how many lines left the quarantine.

    Does nothing where nothing changed, so every start of a server may call it.
    """
    current = terms.schema.current
    with database.read() as unit:
        folded_by = unit.execute(select(schema.server_self.c.folded_sv)).scalar_one()
        waiting = _too_new(unit, current)
    if folded_by == current and not waiting:
        return 0
    with database.write() as unit:
        if terms.schema.changes_since(folded_by):
            for (feed,) in unit.execute(select(schema.feed_head.c.feed).where(schema.feed_head.c.digest.is_not(None))).all():
                _fold_anew(unit, feed, terms)
        unit.execute(update(schema.server_self).values(folded_sv=current))
        return _release(unit, world.now_ms(), terms, find, _too_new(unit, current))


def release(database: Database, world: World, terms: Terms, find: FindDevice, op: str) -> bool:
    """Judge a line of the quarantine again, for its grounds may be gone; return whether it was folded."""
    with database.write() as unit:
        return _release(unit, world.now_ms(), terms, find, [op]) == 1


def _too_new(unit: Connection, current: int) -> list[str]:
    of = schema.quarantine.c
    wanted = select(of.op).where(of.reason == FUTURE_SCHEMA, of.sv <= current)
    return list(unit.execute(wanted.order_by(of.received_ms, of.replica, of.n)).scalars())


def _release(unit: Connection, now_ms: int, terms: Terms, find: FindDevice, ops: list[str]) -> int:
    intake = Intake(unit, now_ms, terms, find)
    count = sum(intake.judge_again(op) is None for op in ops)
    intake.flush()
    return count


def _fold_anew(unit: Connection, feed: str, terms: Terms) -> None:
    """Build cells, rows and conflicts of a feed again from its lines; verdicts and numbers stay as they were given."""
    state, conflict, op = schema.row_state.c, schema.conflict.c, schema.op.c
    unit.execute(delete(schema.row_state).where(state.scope == feed))
    unit.execute(delete(schema.conflict).where(conflict.scope == feed))
    after = 0
    while True:
        found = unit.execute(
            select(op.seq, op.line, op.eff, op.status, op.reason).where(op.feed == feed, op.seq > after)
            .order_by(op.seq).limit(_MANY)
        ).all()  # fmt: skip
        if not found:
            break
        cells = Cells(unit)
        for seq, data, eff, status, reason in found:
            if Verdict(Status(status), reason).is_folded:
                fold_all(cells, seq, terms.schema.said(lines.parse(bytes(data))), eff)
        cells.flush()
        after = found[-1].seq
    digests.keep(unit, feed, digests.counted_anew(unit, feed))


