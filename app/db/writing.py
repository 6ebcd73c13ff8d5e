"""The one connection that writes: kept open, because an answer is saved in less time than a pool and a transaction of
SQLAlchemy take; and one thread at a time, which waits in turn instead of asking SQLite again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from app.db.statements import Statements


class WriteConnection:
    """Writing transactions of one process; each begins as BEGIN IMMEDIATE and says its mode to the guard."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.RLock()  # a second one of the same thread is refused by SQLite, not a deadlock
        self._open: tuple[Connection, Statements] | None = None

    @contextmanager
    def transaction(self, mode: str) -> Iterator[Connection]:
        """Write in one transaction, or keep nothing.

        Args:
            mode: `local` or `pull`, see `app.db.guard`.
        """
        with self._turn:
            connection, statements = self._opened()
            statements.run("BEGIN IMMEDIATE")
            try:
                statements.run("INSERT INTO temp._txn(mode) VALUES (?)", (mode,))
                yield connection
                statements.run("DELETE FROM temp._txn")
                if connection.in_transaction():  # somebody used SQLAlchemy's own way inside
                    connection.commit()
                else:
                    statements.run("COMMIT")
            except BaseException:
                self._roll_back(connection, statements)
                raise

    def close(self) -> None:
        """Close the connection after the transaction that runs; the next one opens another."""
        with self._turn:
            if self._open is not None:
                self._open[0].close()
                self._open = None

    def _opened(self) -> tuple[Connection, Statements]:
        if self._open is None:
            connection = self._engine.connect()
            self._open = connection, Statements(connection)
        return self._open

    def _roll_back(self, connection: Connection, statements: Statements) -> None:
        connection.rollback()
        if (
            statements.in_transaction
        ):  # SQLite itself ends it after a full disk, and then there is nothing to roll back
            statements.run("ROLLBACK")
