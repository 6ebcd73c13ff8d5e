"""The server's side of the fold: cells, rows and conflicts inside one write transaction."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from sync.protocol.fold import Cell, Conflict, RowState
from sync.protocol.gathered import Gathered, Key
from sync.protocol.lines import scalar_text, scalar_value
from sync.server.db import schema
from sync.server.db.problems import Met
from sync.server.db.upserts import insert_new, insert_or_replace

_MANY: Final = 1000
_STATE, _CELL = schema.row_state.c, schema.cell.c
_ROWS: Final = select(
    _STATE.tbl, _STATE.row, _STATE.scope, _STATE.feed_seq, _STATE.locked_by, _STATE.voided_by, _STATE.void_reason,
    _STATE.appended_by,
).where(_STATE.tbl == bindparam("the_tbl"), _STATE.row.in_(bindparam("the_rows", expanding=True)))  # fmt: skip
_CELLS: Final = select(_CELL.row, _CELL.field, _CELL.val, _CELL.hlc, _CELL.op).where(
    _CELL.tbl == bindparam("the_tbl"), _CELL.row.in_(bindparam("the_rows", expanding=True))
)
_DELETE_CELL: Final = delete(schema.cell).where(
    schema.cell.c.tbl == bindparam("the_tbl"),
    schema.cell.c.row == bindparam("the_row"),
    schema.cell.c.field == bindparam("the_field"),
)
_GONE: Final = ("the_tbl", "the_row", "the_field")
_CONFLICT = schema.conflict.c
_RESOLVE: Final = (
    update(schema.conflict)
    .where(
        _CONFLICT.id == bindparam("the_id"), _CONFLICT.tbl == bindparam("the_tbl"), _CONFLICT.row == bindparam("the_row"),
        _CONFLICT.resolved_by.is_(None),
    )
    .values(resolved_by=bindparam("by_op"))
)  # fmt: skip
_RESOLVED: Final = ("the_tbl", "the_row", "the_id", "by_op")


def _row_values(state: RowState) -> dict[str, str | int | None]:
    return {
        "tbl": state.table, "row": state.row, "scope": state.scope, "feed_seq": state.feed_seq,
        "locked_by": state.locked_by, "voided_by": state.voided_by,
        # As JSON text, like cells: PostgreSQL keeps no NUL in a text.
        "void_reason": None if state.void_reason is None else scalar_text(state.void_reason),
        "appended_by": state.appended_by,
    }  # fmt: skip


def _row_state(
    table: str, row: str, scope: str, feed_seq: int, locked_by: str | None, voided_by: str | None,
    void_reason: str | None, appended_by: str | None,
) -> RowState:  # fmt: skip
    reason = None if void_reason is None else str(scalar_value(void_reason))
    return RowState(table, row, scope, feed_seq, locked_by, voided_by, reason, appended_by)


class Cells(Gathered):
    """Keep the confirmed layer in the database; nothing is written until `flush`."""

    def __init__(self, unit: Connection) -> None:
        super().__init__()
        self._unit = unit

    def flush(self) -> None:
        """Write what was gathered; to be called before the transaction ends."""
        states = [_row_values(state) for state in self._take_states()]
        if not insert_or_replace(self._unit, schema.row_state, states, same="scope"):
            raise Met  # another feed has just taken this row
        kept, gone = self._take_cells()
        insert_or_replace(
            self._unit,
            schema.cell,
            [
                {"tbl": table, "row": row, "field": field, "val": cell.val, "hlc": cell.hlc, "op": cell.op}
                for table, row, field, cell in kept
            ],
        )
        if gone:
            self._unit.execute(_DELETE_CELL, [dict(zip(_GONE, key, strict=True)) for key in gone])
        for conflicts, resolutions in self._take_told():
            for one in conflicts:
                insert_new(self._unit, schema.conflict, _conflict_values(one))
            if resolutions:
                self._unit.execute(_RESOLVE, [dict(zip(_RESOLVED, one, strict=True)) for one in resolutions])

    def _load(self, keys: list[Key]) -> Iterator[tuple[Key, RowState | None, dict[str, Cell]]]:
        for table, rows in groupby(keys, key=itemgetter(0)):
            ids = [row for _, row in rows]
            for start in range(0, len(ids), _MANY):
                asked = {"the_tbl": table, "the_rows": ids[start : start + _MANY]}
                states = {row.row: _row_state(*row) for row in self._unit.execute(_ROWS, asked)}
                cells: dict[str, dict[str, Cell]] = {row: {} for row in ids[start : start + _MANY]}
                for row, field, val, clock, op in self._unit.execute(_CELLS, asked) if states else ():
                    cells[row][field] = Cell(val, clock, op)
                for row, found in cells.items():
                    yield (table, row), states.get(row), found


def _conflict_values(conflict: Conflict) -> dict[str, str | int | None]:
    return {
        "id": conflict.id, "tbl": conflict.table, "row": conflict.row, "field": conflict.field, "scope": conflict.scope,
        "winner_op": conflict.winner_op, "loser_op": conflict.loser_op, "loser_val": conflict.loser_val,
        "loser_author": conflict.loser_author, "loser_hlc": conflict.loser_hlc, "reason": str(conflict.reason),
    }  # fmt: skip
