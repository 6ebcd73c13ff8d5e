"""Open conflicts: what somebody has to decide, and what merely came with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.db.tables import SYNCED
from app.db.unit import ReadUnit

# Who wrote when, and the place in a list, follow from the decision on the value itself: nobody is asked about them.
_CLERICAL = {
    "answer": frozenset({"inspection", "template", "item", "answered_at", "answered_by"}),
    "answer_row": frozenset({"inspection", "template", "item", "position"}),
    "evidence": frozenset({"position"}),
    "finding": frozenset({"inspection", "position"}),
    "turn": frozenset({"inspection", "interview", "position", "asked_at"}),
}

# Rows a record may gain unseen, with what is shown of each.
_LATE = {
    "answer_row": "t.cells",
    "evidence": "coalesce(t.caption, t.file_name)",
    "finding": "t.title",
    "interview": "t.subject",
}


def open_lines(unit: ReadUnit) -> Sequence[Row[Any]]:
    """Return the open conflicts that need a person, oldest loser first, with the current cell and the loser's author."""
    rows = unit.sql(
        "SELECT c.*, s.cells, p.name AS author FROM sync_conflict c"
        " LEFT JOIN sync_row s ON s.tbl = c.tbl AND s.row = c.row"
        " LEFT JOIN person p ON p.id = c.loser_author WHERE c.resolved_by IS NULL ORDER BY c.loser_hlc, c.id"
    )
    return [*(row for row in rows if not is_clerical(row)), *late(unit)]


def late(unit: ReadUnit) -> Sequence[Row[Any]]:
    """Return whole rows that another laptop added to a record signed without them, in the shape of a conflict."""
    return unit.sql(" UNION ALL ".join(_late_sql(table) for table in _LATE))


def with_company(unit: ReadUnit, conflict_id: str) -> Sequence[Row[Any]]:
    """Return an open conflict, first, and the clerical ones that the same line brought; nothing if it is not open."""
    rows = unit.sql(
        "SELECT o.* FROM sync_conflict o JOIN sync_conflict c ON c.tbl = o.tbl AND c.row = o.row WHERE c.id = ?1"
        " AND c.resolved_by IS NULL AND o.resolved_by IS NULL ORDER BY o.id <> ?1, o.id",
        (conflict_id,),
    )
    return [row for row in rows if row.id == conflict_id or is_clerical(row)]


def count_in(unit: ReadUnit, inspection_id: str) -> int:
    """Return how many open conflicts of an inspection's rows need a person."""
    total = 0
    for row in open_lines(unit):
        table = SYNCED.get(row.tbl)
        if row.row == inspection_id:
            total += 1
        elif table is not None and "inspection" in table.c:
            total += len(unit.sql(f'SELECT 1 FROM "{row.tbl}" WHERE id = ? AND inspection = ?', (row.row, inspection_id)))
    return total


def _late_sql(table: str) -> str:
    return (
        f"SELECT 'late:{table}:' || t.id AS id, '{table}' AS tbl, t.id AS row, '_row' AS field, NULL AS cells,"
        f" json_quote({_LATE[table]}) AS loser_val, NULL AS author, NULL AS loser_author,"
        f" 'late_after_signature' AS reason FROM \"{table}\" t JOIN inspection v ON v.id = t.inspection"
        " WHERE v._locked IS NOT NULL AND t._locked IS NULL AND t._deleted = 0 AND t._voided IS NULL"
    )


def is_clerical(row: Row[Any]) -> bool:
    """Return whether a conflict follows from the decision on another one, so that nobody is asked."""
    return row.field in _CLERICAL.get(row.tbl, ())
