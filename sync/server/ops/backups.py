"""Copies of a whole server, made while it runs, and the way back.

Folder:   blobs/ab/cd/<sha256>          files of all backups, each once
          <time>/server.db              the database as it was at one moment, always as one SQLite file
          <time>/backup.json            what it is
The database is copied first: every file that it names was there before, and none is ever changed. The key that opens
the database's sealed secrets is never copied: whoever finds a backup finds no secret in it.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Table, func, insert, select

from sync.protocol import codec
from sync.protocol.errors import SyncError
from sync.server.db import schema, versions
from sync.server.db.unit import Database
from sync.server.errors import BlobDigest
from sync.server.incoming import verified
from sync.server.ops import anchors
from sync.server.routes import Office
from sync.server.store.door import BlobStore
from sync.server.store.files import FileStore, read_whole, sync_folder, write_durably
from sync.server.world import World

_DATABASE: Final = "server.db"
_ABOUT: Final = "backup.json"
_ROWS: Final = 500


class BackupUnusable(SyncError):
    """Say that a folder is no backup, or is damaged: `reason`."""

    code = "server.backup_unusable"


class NotEmpty(SyncError):
    """Say that there is a server already where one should be restored."""

    code = "server.not_empty"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        digest: SHA-256 of its database file.
        entries: Sum of the last numbers of all feeds.
        key: Digest of the key that opens its sealed secrets; the key itself is in no backup. Empty if nothing is sealed.
        absent: Files that the database names and the server did not have whole.
    """

    name: str
    made_ms: int
    server: str
    epoch: str
    version: int
    entries: int
    files: int
    file_bytes: int
    digest: str
    absent: tuple[str, ...] = ()
    key: str = ""


def make(office: Office, target: Path) -> Backup:
    """Add a backup to the folder; a crash leaves a `.part` folder and no backup.

    Raises:
        NoRoom, OSError: If the folder cannot be written.
    """
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    now_ms = office.world.now_ms()
    name = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC).strftime("%Y%m%dT%H%M%S") + f"{now_ms % 1000:03d}Z"
    part = target / f"{name}.part"
    part.mkdir(mode=0o700)
    try:
        return _make(office, target, part, now_ms)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)  # half a backup on a full disk is all that it is: in the way
        raise


def _make(office: Office, target: Path, part: Path, now_ms: int) -> Backup:
    name, path = part.stem, part / _DATABASE
    _copy_database(office.database, path)
    copy = Database(path)
    try:
        anchor = anchors.standing(copy, now_ms)
        with copy.read() as unit:
            files = _files(unit)
            heads = dict(unit.execute(select(schema.feed_head.c.feed, schema.feed_head.c.seq)).all())
            key = unit.execute(select(schema.server_self.c.key_id)).scalar()
    finally:
        copy.close()
    absent = _copy_files(office.blobs.store, FileStore(target, office.world.random_bytes), files)
    size = sum(files.values())
    made = Backup(
        name, now_ms, anchor.server, anchor.epoch, schema.SCHEMA_VERSION, anchor.entries, len(files), size, _digest(path),
        absent, key or "",
    )  # fmt: skip
    write_durably(path.with_name(_ABOUT), iter((codec.dump(made),)))
    with path.open("r+b") as whole:
        os.fsync(whole.fileno())
    sync_folder(part)
    os.replace(part, target / name)
    sync_folder(target)
    with office.database.write() as unit:
        unit.execute(
            insert(schema.backup_made).values(
                backup=name, made_ms=now_ms, epoch=anchor.epoch, heads=json.dumps(heads), files=len(files), file_bytes=size
            )
        )
    return made


def read(folder: Path) -> Backup:
    """Return what a backup is, after its database was compared with its digest.

    Raises:
        BackupUnusable: If it is none, or damaged.
    """
    try:
        about = codec.load(Backup, (folder / _ABOUT).read_bytes())
        digest = _digest(folder / _DATABASE)
    except (OSError, SyncError) as problem:
        raise BackupUnusable(reason="missing", folder=str(folder)) from problem
    if digest != about.digest:
        raise BackupUnusable(reason="damaged", folder=str(folder))
    return about


def restore(folder: Path, place: Path | str, store: BlobStore, world: World) -> Backup:
    """Put a backup where no server is yet; it serves only after `recover`.

    Returns:
        The backup, with the files in `absent` that could not be brought back whole.

    Raises:
        BackupUnusable, NotEmpty: If nothing was done.
        OSError: If the place cannot be written; what was begun can be begun again.
    """
    about = read(folder)
    if isinstance(place, Path) and any(place.parent.glob(place.name + "*")):
        raise NotEmpty(place=str(place))
    scratch = FileStore(folder.parent, world.random_bytes)
    copy = folder.with_name(f"{folder.name}.{world.random_bytes(6).hex()}.part") / _DATABASE
    copy.parent.mkdir(mode=0o700)
    try:
        shutil.copyfile(folder / _DATABASE, copy)
        source = Database(copy)
        try:
            source.prepare(world)  # a backup of an earlier version comes to this one's tables
            with source.read() as unit:
                files = _files(unit)
            if not isinstance(place, Path):
                _require_empty(place)
            absent = _copy_files(scratch, store, files)
            anchors.keep(store, anchors.Anchor(about.server, about.epoch, about.entries, about.made_ms, restored=True))
            if not isinstance(place, Path):
                _fill(source, place)
        finally:
            source.close()
        if isinstance(place, Path):
            part = place.with_name(place.name + ".part")
            write_durably(part, read_whole(copy))
            os.replace(part, place)
            sync_folder(place.parent)
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)
    return replace(about, absent=absent)


def last_ms(unit: Connection) -> int | None:
    """Return when the last backup was made."""
    return unit.execute(select(func.max(schema.backup_made.c.made_ms))).scalar()


def _copy_database(database: Database, path: Path) -> None:
    if database.copy_to(path):
        return
    copy = Database(path)
    try:
        with copy.write() as into:
            versions.upgrade(into)
            with database.read() as unit:  # one snapshot for all tables
                _copy_tables(unit, into)
    finally:
        copy.close()


def _require_empty(address: str) -> None:
    database = Database(address)
    try:
        with database.read() as unit:
            if versions.version(unit) and unit.execute(select(schema.server_self.c.server)).first() is not None:
                raise NotEmpty(place=address.rpartition("@")[2])
    finally:
        database.close()


def _fill(source: Database, address: str) -> None:
    target = Database(address)
    try:
        with target.write() as into, source.read() as unit:
            versions.upgrade(into)
            _copy_tables(unit, into)
    finally:
        target.close()


def _copy_tables(unit: Connection, into: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        for rows in _batches(unit, table):
            into.execute(insert(table), rows)


def _batches(unit: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    found = unit.execution_options(stream_results=True).execute(select(table)).mappings()
    while rows := found.fetchmany(_ROWS):
        yield [dict(row) for row in rows]


def _files(unit: Connection) -> dict[str, int]:
    of = schema.blob.c
    return dict(unit.execute(select(of.sha256, of.size).order_by(of.sha256)).all())


def _copy_files(source: BlobStore, target: BlobStore, files: dict[str, int]) -> tuple[str, ...]:
    absent = []
    for sha256, size in files.items():
        if target.size(sha256) == size:
            continue
        try:
            target.put(sha256, verified(source.read(sha256), sha256))
        except (FileNotFoundError, BlobDigest):
            absent.append(sha256)
    return tuple(absent)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for data in read_whole(path):
        digest.update(data)
    return digest.hexdigest()
