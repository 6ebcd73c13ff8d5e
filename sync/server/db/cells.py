"""The server's side of the fold: cells, rows and conflicts inside one write transaction."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from sync.protocol.fold import Cell, Conflict, RowState
from sync.server.db import schema


class Cells:
    """Keep the confirmed layer in SQLite; what was read once in this transaction is remembered."""

    def __init__(self, unit: Connection) -> None:
        self._unit = unit
        self._cells: dict[tuple[str, str], dict[str, Cell]] = {}

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        of = schema.row_state.c
        found = self._unit.execute(
            select(of.tbl, of.row, of.scope, of.feed_seq, of.locked_by, of.voided_by, of.void_reason).where(
                of.tbl == table, of.row == row
            )
        ).first()
        return None if found is None else RowState(*found)

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        new = {
            "scope": state.scope, "feed_seq": state.feed_seq, "locked_by": state.locked_by,
            "voided_by": state.voided_by, "void_reason": state.void_reason,
        }  # fmt: skip
        self._unit.execute(
            insert(schema.row_state)
            .values(tbl=state.table, row=state.row, **new)
            .on_conflict_do_update(index_elements=["tbl", "row"], set_=new)
        )

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""
        known = self._cells.get((table, row))
        if known is None:
            of = schema.cell.c
            found = self._unit.execute(
                select(of.field, of.val, of.hlc, of.op).where(of.tbl == table, of.row == row)
            )
            known = self._cells[(table, row)] = {field: Cell(val, hlc, op) for field, val, hlc, op in found}
        return known

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""
        new = {"val": cell.val, "hlc": cell.hlc, "op": cell.op}
        self._unit.execute(
            insert(schema.cell)
            .values(tbl=table, row=row, field=field, **new)
            .on_conflict_do_update(index_elements=["tbl", "row", "field"], set_=new)
        )
        if (table, row) in self._cells:
            self._cells[(table, row)][field] = cell

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        of = schema.cell.c
        self._unit.execute(delete(schema.cell).where(of.tbl == table, of.row == row, of.field == field))
        self._cells.get((table, row), {}).pop(field, None)

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists is left as it is."""
        self._unit.execute(
            insert(schema.conflict)
            .values(
                id=conflict.id, tbl=conflict.table, row=conflict.row, field=conflict.field, scope=conflict.scope,
                winner_op=conflict.winner_op, loser_op=conflict.loser_op, loser_val=conflict.loser_val,
                loser_author=conflict.loser_author, loser_hlc=conflict.loser_hlc, reason=str(conflict.reason),
            )
            .on_conflict_do_nothing()
        )  # fmt: skip

    def resolve_conflict(self, conflict_id: str, by_op: str) -> None:
        """Mark a conflict resolved; an unknown or resolved one is left as it is."""
        of = schema.conflict.c
        self._unit.execute(
            update(schema.conflict)
            .where(of.id == conflict_id, of.resolved_by.is_(None))
            .values(resolved_by=by_op)
        )
