"""Insertions that meet an existing row, in the words of whichever database the transaction is on."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

Values = Mapping[str, Any]


def insert_new(unit: Connection, table: Table, values: Values) -> bool:
    """Insert one row unless its key, or anything else that must be unique, is there; return whether it was inserted."""
    return unit.execute(_ignoring(unit.dialect.name, table), values).rowcount == 1


def insert_or_replace(unit: Connection, table: Table, rows: Sequence[Values], same: str | None = None) -> bool:
    """Insert rows, or give the columns named in the values to the rows that have their primary keys.

    Args:
        rows: All with the same keys; no primary key twice.
        same: Column that an existing row must have in common with the new one; otherwise it is left as it is.

    Returns:
        Whether every row was written; False is possible only with `same`.
    """
    if not rows:
        return True
    written = unit.execute(_replacing(unit.dialect.name, table, tuple(rows[0]), same), rows)
    return same is None or written.rowcount == len(rows)


@cache
def _ignoring(dialect: str, table: Table) -> Insert:
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sqlite.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


@cache
def _replacing(dialect: str, table: Table, columns: tuple[str, ...], same: str | None) -> Insert:
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in columns if name not in keys}
    where = None if same is None else and_(table.c[same] == statement.excluded[same])
    replacing: Insert = statement.on_conflict_do_update(index_elements=keys, set_=others, where=where)
    return replacing.execution_options(preserve_rowcount=True)
