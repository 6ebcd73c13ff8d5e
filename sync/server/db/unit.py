"""The only way to the server's database: one writer at a time, readers on a snapshot of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, insert, select

from sync.protocol.errors import SyncError
from sync.server.db import schema
from sync.server.world import World

_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "checkpoint_fullfsync=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "busy_timeout=5000",
)
# Earlier versions may lose commits when the log is reset with two connections open.
_LEAST_SQLITE: Final = (3, 51, 3)


class DatabaseTooNew(SyncError):
    """Say that a newer program wrote this data folder."""

    code = "server.database_too_new"


class Database:
    """Open the server's SQLite file; the driver is SQLCipher's for its current SQLite, without a key."""

    def __init__(self, path: Path) -> None:
        if driver.sqlite_version_info < _LEAST_SQLITE:
            raise RuntimeError(f"SQLite {driver.sqlite_version} is too old")
        self._path = path
        self._turn = threading.Lock()
        self._writer = self._engine("BEGIN IMMEDIATE", size=1)
        self._reader = self._engine("BEGIN", size=8)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that holds the write lock and commits at the end."""
        with self._turn, self._writer.begin() as unit:
            yield unit

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state."""
        with self._reader.begin() as unit:
            yield unit

    def prepare(self, world: World) -> None:
        """Make the tables and the server's identity where they are missing.

        Raises:
            DatabaseTooNew: If the schema is of a later version.
        """
        with self.write() as unit:
            schema.metadata.create_all(unit)
            found = unit.execute(select(schema.server_self.c.schema)).scalar()
            if found is None:
                unit.execute(
                    insert(schema.server_self).values(
                        one=1, server=world.new_id(), epoch=world.new_id(), schema=schema.SCHEMA_VERSION
                    )
                )
            elif found > schema.SCHEMA_VERSION:
                raise DatabaseTooNew(found=found, known=schema.SCHEMA_VERSION)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    def _connect(self) -> Any:
        # isolation_level=None: the driver must not begin transactions of its own, weaker ones.
        link = driver.connect(str(self._path), check_same_thread=False, isolation_level=None)
        for pragma in _PRAGMAS:
            link.execute(f"PRAGMA {pragma}").fetchall()
        return link

    def _engine(self, begin: str, *, size: int) -> Engine:
        engine = create_engine(
            "sqlite+pysqlite://", module=driver, creator=self._connect, poolclass=QueuePool,
            pool_size=size, max_overflow=0 if size == 1 else 32,
        )  # fmt: skip

        def on_begin(unit: Connection) -> None:
            unit.exec_driver_sql(begin)

        event.listen(engine, "begin", on_begin)
        return engine
