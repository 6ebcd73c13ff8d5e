"""The confirmed layer during one transaction: rows read together, folded in memory, written together."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping

from sync.protocol.fold import Cell, Conflict, RowState

Key = tuple[str, str]
Resolution = tuple[str, str, str, str]


class Gathered:
    """Implements `fold.FoldStore`; each end adds how rows are read and how they are written."""

    def __init__(self) -> None:
        self._states: dict[Key, RowState | None] = {}
        self._cells: dict[Key, dict[str, Cell]] = {}
        self._new_states: dict[Key, None] = {}
        self._new_cells: dict[tuple[str, str, str], None] = {}
        self._told: list[tuple[list[Conflict], list[Resolution]]] = [([], [])]

    @abstractmethod
    def _load(self, keys: list[Key]) -> Iterable[tuple[Key, RowState | None, dict[str, Cell]]]:
        """Return what is stored of these rows; of a row that is not there, nothing need be said."""

    def read(self, keys: Iterable[Key]) -> None:
        """Read at once what would be asked for row by row."""
        wanted = sorted(set(keys) - self._states.keys())
        for key, state, cells in self._load(wanted) if wanted else ():
            self._states[key] = state
            self._cells[key] = cells
        for key in wanted:
            self._states.setdefault(key, None)
            self._cells.setdefault(key, {})

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        key = (table, row)
        if key not in self._states:
            self.read((key,))
        return self._states[key]

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        key = (state.table, state.row)
        self._states[key] = state
        self._cells.setdefault(key, {})
        self._new_states[key] = None

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""
        key = (table, row)
        if key not in self._states:
            self.read((key,))
        return self._cells[key]

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""
        self.cells(table, row)
        self._cells[table, row][field] = cell
        self._new_cells[table, row, field] = None

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        self.cells(table, row)
        self._cells[table, row].pop(field, None)
        self._new_cells[table, row, field] = None

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists, open or resolved, is left as it is."""
        if self._told[-1][1]:
            self._told.append(([], []))
        self._told[-1][0].append(conflict)

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one, or another row's, is left as it is."""
        self._told[-1][1].append((table, row, conflict_id, by_op))

    def _take_states(self) -> list[RowState]:
        """Return the row states to be written, in the order of their keys; they count as written."""
        states = [state for key in sorted(self._new_states) if (state := self._states[key]) is not None]
        self._new_states.clear()
        return states

    def _take_cells(self) -> tuple[list[tuple[str, str, str, Cell]], list[tuple[str, str, str]]]:
        """Return cells to be written and cells to be removed, in the order of their keys; they count as written."""
        kept, gone = [], []
        for table, row, field in sorted(self._new_cells):
            cell = self._cells[table, row].get(field)
            if cell is None:
                gone.append((table, row, field))
            else:
                kept.append((table, row, field, cell))
        self._new_cells.clear()
        return kept, gone

    def _take_told(self) -> list[tuple[list[Conflict], list[Resolution]]]:
        """Return runs of conflicts, then of resolutions, in the order in which the fold told them; they count as written."""
        told, self._told = self._told, [([], [])]
        return told
