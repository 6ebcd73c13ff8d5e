"""Imports of registers, and what sources say of their rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Integer

from app.core.clock import from_ms
from app.core.registers import (
    INSTITUTION,
    PERSON,
    Batch,
    BatchId,
    BatchState,
    Columns,
    Fact,
    FactId,
    FactState,
    ImportKind,
)
from app.db import versions
from app.db.repos.values import day, instant, packed, read_day, read_instant
from app.db.tables import SYNCED, fields_of
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_SOME: Final = 5_000
_FACT: Final = "id, about, row, field, value, source, stated_on, state, batch, by, at"


def entries(unit: ReadUnit, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and stored fields of each row of a register; empty fields are left out."""
    names = fields_of(SYNCED[table])
    listed = ", ".join(f'"{name}"' for name in names)
    after = ""
    while rows := unit.tuples(
        f"SELECT id, {listed} FROM {table} WHERE id > ? AND _deleted = 0 ORDER BY id LIMIT ?", (after, _SOME)
    ):
        after = rows[-1][0]
        for row_id, *values in rows:
            yield (
                row_id,
                {name: value for name, value in zip(names, values, strict=True) if value is not None},
            )


def blank(table: str) -> dict[str, Scalar]:
    """Return every field of a register, empty."""
    return dict.fromkeys(fields_of(SYNCED[table]))


def removed_ids(unit: ReadUnit, table: str) -> set[str]:
    """Return the ids of rows that were removed."""
    return {row for (row,) in unit.tuples(f"SELECT id FROM {table} WHERE _deleted = 1")}


def stored_value(about: str, field: str, text: str) -> Scalar:
    """Return a fact's value as its field stores it."""
    return int(text) if isinstance(SYNCED[about].c[field].type, Integer) else text


def batch_fields(batch: Batch, mapping: str) -> dict[str, Scalar]:
    """Return what is stored of an import."""
    counts = {"read": batch.read, "imported": batch.imported, "merged": batch.merged, "rejected": batch.rejected,
              "filled": batch.filled, "conflicts": batch.conflicts}  # fmt: skip
    return {
        "kind": str(batch.kind), "file": batch.file, "sha256": batch.sha256, "mapping": mapping, "source": batch.source,
        "stated_on": day(batch.stated_on), "counts": packed(counts), "state": str(batch.state), "by": batch.by,
        "at": instant(batch.at), "undone_at": instant(batch.undone_at),
    }  # fmt: skip


def batches(
    unit: ReadUnit, columns_of: Callable[[str], tuple[Columns, tuple[str, ...]]]
) -> Iterator[tuple[Batch, tuple[str, ...]]]:
    """Yield imports, newest first, each with the names its header had.

    Args:
        columns_of: Reads a stored mapping.
    """
    for row in unit.sql("SELECT * FROM import_batch WHERE _deleted = 0 ORDER BY at DESC, id DESC"):
        columns, names = columns_of(row.mapping)
        counts = json.loads(row.counts)
        yield (
            Batch(
                BatchId(row.id), ImportKind(row.kind), row.file or "", row.sha256 or "", columns, row.source or "",
                read_day(row.stated_on), counts["read"], counts["imported"], counts["merged"], counts["rejected"],
                counts["filled"], counts["conflicts"], BatchState(row.state), row.by or "", from_ms(row.at),
                read_instant(row.undone_at),
            ),
            names,
        )  # fmt: skip


def fact_fields(fact: Fact) -> dict[str, Scalar]:
    """Return what is stored of a fact."""
    return {
        "about": fact.about, "row": fact.row, "field": fact.field, "value": fact.value, "source": fact.source or None,
        "stated_on": day(fact.stated_on), "state": str(fact.state), "batch": fact.batch or None, "by": fact.by,
        "at": instant(fact.at),
    }  # fmt: skip


def facts_of(unit: ReadUnit, row: str) -> tuple[Fact, ...]:
    """Return all facts about a row, oldest first."""
    return tuple(
        map(
            _fact,
            unit.sql(
                f"SELECT {_FACT} FROM register_fact WHERE row = ? AND _deleted = 0 ORDER BY at, id", (row,)
            ),
        )
    )


def facts_of_batch(unit: ReadUnit, batch: str) -> tuple[Fact, ...]:
    """Return the facts that an import recorded."""
    return tuple(
        map(
            _fact,
            unit.sql(
                f"SELECT {_FACT} FROM register_fact WHERE batch = ? AND _deleted = 0 ORDER BY id", (batch,)
            ),
        )
    )


def fact(unit: ReadUnit, fact_id: str) -> Fact | None:
    """Return one fact."""
    rows = unit.sql(f"SELECT {_FACT} FROM register_fact WHERE id = ? AND _deleted = 0", (fact_id,))
    return _fact(rows[0]) if rows else None


def open_counts(unit: ReadUnit) -> dict[str, int]:
    """Return how many open facts there are, by register; those of rows that were removed count as well."""
    found = unit.tuples("SELECT about, count(*) FROM register_fact WHERE state = 'open' AND _deleted = 0 GROUP BY about")
    return dict(found)


def open_facts(unit: ReadUnit, about: str, row: str = "") -> tuple[Fact, ...]:
    """Return what waits for a decision: in one register, or of one row."""
    where, params = ("AND row = ?", (about, row)) if row else ("", (about,))
    return tuple(
        map(
            _fact,
            unit.sql(
                f"SELECT {_FACT} FROM register_fact WHERE about = ? {where} AND state = 'open' AND _deleted = 0 ORDER BY at, id",
                params,
            ),
        )
    )


def said(unit: ReadUnit, about: str) -> set[tuple[str, str, str]]:
    """Return row, field and value of what was already said and decided or still waits; it is not asked twice."""
    rows = unit.tuples(
        "SELECT row, field, value FROM register_fact WHERE about = ? AND state IN ('open', 'kept') AND _deleted = 0",
        (about,),
    )
    return {(row, field, value) for row, field, value in rows}


def made_by(unit: ReadUnit, table: str, batch: str) -> Sequence[tuple[str, set[str]]]:
    """Return the rows that an import made and that are there, with the lines of their fields."""
    rows = unit.tuples(f"SELECT id, _ver FROM {table} WHERE batch = ? AND _deleted = 0 ORDER BY id", (batch,))
    return [(row, versions.named(ver)) for row, ver in rows]


def used(unit: ReadUnit, table: str) -> set[str]:
    """Return ids of rows of a register that other rows name: tasks, checks, plans, draws, leads and so on."""
    found: set[str] = set()
    for other, column in _references(table):
        found.update(
            row for (row,) in unit.tuples(f'SELECT DISTINCT "{column}" FROM {other} WHERE "{column}" <> \'\'')
        )
    if table == PERSON:
        for other, column in _lists_of_people():
            for (text,) in unit.tuples(
                f'SELECT DISTINCT "{column}" FROM {other} WHERE "{column}" LIKE \'[%\''
            ):
                found.update(one for one in json.loads(text) if isinstance(one, str))
        found.update(row for (row,) in unit.tuples("SELECT me FROM office"))
    return found


@cache
def _references(table: str) -> tuple[tuple[str, str], ...]:
    names = {
        INSTITUTION: {"institution"},
        PERSON: {"person", "leader", "handler", "recorder", "replaced_by"},
    }[table]
    found = [
        (other, column)
        for other, one in SYNCED.items()
        for column in fields_of(one)
        if column in names and other != table
    ]
    return tuple(found) + (((INSTITUTION, "parent"),) if table == INSTITUTION else ())


@cache
def _lists_of_people() -> tuple[tuple[str, str], ...]:
    names = {"members", "inspectors", "experts"}
    return tuple(
        (other, column) for other, one in SYNCED.items() for column in fields_of(one) if column in names
    )


def standing(unit: ReadUnit, about: str, row: str) -> dict[str, Any] | None:
    """Return the stored fields of one row, None where it is not there."""
    names = fields_of(SYNCED[about])
    listed = ", ".join(f'"{name}"' for name in names)
    found = unit.tuples(f"SELECT {listed} FROM {about} WHERE id = ? AND _deleted = 0", (row,))
    return dict(zip(names, found[0], strict=True)) if found else None


def _fact(row: Any) -> Fact:
    return Fact(
        FactId(row.id), row.about, row.row, row.field, row.value or "", row.source or "", read_day(row.stated_on),
        FactState(row.state), BatchId(row.batch or ""), row.by or "", from_ms(row.at),
    )  # fmt: skip
