"""The server's side of the fold: rows with their cells, and conflicts, inside one write transaction."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, bindparam, select, tuple_, update

from sync.protocol import digests
from sync.protocol.fold import Conflict, RowState
from sync.protocol.gathered import Gathered, Kept, Key
from sync.protocol.lines import scalar_text, scalar_value
from sync.server.db import schema
from sync.server.db.problems import Met
from sync.server.db.upserts import insert_new, read_many, write_many

_STATE = schema.row_state.c
_COLUMNS: Final = (
    "tbl", "row", "scope", "feed_seq", "locked_by", "voided_by", "void_reason", "appended_by", "cells",
)  # fmt: skip
_PLAIN: Final = ("tbl", "row", "scope", "feed_seq", "cells")
_NO_MARKS: Final = [None] * 4
_ROWS: Final = select(*(_STATE[name] for name in _COLUMNS))
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


def rows_of(unit: Connection, feed: str, after: Key = ("", ""), limit: int | None = None) -> Iterator[Kept]:
    """Yield the rows of a feed's confirmed layer behind a key, in the order of their keys."""
    wanted = _ROWS.where(_STATE.scope == feed, tuple_(_STATE.tbl, _STATE.row) > tuple_(*after))
    for row in unit.execute(wanted.order_by(_STATE.tbl, _STATE.row).limit(limit)):
        yield _kept(*row)


def _kept(
    table: str, row: str, scope: str, feed_seq: int, locked_by: str | None, voided_by: str | None,
    void_reason: str | None, appended_by: str | None, cells: str,
) -> Kept:  # fmt: skip
    reason = None if void_reason is None else str(scalar_value(void_reason))
    return Kept(RowState(table, row, scope, feed_seq, locked_by, voided_by, reason, appended_by), cells)


class Cells(Gathered):
    """Keep the confirmed layer in the database; nothing is written until `flush`."""

    def __init__(self, unit: Connection) -> None:
        super().__init__()
        self._unit = unit

    def flush(self) -> dict[str, int]:
        """Write what was gathered before the transaction ends; return by feed what changes its digest, to be XORed."""
        rows = self._take_rows()
        plain: list[tuple[object, ...]] = []
        marked: list[tuple[object, ...]] = []
        changes: dict[str, int] = {}
        for before, now in rows:
            table, row, scope, seq, *marks = state = now.state
            if marks == _NO_MARKS:  # a mark never goes; and the driver takes a microsecond over each empty value
                plain.append((table, row, scope, seq, now.cells))
            else:
                reason = None if state.void_reason is None else scalar_text(state.void_reason)  # PostgreSQL keeps no NUL in a text
                marked.append((*state._replace(void_reason=reason), now.cells))
            change = digests.of_row(now) if before is None else digests.of_row(before) ^ digests.of_row(now)
            changes[scope] = changes.get(scope, digests.EMPTY) ^ change
        for columns, some in ((_PLAIN, plain), (_COLUMNS, marked)):
            if not write_many(self._unit, schema.row_state, columns, some, same="scope"):
                raise Met  # another feed has just taken this row
        for conflicts, resolutions in self._take_told():
            for one in conflicts:
                insert_new(self._unit, schema.conflict, _conflict_values(one))
            if resolutions:
                self._unit.execute(_RESOLVE, [dict(zip(_RESOLVED, one, strict=True)) for one in resolutions])
        return changes

    def _load(self, keys: list[Key]) -> Iterator[Kept]:
        for table, rows in groupby(keys, key=itemgetter(0)):
            ids = [row for _, row in rows]
            for row in read_many(self._unit, schema.row_state, _COLUMNS, "row", ids, {"tbl": table}):
                yield _kept(*row)


def _conflict_values(conflict: Conflict) -> dict[str, str | int | None]:
    return {
        "id": conflict.id, "tbl": conflict.table, "row": conflict.row, "field": conflict.field, "scope": conflict.scope,
        "winner_op": conflict.winner_op, "loser_op": conflict.loser_op, "loser_val": conflict.loser_val,
        "loser_author": conflict.loser_author, "loser_hlc": conflict.loser_hlc, "reason": str(conflict.reason),
    }  # fmt: skip
