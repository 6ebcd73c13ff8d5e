"""The server's side of the fold: cells, rows and conflicts inside one write transaction."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from sync.protocol.fold import Cell, Conflict, RowState
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


class Cells:
    """Keep the confirmed layer in the database; reads are remembered and writes gathered until `flush`."""

    def __init__(self, unit: Connection) -> None:
        self._unit = unit
        self._rows: dict[tuple[str, str], RowState | None] = {}
        self._cells: dict[tuple[str, str], dict[str, Cell]] = {}
        self._new_rows: set[tuple[str, str]] = set()
        self._new_cells: set[tuple[str, str, str]] = set()

    def read(self, keys: Iterable[tuple[str, str]]) -> None:
        """Read at once what would be asked for row by row: tables and rows."""
        wanted: dict[str, list[str]] = {}
        for table, row in sorted(set(keys) - self._rows.keys()):
            wanted.setdefault(table, []).append(row)
        for table, rows in wanted.items():
            for start in range(0, len(rows), _MANY):
                self._read(table, rows[start : start + _MANY])

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        if (table, row) not in self._rows:
            self._read(table, [row])
        return self._rows[table, row]

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        self._rows[state.table, state.row] = state
        self._new_rows.add((state.table, state.row))

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""
        return self._of_row(table, row)

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""
        self._of_row(table, row)[field] = cell
        self._new_cells.add((table, row, field))

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        self._of_row(table, row).pop(field, None)
        self._new_cells.add((table, row, field))

    def flush(self) -> None:
        """Write what was gathered; to be called before the transaction ends."""
        rows = [state for key in sorted(self._new_rows) if (state := self._rows[key]) is not None]
        if not insert_or_replace(self._unit, schema.row_state, [_row_values(state) for state in rows], same="scope"):
            raise Met  # another feed has just taken this row
        kept, gone = [], []
        for table, row, field in sorted(self._new_cells):
            cell = self._of_row(table, row).get(field)
            where = {"tbl": table, "row": row, "field": field}
            if cell is None:
                gone.append({f"the_{name}": value for name, value in where.items()})
            else:
                kept.append({**where, "val": cell.val, "hlc": cell.hlc, "op": cell.op})
        insert_or_replace(self._unit, schema.cell, kept)
        if gone:
            self._unit.execute(_DELETE_CELL, gone)
        self._new_rows.clear()
        self._new_cells.clear()

    def _of_row(self, table: str, row: str) -> dict[str, Cell]:
        if (table, row) not in self._cells:
            self._read(table, [row])
        return self._cells[table, row]

    def _read(self, table: str, rows: list[str]) -> None:
        asked = {"the_tbl": table, "the_rows": rows}
        states = {row.row: _row_state(*row) for row in self._unit.execute(_ROWS, asked)}
        cells: dict[str, dict[str, Cell]] = {row: {} for row in rows}
        for row, field, val, clock, op in self._unit.execute(_CELLS, asked):
            cells[row][field] = Cell(val, clock, op)
        for row in rows:
            self._rows.setdefault((table, row), states.get(row))
            self._cells.setdefault((table, row), cells[row])

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists is left as it is."""
        insert_new(
            self._unit, schema.conflict,
            {
                "id": conflict.id, "tbl": conflict.table, "row": conflict.row, "field": conflict.field, "scope": conflict.scope,
                "winner_op": conflict.winner_op, "loser_op": conflict.loser_op, "loser_val": conflict.loser_val,
                "loser_author": conflict.loser_author, "loser_hlc": conflict.loser_hlc, "reason": str(conflict.reason),
            },
        )  # fmt: skip

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one, or another row's, is left as it is."""
        of = schema.conflict.c
        self._unit.execute(
            update(schema.conflict)
            .where(of.id == conflict_id, of.tbl == table, of.row == row, of.resolved_by.is_(None))
            .values(resolved_by=by_op)
        )
