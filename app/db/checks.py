"""Looking a database file through: what is wrong with it, and whether the key or the file is to blame."""

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from app.core.errors import AppError
from app.db.engine import Use, connect
from app.db.store_errors import Damaged, WrongKey, from_sqlite

PAGE_BYTES = 4096


def problems(path: Path, key: bytes | bytearray) -> tuple[str, ...]:
    """Return what a full check finds, at most 20 lines; empty if all is well.

    Checks the seal of each page (`cipher_integrity_check`), the trees and indexes (`integrity_check`) and the foreign
    keys. Reads every page: some 100 MB a second. What is in the log of a file in use is written into the file first;
    while somebody reads on and it cannot be, only the seals of pages in use are checked.

    Raises:
        AppError: One of `store_errors`, if the file does not open at all.
    """
    is_whole = _empty_log(path, key)
    raw = connect(path, key, Use.READ)
    try:
        # Read from the file itself, where a page that is newer in the log may be torn and nothing is lost.
        seals = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check")] if is_whole else []
        trees = [row[0] for row in raw.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        orphans = [f"{table}: row without its {parent}" for table, _, parent, _ in _orphans(raw)]
    except sqlcipher.Error as error:
        if isinstance(typed := from_sqlite(error, path), Damaged | None):
            return (str(error),)
        raise typed from error
    finally:
        raw.close()
    return tuple((seals + trees + orphans)[:20])


def blame(path: Path, key: bytes | bytearray, backup: Path | None) -> AppError:
    """Return the error of a file that is "not a database" with this key.

    Some pages that answer to the key, or a backup that does, say that the file is damaged. Else the key is wrong.
    """
    pages = path.stat().st_size // PAGE_BYTES
    if pages == 0:
        return Damaged(path, "too short", backup)
    raw = sqlcipher.connect(str(path), isolation_level=None)
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.set_key(bytearray(b"x'" + bytes(key).hex().encode("ascii") + b"'"))
        bad = sum(1 for _ in raw.execute("PRAGMA cipher_integrity_check"))
    except sqlcipher.Error as error:
        return Damaged(path, str(error), backup)
    finally:
        raw.close()
    if bad < pages or backup is not None:
        return Damaged(path, f"{bad} of {pages} pages", backup)
    return WrongKey(path)


def _empty_log(path: Path, key: bytes | bytearray) -> bool:
    """Write what is in the log into the file and return whether all of it could be."""
    log = path.with_name(path.name + "-wal")
    if not log.exists() or log.stat().st_size == 0:
        return True
    raw = connect(path, key, Use.WORK)
    try:
        is_busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlcipher.Error as error:
        if isinstance(typed := from_sqlite(error, path), Damaged | None):
            return True  # the checks that follow say what is wrong
        raise typed from error
    finally:
        raw.close()
    return not is_busy


def _orphans(raw: Any) -> Any:
    return raw.execute("PRAGMA foreign_key_check").fetchmany(20)
