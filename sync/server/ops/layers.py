"""A confirmed layer in memory, to compare with the one that is kept."""

from collections.abc import Mapping

from sync.protocol import cells as form
from sync.protocol.fold import Cell, Conflict, RowState
from sync.protocol.gathered import Kept
from sync.protocol.lines import Scalar


class MemoryLayer:
    """Implements `fold.FoldStore` with dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], RowState] = {}
        self.conflicts: dict[str, tuple[Conflict, str | None]] = {}
        self._cells: dict[tuple[str, str], dict[str, Cell]] = {}

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        return self.rows.get((table, row))

    def kept(self, table: str, row: str) -> Kept | None:
        """Return the row as a database would keep it."""
        state = self.row(table, row)
        return None if state is None else Kept(state, form.to_text(self.cells(table, row)))

    def put_new(self, state: RowState, op: str, hlc: int, values: Mapping[str, Scalar]) -> None:
        """Insert a row that no line has touched, with cells that are all of one line and clock."""
        self.put_row(state)
        for name, value in values.items():
            self.put_cell(state.table, state.row, name, Cell(value, hlc, op))

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        self.rows[state.table, state.row] = state

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all cells of the row by field name."""
        return self._cells.get((table, row), {})

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""
        self._cells.setdefault((table, row), {})[field] = cell

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        self._cells.get((table, row), {}).pop(field, None)

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists is left as it is."""
        self.conflicts.setdefault(conflict.id, (conflict, None))

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one is left as it is."""
        found = self.conflicts.get(conflict_id)
        if found is not None and found[1] is None and (found[0].table, found[0].row) == (table, row):
            self.conflicts[conflict_id] = found[0], by_op
