"""Connections to the encrypted database: the key, the pragmas, and how a transaction begins."""

import enum
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool, QueuePool

from app.core.errors import AppError
from app.db.store_errors import CannotOpen, SqliteTooOld, StoreLocked, from_sqlite

KEY_BYTES = 32
BUSY_TIMEOUT_MS = 5000
STATEMENTS = 1024  # the driver drops the least used ones: a full cache would forget each new statement at once
CACHE_KIB = 8_192  # a page that left the cache is decrypted again
FIRST_SOUND_SQLITE = (3, 51, 3)
_WRITING = "yanfang_writing"
_PATH = "yanfang_path"

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA checkpoint_fullfsync=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA wal_autocheckpoint=8000",  # a page of a feed changes a thousand pages: not each one is to be written twice
    f"PRAGMA cache_size=-{CACHE_KIB}",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)


class Use(enum.Enum):
    """What a connection is for.

    WORK is the program's daily use (WAL, foreign keys on). READ refuses every write. REBUILD is for a copy nobody
    else has open: one file without a WAL, and foreign keys off, because a table that a migration rebuilds would
    otherwise take its children with it when the old one is dropped.
    """

    WORK = "work"
    READ = "read"
    REBUILD = "rebuild"


def make_engine(path: Path, key: bytes | bytearray, use: Use = Use.WORK) -> Engine:
    """Return an engine over an encrypted file; the file is touched at the first connection.

    Transactions begin as plain BEGIN; those of `for_writing(engine)` as BEGIN IMMEDIATE. Errors of the store itself
    (damaged, full, busy, wrong key) are raised as the classes of `store_errors`, all others as SQLAlchemy's.

    Args:
        key: 32 raw bytes. A bytearray is not copied: once it is wiped, no new connection opens.

    Raises:
        SqliteTooOld: If the driver's SQLite may lose commits in WAL mode.
    """
    if len(key) != KEY_BYTES:
        raise ValueError("the key has 32 bytes")
    if sqlcipher.sqlite_version_info < FIRST_SOUND_SQLITE:
        raise SqliteTooOld(sqlcipher.sqlite_version)
    pool: dict[str, Any] = (
        {"poolclass": QueuePool, "pool_size": 5, "max_overflow": 5, "pool_use_lifo": True}
        if use is Use.WORK
        else {"poolclass": NullPool}  # nothing may hold the file once the work on it is done (Windows)
    )
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: connect(path, key, use),
        hide_parameters=True,
        execution_options={_PATH: path},
        **pool,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", lambda context: _translate(context, path))
    return engine


def for_writing(engine: Engine) -> Engine:
    """Return the same engine and pool with transactions that take the write lock when they begin.

    A transaction that reads first and writes later may find that another one wrote in between: it then fails, or with
    the driver's own transactions silently loses an update.
    """
    return engine.execution_options(**{_WRITING: True})


def path_of(connection: Connection) -> Path:
    """Return the file that a connection works on."""
    found: Path = connection.get_execution_options()[_PATH]
    return found


def connect(path: Path, key: bytes | bytearray, use: Use = Use.WORK) -> Any:
    """Return a driver connection in autocommit mode, keyed and with its pragmas set.

    Raises:
        StoreLocked: If the key was wiped.
        AppError: One of `store_errors`.
    """
    if not any(key):
        raise StoreLocked
    # Percent-encoded by as_uri, so a folder named with ? or # is still that folder.
    uri = path.absolute().as_uri() + ("?mode=ro" if use is Use.READ else "?mode=rwc")
    try:
        raw = sqlcipher.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000,
            cached_statements=STATEMENTS,
        )
    except sqlcipher.Error as error:
        raise from_sqlite(error, path) or error from error
    try:
        _prepare(raw, path, key, use)
    except AppError:
        raw.close()
        raise
    except sqlcipher.Error as error:
        raw.close()
        raise from_sqlite(error, path) or error from error
    return raw


def _prepare(raw: Any, path: Path, key: bytes | bytearray, use: Use) -> None:
    raw.execute("PRAGMA cipher_log_level=NONE")  # SQLCipher writes its failures to stderr otherwise
    # Through the C call and not as a PRAGMA: no statement text, trace or cache ever holds the key.
    raw.set_key(bytearray(b"x'" + bytes(key).hex().encode("ascii") + b"'"))
    for pragma in _PRAGMAS:
        raw.execute(pragma)
    raw.execute(f"PRAGMA foreign_keys={'OFF' if use is Use.REBUILD else 'ON'}")
    if use is Use.READ:
        raw.execute("PRAGMA query_only=ON")
    else:
        wanted = "wal" if use is Use.WORK else "delete"
        found = raw.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0]
        if found != wanted:  # SQLite does not call this an error; a folder without shared memory would do it
            raise CannotOpen(path, f"journal mode {found}")
    # A wrong key shows only when the first page is read.
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    driver = connection.connection.driver_connection
    assert driver is not None
    if driver.in_transaction:  # begun by `app.db.writing`
        return
    try:
        driver.execute("BEGIN IMMEDIATE" if options.get(_WRITING, False) else "BEGIN")
    except sqlcipher.Error as error:
        raise from_sqlite(error, options[_PATH]) or error from error


def _translate(context: ExceptionContext, path: Path) -> None:
    typed = from_sqlite(context.original_exception, path)
    if typed is not None:
        raise typed from context.original_exception
