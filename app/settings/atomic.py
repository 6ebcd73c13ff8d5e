"""Small files written whole or not at all."""

import os
import time
from pathlib import Path

_MOVE_TRIES = 8


def write_whole(path: Path, content: bytes) -> None:
    """Write a file readable by its owner only, flush it, then give it its name.

    Raises:
        OSError: The former content is still there.
    """
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


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


def sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
