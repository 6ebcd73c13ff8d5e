"""The confirmed layer during one transaction: rows read together, folded in memory, written together."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sync.protocol import cells as form
from sync.protocol.fold import Cell, Conflict, RowState
from sync.protocol.lines import Scalar

Key = tuple[str, str]
Resolution = tuple[str, str, str, str]


class Kept(NamedTuple):
    """A row as it is stored; `cells` is the text of `cells.to_text`."""

    state: RowState
    cells: str


class Gathered:
    """Implements `fold.FoldStore`; each end adds how rows are read and how they are written."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept | None] = {}
        self._states: dict[Key, RowState | None] = {}
        self._cells: dict[Key, dict[str, Cell]] = {}  # of rows whose cells somebody asked for
        self._new: dict[Key, str] = {}  # cells of new rows, as long as nobody asks for them
        self._fresh: dict[Key, tuple[str, Mapping[str, Scalar]]] = {}  # the line and the values of new rows, likewise
        self._changed: dict[Key, None] = {}
        self._told: list[tuple[list[Conflict], list[Resolution]]] = [([], [])]

    @abstractmethod
    def _load(self, keys: list[Key]) -> Iterable[Kept]:
        """Return what is stored of these rows; of a row that is not there, nothing."""

    def read(self, keys: Iterable[Key]) -> None:
        """Read at once what would be asked for row by row."""
        wanted = sorted(set(keys) - self._kept.keys())
        for one in self._load(wanted) if wanted else ():
            key = (one.state.table, one.state.row)
            self._kept[key], self._states[key] = one, one.state
        for key in wanted:
            if key not in self._kept:
                self._kept[key] = self._states[key] = None

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        key = (table, row)
        if key not in self._kept:
            self.read((key,))
        return self._states[key]

    def put_new(self, state: RowState, op: str, hlc: int, values: Mapping[str, Scalar]) -> None:
        """Insert a row that no line has touched, with cells that are all of one line and clock."""
        key = (state.table, state.row)
        self._states[key] = state
        self._cells.pop(key, None)  # somebody may have asked, and found none
        self._new[key] = form.of_line(op, hlc, values)
        self._fresh[key] = (op, values)
        self._changed[key] = None

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        key = (state.table, state.row)
        self._own_cells(key)
        self._states[key] = state
        self._changed[key] = None

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""
        return self._own_cells((table, row))

    def values(self, table: str, row: str) -> dict[str, tuple[Scalar, str]]:
        """Return each confirmed value of the row with the line that set it, by field name."""
        opened = self._cells.get((table, row))
        if opened is not None:
            return {name: (cell.value, cell.op) for name, cell in opened.items()}
        return form.values(self._text((table, row)))

    def fresh(self, table: str, row: str) -> tuple[str, Mapping[str, Scalar]] | None:
        """Return the line that began a row in this transaction with all its values, as long as nothing else is known of it."""
        return self._fresh.get((table, row))

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell; the row's state is to be put as well."""
        self._own_cells((table, row))[field] = cell

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        self._own_cells((table, row)).pop(field, None)

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists, open or resolved, is left as it is."""
        if self._told[-1][1]:
            self._told.append(([], []))
        self._told[-1][0].append(conflict)

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one, or another row's, is left as it is."""
        self._told[-1][1].append((table, row, conflict_id, by_op))

    def _own_cells(self, key: Key) -> dict[str, Cell]:
        found = self._cells.get(key)
        if found is None:
            if key not in self._kept:
                self.read((key,))
            found = self._cells[key] = form.from_text(self._text(key))
            self._new.pop(key, None)
            self._fresh.pop(key, None)
        return found

    def _text(self, key: Key) -> str:
        kept = self._kept[key]
        return self._new.get(key) or ("[]" if kept is None else kept.cells)

    def _take_rows(self) -> list[tuple[Kept | None, Kept]]:
        """Return the rows to be written, as they were and as they are, in the order of their keys; they count as written."""
        rows = []
        for key in sorted(self._changed):
            state, before, text = self._states[key], self._kept[key], self._new.get(key)
            if state is not None:
                if text is None:
                    opened = self._cells.get(key)
                    text = self._text(key) if opened is None else form.to_text(opened)
                now = self._kept[key] = Kept(state, text)
                rows.append((before, now))
        self._changed.clear()
        self._new.clear()
        return rows

    def _take_told(self) -> list[tuple[list[Conflict], list[Resolution]]]:
        """Return runs of conflicts, then of resolutions, in the order in which the fold told them; they count as written."""
        told, self._told = self._told, [([], [])]
        return told
