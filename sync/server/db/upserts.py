"""Statements about many rows, and insertions that meet an existing one, in the words of whichever database it is."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

Values = Mapping[str, Any]
_TOGETHER: Final = 100
_COUNTED: Final = {"preserve_rowcount": True}


def insert_new(unit: Connection, table: Table, values: Values) -> bool:
    """Insert one row unless its key, or anything else that must be unique, is there; return whether it was inserted."""
    return unit.execute(_ignoring(unit.dialect.name, table), values).rowcount == 1


def read_many(
    unit: Connection, table: Table, columns: tuple[str, ...], key: str, wanted: Sequence[str], where: Mapping[str, str] | None = None
) -> list[tuple[Any, ...]]:
    """Return columns of the rows whose key is among many, on the driver's own way like `write_many`.

    Args:
        where: Further columns that must be equal.
    """
    if not wanted:
        return []
    others = where or {}
    text = _read(unit.dialect.name, table, columns, key, tuple(others))
    among = list(wanted) if unit.dialect.name == "postgresql" else json.dumps(wanted)
    return list(map(tuple, unit.exec_driver_sql(text, (*others.values(), among))))


def insert_many(unit: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert new rows as `write_many` does."""
    if rows:
        unit.exec_driver_sql(_inserted(unit.dialect.name, table, columns), list(rows))


def write_many(
    unit: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], same: str | None = None
) -> bool:
    """Insert many rows, or give the columns to the rows that have their primary keys, on the driver's own way.

    SQLAlchemy's way of binding values costs more than the database does where there are thousands.

    Args:
        rows: As wide as `columns`, of the driver's own types; no primary key twice.
        same: Column that an existing row must have in common with the new one; otherwise it is left as it is.

    Returns:
        Whether every row was written; False is possible only with `same`.
    """
    if not rows:
        return True
    text = _written(unit.dialect.name, table, columns, same, 1)
    count, start = 0, 0
    if unit.dialect.name == "sqlite":  # many by one statement, which it does outside Python's lock
        together = _written(unit.dialect.name, table, columns, same, _TOGETHER)
        for start in range(_TOGETHER, len(rows) + 1, _TOGETHER):
            some = tuple(chain.from_iterable(rows[start - _TOGETHER : start]))
            count += unit.exec_driver_sql(together, some, execution_options=_COUNTED).rowcount
    if start < len(rows):
        count += unit.exec_driver_sql(text, list(rows[start:]), execution_options=_COUNTED).rowcount
    return same is None or count == len(rows)


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
    columns = tuple(rows[0])
    return write_many(unit, table, columns, [tuple(row[name] for name in columns) for row in rows], same)


@cache
def _read(dialect: str, table: Table, columns: tuple[str, ...], key: str, others: tuple[str, ...]) -> str:
    named, mark = ", ".join(f'"{name}"' for name in columns), "%s" if dialect == "postgresql" else "?"
    among = f"= ANY({mark})" if dialect == "postgresql" else f"IN (SELECT value FROM json_each({mark}))"
    equal = "".join(f'"{name}" = {mark} AND ' for name in others)
    return f'SELECT {named} FROM "{table.name}" WHERE {equal}"{key}" {among}'


@cache
def _inserted(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    named, mark = ", ".join(f'"{name}"' for name in columns), "%s" if dialect == "postgresql" else "?"
    return f'INSERT INTO "{table.name}"({named}) VALUES ({", ".join([mark] * len(columns))})'


@cache
def _written(dialect: str, table: Table, columns: tuple[str, ...], same: str | None, count: int) -> str:
    keys = [column.name for column in table.primary_key]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    where = "" if same is None else f' WHERE "{table.name}"."{same}" = excluded."{same}"'
    met = f"ON CONFLICT({', '.join(keys)}) DO UPDATE SET {sets}{where}"
    place = "({})".format(", ".join(["%s" if dialect == "postgresql" else "?"] * len(columns)))
    return f"{_inserted(dialect, table, columns)}{f', {place}' * (count - 1)} {met}"


@cache
def _ignoring(dialect: str, table: Table) -> Insert:
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sqlite.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
