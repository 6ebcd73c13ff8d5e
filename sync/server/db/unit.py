"""The only way to the server's database: writers that cannot come between one another, readers on a snapshot."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, select

from sync.server.db import versions
from sync.server.db.postgres import Postgres
from sync.server.db.problems import Busy, DatabaseTooNew, Met
from sync.server.db.sqlite import Sqlite
from sync.server.world import World

__all__ = ["Database", "DatabaseTooNew"]

T = TypeVar("T")
_TRIES: Final = 8
_SCHEMES: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")


class Database:
    """Give transactions on a SQLite file (a path) or on PostgreSQL (a `postgresql://` address)."""

    def __init__(self, place: Path | str) -> None:
        self._backend: Sqlite | Postgres
        if isinstance(place, str) and place.startswith(_SCHEMES):
            self._backend = Postgres(place.replace("postgres://", "postgresql://", 1))
        else:
            self._backend = Sqlite(Path(place))

    @property
    def is_shared(self) -> bool:
        """Whether other processes may serve devices from the same database."""
        return isinstance(self._backend, Postgres)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction beside which no other `write` runs; what it reads, no other `write` changes.

        Raises:
            Busy: If the database cannot be reached or a concurrent `transact` came between.
        """
        try:
            with self._backend.alone() as unit:
                yield unit
        except Met as problem:
            raise Busy() from problem

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Do the work in a transaction beside others, from the beginning again where two of them met.

        The work locks the rows it decides on (`with_for_update`, `heads.lock`) and does nothing but write to the unit.

        Raises:
            Busy: If the database cannot be reached or others come between again and again.
        """
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(0.005 * 2**attempt)
            try:
                with self._backend.beside() as unit:
                    return work(unit)
            except Met as problem:
                met = problem
        raise Busy() from met

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that sees one unchanging state.

        Raises:
            Busy: If the database cannot be reached.
        """
        try:
            with self._backend.snapshot() as unit:
                yield unit
        except Met as problem:
            raise Busy() from problem

    def prepare(self, world: World) -> None:
        """Bring the tables to this version and give a new server its identity.

        Raises:
            DatabaseTooNew: If the schema is of a later version.
        """
        with self.read() as unit:
            if versions.is_current(unit):
                return
        with self.write() as unit:
            versions.upgrade(unit)
            versions.settle(unit, world)

    def check(self) -> None:
        """Require that the database answers.

        Raises:
            Busy: If it does not.
        """
        with self.read() as unit:
            unit.execute(select(1))

    def copy_to(self, path: Path) -> bool:
        """Write the last committed state into a new SQLite file, if that is what this is; else return False."""
        if isinstance(self._backend, Postgres):
            return False
        self._backend.copy_to(path)
        return True

    def close(self) -> None:
        """Close every connection."""
        self._backend.close()
