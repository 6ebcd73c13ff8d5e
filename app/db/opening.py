"""Opening the store: unlock, refuse newer, back up, upgrade a copy, check it, swap."""

import datetime as dt
import enum
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import AppError
from app.db import store_files as files
from app.db.backup import Kind, backup, backup_path, last_good
from app.db.checks import blame, problems
from app.db.engine import Use, for_writing, make_engine
from app.db.store_errors import (
    Damaged,
    DatabaseExists,
    DiskFull,
    MissingDatabase,
    NewerDatabase,
    UpgradeFailed,
    WrongKey,
    from_os,
)

Migrate = Callable[[Connection], None]
_SPARE_BYTES = 1 << 20


class Opening(enum.Enum):
    """What opening did."""

    CREATED = "created"
    OK = "ok"
    UPGRADED = "upgraded"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store.

    Attributes:
        recovered: Whether the last session ended without closing (its WAL was replayed and the store checked).
        backup: The copy made before an upgrade.
    """

    engine: Engine
    state: Opening
    recovered: bool = False
    backup: Path | None = None


def create_store(
    path: Path, key: bytes | bytearray, migrate: Migrate, *, version: int, now: dt.datetime
) -> Opened:
    """Make a new store; it appears under its name only when it is whole.

    Args:
        migrate: Brings an empty database to `version`, inside the one transaction of the connection it is given.

    Raises:
        DatabaseExists: If there is one already; it is not touched.
        DiskFull: Nothing is left behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.finish_interrupted(path)
        if path.exists():
            raise DatabaseExists(path)
        _build(path, key, migrate, version)
        files.swap_in(path, now)
    except OSError as error:
        raise from_os(error, path) from error
    return Opened(_usable(path, key), Opening.CREATED)


def open_store(
    path: Path,
    key: bytes | bytearray,
    migrate: Migrate,
    *,
    version: int,
    backups_dir: Path,
    now: dt.datetime,
) -> Opened:
    """Open the store, upgrading it first when it is older than the program.

    An upgrade works on a copy: the store itself is replaced in one step by a checked one, or stays as it was.
    The caller holds the profile's lock: nobody else has the file open.

    Args:
        migrate: Brings the copy from its `user_version` to `version`, inside the one transaction of the connection it
            is given, with foreign keys off (they are checked afterwards).

    Raises:
        MissingDatabase: If there is no file; nothing is created in its place.
        NewerDatabase: If a later program wrote it.
        Damaged: With the last good backup in `params["backup"]`, if there is one.
        WrongKey: If no page and no backup answers to the key.
        UpgradeFailed: If the upgraded copy does not pass; the store is as it was.
        DiskFull: The store is as it was.
    """
    try:
        files.finish_interrupted(path)
        if not path.exists():
            raise MissingDatabase(path, last_good(backups_dir, key))
        recovered = files.wal_of(path).exists() and files.wal_of(path).stat().st_size > 0
        found = _found_version(path, key, backups_dir, careful=recovered)
        if found > version:
            raise NewerDatabase(path, found=found, known=version)
        if found == version:
            return Opened(_usable(path, key), Opening.OK, recovered)
        kept = _upgrade(path, key, migrate, version, backups_dir, now)
    except OSError as error:
        raise from_os(error, path) from error
    return Opened(_usable(path, key), Opening.UPGRADED, recovered, kept)


def _found_version(path: Path, key: bytes | bytearray, backups_dir: Path, *, careful: bool) -> int:
    """Return `user_version`; after a session that did not close, look the file through first."""
    if path.stat().st_size == 0 and not careful:
        # SQLite takes an empty file for a new database: an emptied store would look like a fresh one.
        raise Damaged(path, "empty", last_good(backups_dir, key))
    engine = make_engine(path, key)
    try:
        with engine.connect() as connection:
            if careful and (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()) != "ok":
                raise Damaged(path, str(found))
            return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    except WrongKey as error:
        raise blame(path, key, last_good(backups_dir, key)) from error
    except Damaged as error:
        raise Damaged(path, str(error.params["detail"]), last_good(backups_dir, key)) from error
    finally:
        engine.dispose()


def _upgrade(
    path: Path,
    key: bytes | bytearray,
    migrate: Migrate,
    version: int,
    backups_dir: Path,
    now: dt.datetime,
) -> Path:
    if shutil.disk_usage(path.parent).free < 3 * path.stat().st_size + _SPARE_BYTES:
        raise DiskFull(path)
    kept = backup_path(backups_dir, Kind.UPGRADE, now)
    engine = make_engine(path, key)
    try:
        backup(engine, key, kept, now)
    except Damaged as error:
        raise Damaged(path, str(error.params["detail"]), last_good(backups_dir, key)) from error
    finally:
        engine.dispose()  # closes the file and folds the WAL into it
    _build(path, key, migrate, version, start=kept)
    aside = files.swap_in(path, now)
    if aside is not None:
        files.drop_folder(aside)  # the same content is in the checked backup
    return kept


def _build(
    path: Path, key: bytes | bytearray, migrate: Migrate, version: int, start: Path | None = None
) -> None:
    """Leave a complete successor of `path` staged beside it, or nothing."""
    part = files.part_of(path)
    try:
        if start is not None:
            shutil.copyfile(start, part)
        engine = make_engine(part, key, Use.REBUILD)
        try:
            with for_writing(engine).begin() as connection:
                migrate(connection)
                connection.exec_driver_sql(f"PRAGMA user_version={version:d}")
        except SQLAlchemyError as error:
            raise UpgradeFailed(path, type(error).__name__) from error
        finally:
            engine.dispose()
        if found := problems(part, key):
            raise UpgradeFailed(path, found[0])
        files.stage(path)
    finally:
        part.unlink(missing_ok=True)
        part.with_name(part.name + "-journal").unlink(missing_ok=True)


def _usable(path: Path, key: bytes | bytearray) -> Engine:
    engine = make_engine(path, key)
    try:
        with engine.connect():
            pass
    except AppError:
        engine.dispose()
        raise
    return engine
