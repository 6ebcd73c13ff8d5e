"""Encrypted copies of the store: making, checking, thinning and restoring them."""

import datetime as dt
import enum
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine

from app.core.clock import today
from app.core.errors import AppError
from app.db import store_files as files
from app.db.checks import problems
from app.db.engine import Use, connect
from app.db.store_errors import BadBackup, from_os, from_sqlite

DAILY_KEPT = 7
WEEKLY_KEPT = 4
UPGRADE_KEPT = 3
_NAME = re.compile(r"yanfang-(\d{8}T\d{6}Z)-(daily|upgrade|manual)\.db")


class Kind(enum.Enum):
    """Why a backup was made; only daily and upgrade ones are ever thinned."""

    DAILY = "daily"
    UPGRADE = "upgrade"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Backup:
    """One encrypted copy that passed its check when it was made or looked at.

    Attributes:
        made_at: Instant, UTC.
        version: Schema version inside (`user_version`).
        sha256: Hex digest of the file.
    """

    path: Path
    made_at: dt.datetime
    version: int
    size_bytes: int
    sha256: str


def backup(engine: Engine, key: bytes | bytearray, dest: Path, now: dt.datetime) -> Backup:
    """Write an encrypted copy with the same key, check it through, and only then give it its name.

    Holds what was committed when it began, the WAL included; writers go on meanwhile. Rows get new rowids in tables
    without INTEGER PRIMARY KEY (VACUUM). Beside it lies `<name>.json` with time, version, size and digest.

    Raises:
        Damaged: If the store cannot be read through: this copy is then not made and older ones stay.
        BadBackup: If the copy does not pass its check.
        DiskFull: If the place is too small; nothing is left behind.
    """
    part = files.part_of(dest)
    with _disk_errors(dest):
        dest.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
    try:
        _vacuum_into(engine, part, dest)
        if found := problems(part, key):
            raise BadBackup(dest, found[0])
        with _disk_errors(dest):
            made = _describe(part, key, now, dest)
            files.sync_file(part)
            _write_meta(made)
            files.move(part, dest)
            files.sync_folder(dest.parent)
    finally:
        part.unlink(missing_ok=True)
    return made


def verify_backup(path: Path, key: bytes | bytearray) -> Backup:
    """Check a copy through: digest against its `.json` if that is there, pages, trees, foreign keys.

    Raises:
        BadBackup: If anything differs.
        WrongKey: If it belongs to another vault, or its beginning is lost.
    """
    meta = backup_note(path)
    with _disk_errors(path):
        if meta is not None and _digest(path) != meta.sha256:
            raise BadBackup(path, "digest")
    if found := problems(path, key):
        raise BadBackup(path, found[0])
    return meta or _describe(path, key, _made_at(path), path)


def restore(source: Path, target: Path, key: bytes | bytearray, now: dt.datetime) -> Path | None:
    """Put a checked copy of a backup in the place of the store; return where the former one lies now.

    The former database and its WAL are moved aside, never deleted. Nothing may have the target open. A crash in
    between is finished at the next `open_store`. The journal must then go on under a new replica (the anchor shows it).

    Raises:
        BadBackup: If the backup does not pass; the store is untouched.
        DiskFull: If there is no room for the copy; the store is untouched.
    """
    checked = verify_backup(source, key)
    part = files.part_of(target)
    with _disk_errors(target):
        files.finish_interrupted(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, part)
            if _digest(part) != checked.sha256:
                raise BadBackup(source, "copy differs")
            files.stage(target)
        finally:
            part.unlink(missing_ok=True)
        return files.swap_in(target, now)


def daily(engine: Engine, key: bytes | bytearray, folder: Path, now: dt.datetime) -> Backup | None:
    """Make today's backup if there is none yet and thin the old ones; return it, or None if there was one.

    The day is China's. Old ones are thinned only after the new one has passed.
    """
    if any(today(made_at) == today(now) for _, made_at in _dated(folder, Kind.DAILY)):
        return None
    made = backup(engine, key, backup_path(folder, Kind.DAILY, now), now)
    thin(folder)
    return made


def thin(folder: Path) -> tuple[Path, ...]:
    """Delete what the rule does not keep; return it.

    Kept: the last of each of the 7 latest days and of the 4 latest weeks that have one, the 3 latest made before
    upgrades, all made by hand, and every file with another name.
    """
    dropped = tuple(_superfluous(folder))
    for path in dropped:
        path.unlink(missing_ok=True)
        _meta_path(path).unlink(missing_ok=True)
    return dropped


def list_backups(folder: Path) -> tuple[Path, ...]:
    """Return the copies in a folder, newest first, unchecked."""
    dated = [pair for kind in Kind for pair in _dated(folder, kind)]
    return tuple(path for path, _ in sorted(dated, key=lambda pair: (pair[1], pair[0].name), reverse=True))


def last_good(folder: Path, key: bytes | bytearray) -> Path | None:
    """Return the newest copy that passes a full check now."""
    for path in list_backups(folder):
        try:
            verify_backup(path, key)
        except AppError:
            continue
        return path
    return None


def backup_path(folder: Path, kind: Kind, now: dt.datetime) -> Path:
    """Return the name of a new backup."""
    return folder / f"yanfang-{files.stamp(now)}-{kind.value}.db"


def backup_note(path: Path) -> Backup | None:
    """Return what the note beside a copy says about it, unchecked, or None if there is no readable note."""
    try:
        content = json.loads(_meta_path(path).read_text(encoding="utf-8"))
        made_at = dt.datetime.fromisoformat(content["made_at"])
        return Backup(
            path, made_at, int(content["version"]), int(content["size_bytes"]), str(content["sha256"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # the copy itself is what is checked; the note beside it may be lost


def _vacuum_into(engine: Engine, part: Path, dest: Path) -> None:
    pooled = engine.raw_connection()  # no BEGIN: VACUUM refuses to run inside a transaction
    try:
        driver = pooled.driver_connection
        assert driver is not None
        driver.execute("VACUUM INTO ?", (str(part.absolute()),))
    except sqlcipher.Error as error:
        raise from_sqlite(error, dest) or error from error
    finally:
        pooled.close()


def _describe(path: Path, key: bytes | bytearray, made_at: dt.datetime, named: Path) -> Backup:
    raw = connect(path, key, Use.READ)
    try:
        version = int(raw.execute("PRAGMA user_version").fetchone()[0])
    finally:
        raw.close()
    return Backup(named, made_at, version, path.stat().st_size, _digest(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _meta_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _write_meta(made: Backup) -> None:
    content = {
        "format": 1,
        "made_at": made.made_at.isoformat(),
        "version": made.version,
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
    }
    _meta_path(made.path).write_text(json.dumps(content, indent=1), encoding="utf-8")
    files.sync_file(_meta_path(made.path))


def _made_at(path: Path) -> dt.datetime:
    named = [made_at for kind in Kind for other, made_at in _dated(path.parent, kind) if other == path]
    return named[0] if named else dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _dated(folder: Path, kind: Kind) -> Iterator[tuple[Path, dt.datetime]]:
    for path in folder.glob("yanfang-*.db"):
        match = _NAME.fullmatch(path.name)
        if match and match[2] == kind.value:
            try:
                made_at = dt.datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
            except ValueError:
                continue
            yield path, made_at


def _superfluous(folder: Path) -> Iterator[Path]:
    newest_first = sorted(_dated(folder, Kind.DAILY), key=lambda pair: pair[1], reverse=True)
    days: dict[dt.date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for path, made_at in newest_first:
        day = today(made_at)
        days.setdefault(day, path)
        weeks.setdefault(day.isocalendar()[:2], path)
    kept = {*list(days.values())[:DAILY_KEPT], *list(weeks.values())[:WEEKLY_KEPT]}
    yield from (path for path, _ in newest_first if path not in kept)
    upgrades = sorted(_dated(folder, Kind.UPGRADE), key=lambda pair: pair[1], reverse=True)
    yield from (path for path, _ in upgrades[UPGRADE_KEPT:])


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os(error, path) from error
