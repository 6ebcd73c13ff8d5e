"""Plain statements on the driver's own cursor: a save is a dozen of them, and SQLAlchemy's way of running one costs more
than the database does."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.db.engine import path_of
from app.db.store_errors import from_sqlite

TOGETHER = 100  # always as many, or the driver would keep a statement for each number of rows


class Statements:
    """Run statements with `?` placeholders in the transaction of a connection; errors are those of SQLAlchemy's way."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: Any = connection.connection.cursor()

    @property
    def in_transaction(self) -> bool:
        """Whether the database itself is in one."""
        return bool(self._cursor.connection.in_transaction)

    def rows(self, text: str, params: Sequence[object] = ()) -> list[Any]:
        """Return all rows: tuples whose values are attributes as well."""
        found = self.tuples(text, params)
        if not found:
            return found
        return list(map(_row_class(tuple(column[0] for column in self._cursor.description)), found))

    def tuples(self, text: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows as plain tuples, where there are many and their order is known."""
        self.run(text, params)
        if self._cursor.description is None:
            return []
        try:
            found: list[tuple[Any, ...]] = self._cursor.fetchall()
        except sqlcipher.Error as error:
            raise self._typed(error, text) from error
        return found

    def run(self, text: str, params: Sequence[object] = ()) -> None:
        """Run a statement whose rows nobody wants."""
        try:
            self._cursor.execute(text, params)
        except sqlcipher.Error as error:
            raise self._typed(error, text) from error

    def many(self, text: str, params: Iterable[Sequence[object]]) -> None:
        """Run one statement with each set of values."""
        try:
            self._cursor.executemany(text, params)
        except sqlcipher.Error as error:
            raise self._typed(error, text) from error

    def insert(self, into: str, rows: Sequence[Sequence[object]], behind: str = "") -> None:
        """Insert rows of one width, most of them many by one statement, which SQLite does outside Python's lock.

        Args:
            into: The statement up to its VALUES.
            behind: What follows them.
        """
        if not rows:
            return
        place = f"({', '.join('?' * len(rows[0]))})"
        whole = len(rows) - len(rows) % TOGETHER
        for start in range(0, whole, TOGETHER):
            some = chain.from_iterable(rows[start : start + TOGETHER])
            self.run(f"{into} VALUES {', '.join([place] * TOGETHER)}{behind}", tuple(some))
        self.many(f"{into} VALUES {place}{behind}", rows[whole:])

    def _typed(self, error: Exception, text: str) -> BaseException:
        return from_sqlite(error, path_of(self._connection)) or DBAPIError.instance(
            text, None, error, sqlcipher.Error, hide_parameters=True, dialect=self._connection.dialect
        )


@lru_cache(maxsize=512)
def _row_class(names: tuple[str, ...]) -> type[tuple[Any, ...]]:
    fields: dict[str, Any] = {name: property(itemgetter(at)) for at, name in enumerate(names)}
    fields["__slots__"] = ()
    fields["_mapping"] = property(lambda row: dict(zip(names, row, strict=True)))
    return type("Row", (tuple,), fields)
