"""Digests of feeds, kept up to date by the fold, and counted anew where they are doubted."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from sync.protocol import digests
from sync.protocol.fold import Cell, Conflict, FoldStore, RowState
from sync.server.db import schema
from sync.server.db.cells import Cells


class Counted:
    """Pass on what the fold of one line does to the confirmed layer, and keep the difference it makes to the digest."""

    def __init__(self, cells: FoldStore) -> None:
        self._cells = cells
        self.difference = digests.EMPTY

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""
        return self._cells.row(table, row)

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""
        old = self._cells.row(state.table, state.row)
        if old is not None:
            self.difference ^= digests.row_part(old)
        self.difference ^= digests.row_part(state)
        self._cells.put_row(state)

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""
        return self._cells.cells(table, row)

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""
        self._without(table, row, field)
        self.difference ^= digests.cell_part(table, row, field, cell)
        self._cells.put_cell(table, row, field, cell)

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""
        self._without(table, row, field)
        self._cells.delete_cell(table, row, field)

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists is left as it is."""
        self._cells.add_conflict(conflict)

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one is left as it is."""
        self._cells.resolve_conflict(table, row, conflict_id, by_op)

    def _without(self, table: str, row: str, field: str) -> None:
        old = self._cells.cells(table, row).get(field)
        if old is not None:
            self.difference ^= digests.cell_part(table, row, field, old)


def kept(unit: Connection, feed: str) -> int:
    """Return the digest of a feed's rows and cells as it was kept."""
    text = unit.execute(select(schema.feed_head.c.digest).where(schema.feed_head.c.feed == feed)).scalar()
    return digests.EMPTY if text is None else digests.from_text(text)


def keep(unit: Connection, feed: str, digest: int) -> None:
    """Write the digest of a feed's rows and cells."""
    where = schema.feed_head.c.feed == feed
    unit.execute(update(schema.feed_head).where(where).values(digest=digests.to_text(digest)))


def with_conflicts(unit: Connection, feed: str, digest: int) -> int:
    """Return the digest of the whole confirmed layer from that of rows and cells; open conflicts are few."""
    of = schema.conflict.c
    for name in unit.execute(select(of.id).where(of.scope == feed, of.resolved_by.is_(None))).scalars():
        digest ^= digests.conflict_part(name)
    return digest


def counted_anew(unit: Connection, feed: str) -> int:
    """Return the digest of the rows and cells that are there: slow, for `doctor` and after an upgrade."""
    digest, of = digests.EMPTY, schema.row_state.c
    cells = Cells(unit)
    for table, row in unit.execute(select(of.tbl, of.row).where(of.scope == feed)).all():
        found = cells.row(table, row)
        assert found is not None
        digest ^= digests.of_row(found, cells.cells(table, row))
    return digest
