"""What can be wrong with the database file, as typed errors with stable codes."""

import errno
import shutil
from pathlib import Path

from app.core.errors import AppError, Refused, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT}) if hasattr(errno, "EDQUOT") else frozenset({errno.ENOSPC})
_NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

_ROOM_BYTES = 1 << 16

SQLITE_PERM = 3
SQLITE_BUSY = 5
SQLITE_LOCKED = 6
SQLITE_READONLY = 8
SQLITE_IOERR = 10
SQLITE_CORRUPT = 11
SQLITE_FULL = 13
SQLITE_CANTOPEN = 14
SQLITE_NOTADB = 26


class StoreLocked(Refused):
    """The key was wiped: the store opens again only after unlocking."""

    def __init__(self) -> None:
        super().__init__("db.locked")


class WrongKey(Refused):
    """No page of the file answers to this key: the file belongs to another vault, or its first bytes are lost."""

    def __init__(self, path: Path, backup: Path | None = None) -> None:
        super().__init__("db.wrong_key", file=path.name, backup=_text(backup))


class Damaged(Refused):
    """The file cannot be read through; `backup` names the last good copy, if there is one."""

    def __init__(self, path: Path, detail: str, backup: Path | None = None) -> None:
        super().__init__("db.damaged", file=path.name, detail=detail, backup=_text(backup))


class NewerDatabase(Refused):
    """A later version of the program wrote this file."""

    def __init__(self, path: Path, *, found: int, known: int) -> None:
        super().__init__("db.newer", file=path.name, found=found, known=known)


class MissingDatabase(Refused):
    """There is no file; `backup` names the last good copy. Nothing is created in its place."""

    def __init__(self, path: Path, backup: Path | None = None) -> None:
        super().__init__("db.missing", file=path.name, backup=_text(backup))


class DatabaseExists(Refused):
    """A new store was asked for where one lies already."""

    def __init__(self, path: Path) -> None:
        super().__init__("db.exists", file=path.name)


class UpgradeFailed(Refused):
    """The upgraded copy did not pass its checks; the store itself was not touched."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__("db.upgrade_failed", file=path.name, detail=detail)


class BadBackup(Refused):
    """A copy did not pass its checks; it is not used and not counted as a backup."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__("db.backup_bad", file=path.name, detail=detail)


class SqliteTooOld(Refused):
    """The bundled SQLite has the WAL-reset bug (fixed in 3.51.3)."""

    def __init__(self, found: str) -> None:
        super().__init__("db.sqlite_too_old", found=found)


class DiskFull(Unavailable):
    """No space was left; the transaction was rolled back or the file step undone."""

    def __init__(self, path: Path) -> None:
        super().__init__("db.disk_full", folder=str(path.parent))


class StoreBusy(Unavailable):
    """Another connection held the write lock for longer than the busy timeout."""

    def __init__(self, path: Path) -> None:
        super().__init__("db.busy", file=path.name)


class NotWritable(Unavailable):
    """The file or its folder refuses writing."""

    def __init__(self, path: Path) -> None:
        super().__init__("db.not_writable", folder=str(path.parent))


class CannotOpen(Unavailable):
    """The system refuses to open or read the file."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__("db.cannot_open", file=path.name, detail=detail)


def from_sqlite(error: BaseException, path: Path) -> AppError | None:
    """Return the typed error of a driver error, or None where the statement and not the store is at fault.

    A file that is "not a database" comes back as `WrongKey`; only a look at all pages can tell it from damage.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    match code & 0xFF:
        case c if c == SQLITE_NOTADB:
            return WrongKey(path)
        case c if c == SQLITE_CORRUPT:
            return Damaged(path, str(error))
        case c if c == SQLITE_FULL:
            return DiskFull(path)
        case c if c in (SQLITE_BUSY, SQLITE_LOCKED):
            return StoreBusy(path)
        case c if c in (SQLITE_READONLY, SQLITE_PERM):
            return NotWritable(path)
        case c if c in (SQLITE_CANTOPEN, SQLITE_IOERR):
            # Where not even the shared memory of the WAL finds room, SQLite speaks of input and output.
            return DiskFull(path) if _is_full(path) else CannotOpen(path, str(error))
    return None


def _is_full(path: Path) -> bool:
    try:
        usage = shutil.disk_usage(path.parent)
        return usage.total > 0 and usage.free < _ROOM_BYTES
    except OSError:
        return False


def from_os(error: OSError, path: Path) -> AppError:
    """Return the typed error of a failed file operation."""
    if error.errno in _FULL or getattr(error, "winerror", None) in (39, 112):
        return DiskFull(path)
    if error.errno in _NOT_WRITABLE:
        return NotWritable(path)
    return CannotOpen(path, error.strerror or type(error).__name__)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
