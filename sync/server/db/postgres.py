"""Many writers beside one another, on several machines: row locks where SQLite has its one writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, OperationalError, TimeoutError

from sync.protocol.codec import BadMessage
from sync.server.db.problems import BadAddress, Busy, DriverMissing, Met, NoRoom

# The server's own work sees every feed; what is given out to a device narrows it (`people.rls`).
_SETTINGS: Final = "-c app.feeds=* -c TimeZone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
# Whoever needs to be the only one writing holds this number; any number would do.
_ALONE: Final = "SELECT pg_advisory_xact_lock(706105218)"
# Two transactions met; the one that lost can begin again: serialization, deadlock, the same key inserted twice.
_MET: Final = frozenset(("40001", "40P01", "23505"))
_FULL: Final = "53100"
# No connection, no means, no lock in time, shut down, disk trouble; and a transaction that stood still for too long.
_UNREACHABLE: Final = ("08", "53", "55", "57", "58", "25P03")


class Postgres:
    """Connect to a database by its `postgresql://` address."""

    def __init__(self, url: str) -> None:
        try:
            import psycopg  # noqa: F401
        except ImportError as problem:
            raise DriverMissing(library="psycopg") from problem
        try:
            address = make_url(url).set(drivername="postgresql+psycopg")
        except ArgumentError as problem:
            raise BadAddress(at="database") from problem
        options = str(address.query.get("options", "")) + " " + _SETTINGS
        # Two pools: a transaction may look something up beside itself, and must not wait for others that do the same.
        self._engine = _engine(address, options.strip(), "READ COMMITTED")
        self._reader = _engine(address, options.strip(), "REPEATABLE READ")
        event.listen(self._reader, "connect", _never_write)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Give a transaction beside which no other `alone` runs, in any process."""
        with self.beside() as unit:
            unit.exec_driver_sql(_ALONE)
            yield unit

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """Give a transaction beside others; it locks what it decides on.

        Raises:
            Met: If it has to begin again.
        """
        with _translated(), self._engine.begin() as unit:
            yield unit

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a transaction that sees one unchanging state and cannot write."""
        with _translated(), self._reader.begin() as unit:
            yield unit

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._engine.dispose()


def _engine(address: URL, options: str, isolation: Literal["READ COMMITTED", "REPEATABLE READ"]) -> Engine:
    return create_engine(
        address, isolation_level=isolation, pool_size=8, max_overflow=12, pool_timeout=10, pool_pre_ping=True,
        hide_parameters=True,  # a log must not say what people wrote
        connect_args={"options": options, "connect_timeout": 10, "application_name": "yanfang-server"},
    )  # fmt: skip


def _never_write(link: Any, record: object) -> None:
    link.read_only = True


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DataError as problem:  # a text with a NUL, which SQLite would keep and no client writes
        raise BadMessage(at="text") from problem
    except TimeoutError as problem:  # every connection is in use
        raise Busy() from problem
    except DBAPIError as problem:
        state = _state(problem)
        if state in _MET:
            raise Met from problem
        if state == _FULL:
            raise NoRoom() from problem
        is_away = problem.connection_invalidated or (not state and isinstance(problem, OperationalError))
        if is_away or state.startswith(_UNREACHABLE):
            raise Busy() from problem
        raise


def _state(problem: DBAPIError) -> str:
    return getattr(problem.orig, "sqlstate", None) or ""
