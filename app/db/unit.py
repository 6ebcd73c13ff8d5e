"""Units of work: the only way to a connection. A writer says BEGIN IMMEDIATE and marks its transaction."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, event
from sqlalchemy.exc import DBAPIError

from app.core.errors import Refused
from app.core.outcome import Change
from app.core.turns import quick_turns
from app.db import guard, touched, versions
from app.db.journal import Journal, Writer
from app.db.new_rows import NewRows, into
from app.db.statements import Statements
from app.db.stored import stored
from app.db.tables import SYNCED, TOGETHER, fields_of
from app.db.writing import WriteConnection
from sync.protocol.bulk import NewRow, fields_text
from sync.protocol.fold import row_version
from sync.protocol.lines import DELETED, VOID, BadLine, FieldEdit, Kind, Scalar

_OWNED = "inspection"


class ReadUnit:
    """One consistent view of the store."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._statements = Statements(connection)

    def all(self, statement: Executable, params: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """Return all rows of a select."""
        return self.connection.execute(statement, params or {}).all()

    def first(self, statement: Executable, params: Mapping[str, object] | None = None) -> Row[Any] | None:
        """Return the first row of a select, or None."""
        return self.connection.execute(statement, params or {}).first()

    def sql(self, text: str, params: tuple[object, ...] = ()) -> Sequence[Any]:
        """Return all rows of a plain SQL query with `?` placeholders; for hot paths."""
        return self._statements.rows(text, params)

    def tuples(self, text: str, params: tuple[object, ...] = ()) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a plain SQL query as plain tuples."""
        return self._statements.tuples(text, params)


class WriteUnit(ReadUnit):
    """One transaction that may change synced rows; each change is said by a line, rows made at once by one (`Journal`).

    Attributes:
        changed: What was changed so far, for the `Outcome`.
    """

    def __init__(self, connection: Connection, journal: Journal) -> None:
        super().__init__(connection)
        self._journal = journal
        self._changed: set[Change] = set()
        self._states: dict[tuple[str, str], _RowState] = {}

    @property
    def changed(self) -> frozenset[Change]:
        """Return what was changed so far."""
        return frozenset(self._changed)

    def sql(self, text: str, params: tuple[object, ...] = ()) -> Sequence[Any]:
        """Return all rows of a plain SQL query, as `ReadUnit.sql`; the journal is whole to it."""
        self._tell(text)
        return super().sql(text, params)

    def tuples(self, text: str, params: tuple[object, ...] = ()) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a plain SQL query as plain tuples; the journal is whole to it."""
        self._tell(text)
        return super().tuples(text, params)

    def current(self, table: str, row: str) -> Mapping[str, Any] | None:
        """Return the fields of a row, None where there is none or it was removed; a `put` does not read it again."""
        state = self._state(table, row)
        return state.values if state.exists and not state.deleted else None

    def put(
        self, table: str, row: str, values: Mapping[str, Scalar], stamp: Mapping[str, Scalar] | None = None
    ) -> bool:
        """Create a row, or set those fields that differ and bring a removed one back; return whether anything changed.

        Args:
            stamp: Set as well when anything else changes: when and by whom.

        Raises:
            Refused: `record.locked` for a signed or voided row, `value.invalid` for a value that cannot travel.
        """
        old = self._state(table, row)
        self._must_be_free(old, table)
        differing = {name: stored(value) for name, value in values.items()}
        if old.exists:
            differing = {name: value for name, value in differing.items() if value != old.values[name]}
        else:
            differing = {name: value for name, value in differing.items() if value is not None}
        if not differing and not old.deleted:
            return False
        differing |= {name: stored(value) for name, value in (stamp or {}).items()}
        if not old.exists and table in TOGETHER:
            op = self._create(table, row, differing)
            self._store(table, row, old, differing, op)
            return True
        edits = tuple(FieldEdit(name, value, old.ver.get(name)) for name, value in differing.items())
        if old.deleted:  # brought back knowingly: nobody has to decide about it
            edits += (FieldEdit(DELETED, False, old.ver.get(DELETED)),)
        op = self._write(Kind.SET, table, row, edits, self._owner(table, row, old, differing))
        self._store(table, row, old, differing, op)
        return True

    @contextmanager
    def creating(self, table: str, told: Callable[[int], None]) -> Iterator[NewRows]:
        """Create many rows that never were there and belong to no record, as `put` would.

        Args:
            told: See `NewRows.finish`, which ends this.
        """
        self._close()
        with ThreadPoolExecutor(1, "store") as thread, quick_turns():
            new = NewRows(table, self._statements, self._journal, thread)
            yield new
            self._changed.update(Change(table, row) for row in new.finish(told))

    def create(
        self, table: str, rows: Iterable[tuple[str, Mapping[str, Scalar]]], told: Callable[[int], None]
    ) -> None:
        """Create rows that are all known already, as `creating`."""
        with self.creating(table, told) as new:
            for row, values in rows:
                new.add(row, values)

    def append(self, table: str, row: str, values: Mapping[str, Scalar]) -> None:
        """Insert a row that is never edited as a whole again."""
        given = {name: stored(value) for name, value in values.items() if value is not None}
        edits = tuple(FieldEdit(name, value) for name, value in given.items())
        owner = given.get(_OWNED)
        op = self._write(Kind.APPEND, table, row, edits, str(owner) if owner else None)
        self._store(table, row, _RowState(), given, op)

    def delete(self, table: str, row: str) -> None:
        """Mark a row as removed; its values and lines stay."""
        old = self._state(table, row)
        self._must_be_free(old, table)
        edit = FieldEdit(DELETED, True, row_version(old.ver))
        op = self._write(Kind.DELETE, table, row, (edit,), self._owner(table, row, old, {}))
        ver = versions.to_text({**old.ver, DELETED: op}, old.values)
        self._execute(f'UPDATE "{table}" SET _deleted = 1, _ver = ? WHERE id = ?', (ver, row))
        del self._states[table, row]

    def void(self, table: str, row: str, reason: str) -> None:
        """Mark a row as void (作废) with a reason; it stays visible."""
        old = self._state(table, row)
        self._must_be_free(old, table)
        self._write(Kind.VOID, table, row, (FieldEdit(VOID, reason),), self._owner(table, row, old, {}))
        self._execute(f'UPDATE "{table}" SET _voided = ? WHERE id = ?', (reason, row))
        del self._states[table, row]

    def sign(self, table: str, row: str, owner: str | None = None) -> None:
        """Lock a row as the signer saw it; a row that is locked already is left alone.

        A row that does not exist is locked empty: what another laptop wrote there unseen does not enter.

        Args:
            owner: Inspection of a row that does not exist.
        """
        old = self._state(table, row)
        if old.locked is not None:
            return
        cover = [FieldEdit(name, _scalar(old.values[name]), op) for name, op in old.ver.items() if name in old.values]
        if DELETED in old.ver:
            cover.append(FieldEdit(DELETED, old.deleted, old.ver[DELETED]))
        op = self._write(Kind.SIGN, table, row, tuple(cover), self._owner(table, row, old, {}) or owner)
        self._execute(f'UPDATE "{table}" SET _locked = ? WHERE id = ?', (op, row))
        del self._states[table, row]

    def custody(self, event: str, subject: str, owner: str | None = None, **facts: Scalar) -> None:
        """Write an event of the chain of custody (view, export, print, unlock) that changes no row."""
        edits = (FieldEdit("event", event), *(FieldEdit(name, value) for name, value in facts.items()))
        self._journal.write(Kind.CUSTODY, "custody", subject, edits, owner)

    def resolve(self, table: str, row: str, edits: tuple[FieldEdit, ...]) -> None:
        """Write the line that closes a conflict; the caller sets the decided value with `put` where it differs."""
        self._write(Kind.RESOLVE, table, row, edits, self._owner(table, row, self._state(table, row), {}))

    def local(self, text: str, params: tuple[object, ...] = ()) -> None:
        """Change a table that does not travel."""
        self._tell(text)
        self._execute(text, params)

    def finish(self) -> None:
        """Write down the rest; to be called before the transaction ends."""
        self._close()
        self._journal.flush()

    def note(self, table: str, row: str, owner: str | None = None) -> None:
        """Tell the screens about a change of a table that does not travel."""
        self._changed.add(Change(table, row, owner))

    def _create(self, table: str, row: str, fields: dict[str, Scalar]) -> str:
        owner = self._owner(table, row, _NEW, fields)
        try:
            op = self._journal.create(table, NewRow(row, fields_text(fields)), owner)
        except BadLine as error:
            raise Refused("value.invalid", **error.params) from error
        self._changed.add(Change(table, row, owner))
        return op

    def _tell(self, text: str) -> None:
        """Write down what was made before somebody looks into the journal."""
        if "sync_op" in text:
            self._close()

    def _close(self) -> None:
        try:
            self._journal.close()
        except BadLine as error:
            raise Refused("value.invalid", **error.params) from error

    def _write(self, kind: Kind, table: str, row: str, edits: tuple[FieldEdit, ...], owner: str | None) -> str:
        try:
            op = self._journal.write(kind, table, row, edits, owner)
        except BadLine as error:
            raise Refused("value.invalid", **error.params) from error
        self._changed.add(Change(table, row, owner))
        return op

    def _state(self, table: str, row: str) -> "_RowState":
        known = self._states.get((table, row))
        if known is None:
            known = self._states[table, row] = self._read_state(table, row)
        return known

    def _read_state(self, table: str, row: str) -> "_RowState":
        names = _columns(table)
        found = self._statements.tuples(_select_sql(table), (row,))
        if not found:
            return _RowState()
        *values, ver, locked, voided, deleted = found[0]
        shown = dict(zip(names, values, strict=True))
        return _RowState(
            exists=True, locked=locked, voided=voided, deleted=bool(deleted), ver=versions.from_text(ver, shown),
            values=shown,
        )  # fmt: skip

    def _must_be_free(self, old: "_RowState", table: str) -> None:
        if old.locked is not None:
            raise Refused("record.locked", table=table)
        if old.voided is not None:
            raise Refused("record.voided", table=table)

    def _owner(self, table: str, row: str, old: "_RowState", new: Mapping[str, Scalar]) -> str | None:
        if table == _OWNED:
            return row
        owner = new.get(_OWNED) or old.values.get(_OWNED)
        return str(owner) if owner else None

    def _store(self, table: str, row: str, old: "_RowState", new: Mapping[str, Scalar], op: str) -> None:
        ver = {**old.ver, **dict.fromkeys(new, op), **({DELETED: op} if old.deleted else {})}
        statement = _update_sql(table, tuple(new)) if old.exists else _insert_sql(table, tuple(new))
        values = {**(old.values or dict.fromkeys(_columns(table))), **new}
        self._execute(statement, (*new.values(), versions.to_text(ver, values), row))
        self._states[table, row] = _RowState(exists=True, ver=ver, values=values)

    def _execute(self, text: str, params: tuple[object, ...] = ()) -> None:
        self._statements.run(text, params)


@dataclass(frozen=True, slots=True)
class _RowState:
    exists: bool = False
    locked: str | None = None
    voided: str | None = None
    deleted: bool = False
    ver: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


_NEW = _RowState()


class Database:
    """The open local store."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        now: Callable[[], dt.datetime],
        new_id: Callable[[], str],
    ) -> None:
        self.engine = engine
        self._writing = WriteConnection(engine)
        event.listen(engine, "connect", lambda raw, _: _arm(raw.cursor()))
        engine.dispose()  # connections from before are not armed
        self.writer = writer
        self.now, self.new_id = now, new_id

    @contextmanager
    def read(self) -> Iterator[ReadUnit]:
        """Read in one snapshot.

        Raises:
            AppError: `db.*` where disk or database fail.
        """
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield ReadUnit(connection)

    @contextmanager
    def write(self) -> Iterator[WriteUnit]:
        """Write in one transaction: all lines and rows, or nothing.

        Raises:
            AppError: `db.*` where disk or database fail, and what the body raises; nothing is kept.
        """
        with self._unit("local") as unit:
            yield unit

    @contextmanager
    def pull(self) -> Iterator[WriteUnit]:
        """Take over what the server says in one transaction, with the lines that say so.

        Raises:
            AppError: As `write`.
        """
        with self._unit("pull") as unit:
            yield unit

    @contextmanager
    def _unit(self, mode: str) -> Iterator[WriteUnit]:
        with _translated(), self.marked(mode) as connection:
            journal = Journal(connection, self.writer, self.now, self.new_id)
            unit = WriteUnit(connection, journal)
            yield unit
            unit.finish()

    @contextmanager
    def marked(self, mode: str) -> Iterator[Connection]:
        """Open a writing transaction that the guard lets through; `local` or `pull`."""
        with self._writing.transaction(mode) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; Windows cannot rename an open file."""
        self._writing.close()
        self.engine.dispose()


def _arm(cursor: Any) -> None:
    guard.arm(cursor)
    touched.arm(cursor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if guard.LOCKED in str(error.orig):
            raise Refused("record.locked") from error
        raise
    except UnicodeEncodeError as error:  # a lone surrogate in a question to the database: no row can hold it
        raise Refused("value.invalid", reason="text") from error


def _scalar(value: Any) -> Scalar:
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(type(value))


@lru_cache(maxsize=256)
def _columns(table: str) -> tuple[str, ...]:
    return fields_of(SYNCED[table])


@lru_cache(maxsize=256)
def _select_sql(table: str) -> str:
    columns = ", ".join(f'"{name}"' for name in (*_columns(table), "_ver", "_locked", "_voided", "_deleted"))
    return f'SELECT {columns} FROM "{table}" WHERE id = ?'


@lru_cache(maxsize=1024)
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    return f"{into(table, names)} VALUES ({', '.join('?' * (len(names) + 2))})"


@lru_cache(maxsize=1024)
def _update_sql(table: str, names: tuple[str, ...]) -> str:
    sets = "".join(f'"{name}" = ?, ' for name in names)
    return f'UPDATE "{table}" SET {sets}_ver = ?, _deleted = 0 WHERE id = ?'
