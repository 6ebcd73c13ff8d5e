"""Putting a finished database file in the place of another one, so that a crash leaves the old or the new one.

Beside `x.db` may lie `x.db.part` (being made, worthless) and `x.db.new` (complete, checked, on disk). What was replaced
goes to `replaced/<stamp>/`, together with its WAL: a WAL left behind would be replayed into the new file.
"""

import datetime as dt
import os
import time
from pathlib import Path

_MOVE_TRIES = 8


def part_of(target: Path) -> Path:
    """Return where a successor is made."""
    return target.with_name(target.name + ".part")


def staged_of(target: Path) -> Path:
    """Return where a complete successor waits."""
    return target.with_name(target.name + ".new")


def wal_of(target: Path) -> Path:
    """Return the write-ahead log of a database."""
    return target.with_name(target.name + "-wal")


def stamp(instant: dt.datetime) -> str:
    """Return an instant for file names: UTC, sorts by time."""
    return instant.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def stage(target: Path) -> None:
    """Declare `x.db.part` complete: flush it to disk and rename it to `x.db.new`."""
    part = part_of(target)
    sync_file(part)
    move(part, staged_of(target))
    sync_folder(target.parent)


def swap_in(target: Path, now: dt.datetime) -> Path | None:
    """Put `x.db.new` in place; return the folder the former database was moved to, if there was one.

    No connection may be open to the target. A crash at any point is finished or undone by `finish_interrupted`.
    """
    aside = None
    if target.exists():
        aside = _new_folder(target.parent / "replaced", stamp(now))
        move(target, aside / target.name)
        _set_wal_aside(target, aside)
        sync_folder(aside)
    move(staged_of(target), target)
    sync_folder(target.parent)
    return aside


def finish_interrupted(target: Path) -> None:
    """Bring a replacement that a crash cut in two to its end, or undo it when it had not begun."""
    _remove(part_of(target))
    _remove(part_of(target).with_name(part_of(target).name + "-journal"))
    staged = staged_of(target)
    if not staged.exists():
        return
    if target.exists():
        _remove(staged)
        return
    folders = sorted((target.parent / "replaced").glob("*/"), key=lambda folder: folder.stat().st_mtime_ns)
    owners = [folder for folder in folders if (folder / target.name).exists()]
    if owners:
        _set_wal_aside(target, owners[-1])
    move(staged, target)
    sync_folder(target.parent)


def drop_folder(folder: Path) -> None:
    """Delete a folder of plain files."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def move(source: Path, destination: Path) -> None:
    """Rename over whatever is there; wait for a virus scanner that holds the file for a moment (Windows)."""
    for tries_left in reversed(range(_MOVE_TRIES)):
        try:
            os.replace(source, destination)
            return
        except PermissionError:
            if os.name != "nt" or not tries_left:
                raise
            time.sleep(0.05 * (_MOVE_TRIES - tries_left))


def sync_file(path: Path) -> None:
    """Flush a file to the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk; Windows has no such call and does it with the rename."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _set_wal_aside(target: Path, aside: Path) -> None:
    wal = wal_of(target)
    if wal.exists():
        move(wal, aside / wal.name)
    _remove(target.with_name(target.name + "-shm"))


def _new_folder(parent: Path, name: str) -> Path:
    parent.mkdir(exist_ok=True)
    for n in range(1000):
        folder = parent / (name if n == 0 else f"{name}-{n}")
        if not folder.exists():
            folder.mkdir()
            return folder
    raise FileExistsError(parent / name)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
