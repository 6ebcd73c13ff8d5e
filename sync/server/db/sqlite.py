"""One file, one writer at a time: the database of a single office."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import OperationalError

from sync.server.db.problems import Busy, NoRoom

_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "checkpoint_fullfsync=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "busy_timeout=5000",
    "cache_size=-2000",  # of each connection, and of those there are many; the system keeps the rest of the file
    "wal_autocheckpoint=8000",  # a batch of lines is five hundred pages: not each one is to be written twice
)
# Earlier versions may lose commits when the log is reset with two connections open.
_LEAST_SQLITE: Final = (3, 51, 3)
_FULL: Final = "disk is full"
_TRIES, _PAUSE_S = 500, 0.01
_STATEMENTS: Final = 512  # kept ready by the driver: more than the server has


class Sqlite:
    """Open the file; the driver is SQLCipher's for its current SQLite, without a key."""

    def __init__(self, path: Path) -> None:
        if driver.sqlite_version_info < _LEAST_SQLITE:
            raise RuntimeError(f"SQLite {driver.sqlite_version} is too old")
        self._path = path
        self._turn = Lock()
        self._writer = self._engine("BEGIN IMMEDIATE", size=1)
        self._reader = self._engine("BEGIN", size=8)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Give a transaction during which nobody else writes."""
        with self._turn, _translated(), self._writer.begin() as unit:
            yield unit

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """Give the same: there is one writer."""
        with self.alone() as unit:
            yield unit

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a transaction that sees one unchanging state."""
        with _translated(), self._reader.begin() as unit:
            yield unit

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    def copy_to(self, path: Path) -> None:
        """Write the last committed state into a new file, in one piece on the disk; work goes on meanwhile."""
        link = self._connect()
        try:
            link.execute("VACUUM INTO ?", (str(path),))
        except driver.OperationalError as problem:
            if _FULL in str(problem):
                raise NoRoom() from problem
            raise
        finally:
            link.close()

    def _connect(self) -> Any:
        # isolation_level=None: the driver must not begin transactions of its own, weaker ones.
        link = driver.connect(
            str(self._path), check_same_thread=False, isolation_level=None, cached_statements=_STATEMENTS
        )
        for pragma in _PRAGMAS:
            _set(link, pragma)
        return link

    def _engine(self, begin: str, *, size: int) -> Engine:
        engine = create_engine(
            "sqlite+pysqlite://", module=driver, creator=self._connect, poolclass=QueuePool,
            pool_size=size, max_overflow=0 if size == 1 else 32,
            pool_use_lifo=True,  # one after another on the same connection: its pages and statements are there
            hide_parameters=True,  # a log must not say what people wrote
        )  # fmt: skip

        def on_begin(unit: Connection) -> None:
            unit.exec_driver_sql(begin)

        event.listen(engine, "begin", on_begin)
        return engine


def _set(link: Any, pragma: str) -> None:
    """Set a pragma; SQLite does not wait by itself for another who makes a new file one with a log."""
    for left in reversed(range(_TRIES)):
        try:
            link.execute(f"PRAGMA {pragma}").fetchall()
        except driver.OperationalError as problem:
            if "locked" not in str(problem) or not left:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        if "locked" in str(problem.orig):
            raise Busy() from problem
        if _FULL in str(problem.orig):
            raise NoRoom() from problem
        raise
