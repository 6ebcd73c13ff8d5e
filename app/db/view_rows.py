"""What screens read, made anew after a pull: confirmed cells, overlaid by lines that the server has not judged yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

from app.db import versions
from app.db.mates import overlaid
from app.db.statements import Statements
from app.db.tables import META_COLUMNS, SYNCED, fields_of
from sync.protocol.fold import RowState
from sync.protocol.gathered import Gathered, Key
from sync.protocol.lines import DELETED, VOID, Kind, Line, Scalar


def rebuild(
    statements: Statements, confirmed: Gathered, keys: Set[Key], own: Mapping[Key, Sequence[Line]]
) -> None:
    """Write the view rows of these keys; a row of which nothing is left is taken out.

    Args:
        own: Own lines without a verdict by row, oldest first; those of team-mates come between them.
    """
    if not keys:
        return
    confirmed.read(keys)
    own = overlaid(statements, confirmed.cells, keys, own)
    kept: dict[tuple[str, tuple[str, ...]], list[tuple[Scalar, ...]]] = defaultdict(list)
    gone: dict[str, list[tuple[str]]] = defaultdict(list)
    for table, row in sorted(keys):
        if table not in SYNCED:
            continue
        if (fresh := confirmed.fresh(table, row)) is not None and (table, row) not in own:
            op, given = fresh
            if _is_known(table, names := tuple(given)) and None not in given.values():
                kept[table, (*names, "_ver", "id")].append((*given.values(), op, row))
                continue
        made = _view(table, row, confirmed.row(table, row), confirmed.values(table, row), own.get((table, row), ()))
        if made is None:
            gone[table].append((row,))
        else:
            kept[table, (*_columns(table), *META_COLUMNS, "id")].append(made)
    for (table, names), rows in kept.items():
        listed = ", ".join(f'"{name}"' for name in names)
        statements.insert(f'INSERT INTO "{table}"({listed})', rows, _met(table))
    for table, ids in gone.items():
        statements.many(f'DELETE FROM "{table}" WHERE id = ?', ids)


def _view(
    table: str, row: str, state: RowState | None, values: dict[str, tuple[Scalar, str]], own: Sequence[Line]
) -> tuple[Scalar, ...] | None:
    locked = state.locked_by if state else None
    voided = state.void_reason if state and state.voided_by else None
    for line in own:
        match line.kind:
            case Kind.SET | Kind.APPEND | Kind.DELETE:
                values |= {edit.name: (edit.value, line.op) for edit in line.fields}
                if line.kind is Kind.SET and values.get(DELETED, (False, ""))[0]:
                    values[DELETED] = (False, line.op)  # as the fold does, and only then
            case Kind.RESOLVE:
                values |= {edit.name: (edit.value, line.op) for edit in line.fields if not edit.name.startswith("_")}
            case Kind.SIGN:
                locked = locked or line.op
            case Kind.VOID:
                edit = line.field(VOID)
                voided = voided or str(edit.value if edit else "")
            case Kind.CUSTODY:
                pass
    names = _columns(table)
    is_deleted = bool(values.get(DELETED, (False, ""))[0])
    if not is_deleted and not any(name in values for name in names):
        return None
    shown = {name: values[name][0] if name in values else None for name in names}
    ver = versions.to_text({name: values[name][1] for name in (*names, DELETED) if name in values}, shown)
    return (*shown.values(), ver, locked, voided, int(is_deleted), row)


@lru_cache(maxsize=256)
def _columns(table: str) -> tuple[str, ...]:
    return fields_of(SYNCED[table])


@lru_cache(maxsize=1024)
def _is_known(table: str, names: tuple[str, ...]) -> bool:
    return set(names) <= set(_columns(table))


@lru_cache(maxsize=256)
def _met(table: str) -> str:
    """Return what follows the values: a row that is there gets them, and nothing where none is given."""
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in (*_columns(table), *META_COLUMNS))
    return f" ON CONFLICT(id) DO UPDATE SET {updates}"
