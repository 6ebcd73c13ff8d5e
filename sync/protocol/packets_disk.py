"""Packets on a stick: copied before they are read, only by their name's ending, and never through a link."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from sync.protocol.packets import MAX_PACKET_BYTES, SUFFIX, NotAPacket

_COPY_BYTES: Final = 1 << 20
DEFAULT_VOLUME: Final = 1 << 30
LEAST_VOLUME: Final = 8 << 20
MOST_VOLUME: Final = MAX_PACKET_BYTES


def take_in(source: Path, quarantine: Path, name: str) -> Path:
    """Copy one packet file into a folder of our own and return the copy.

    Args:
        name: A name that was never used before; the stick's name is not trusted.

    Raises:
        NotAPacket: If the name does not end as packets do, it is a link, no plain file, or too long.
        OSError: If it cannot be read, or the disk is full.
    """
    if source.suffix.lower() != SUFFIX:
        raise NotAPacket(reason="name")
    if not stat.S_ISREG(source.lstat().st_mode) or _is_reparse_point(source):
        raise NotAPacket(reason="link")
    quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = quarantine / f"{name}{SUFFIX}"
    handle = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        with os.fdopen(handle, "rb") as reader, copy.open("xb") as writer:
            left = MAX_PACKET_BYTES
            if os.fstat(reader.fileno()).st_size > left:
                raise NotAPacket(reason="size")
            while data := reader.read(_COPY_BYTES):
                left -= len(data)
                if left < 0:
                    raise NotAPacket(reason="size")
                writer.write(data)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def drop(copy: Path) -> None:
    """Remove a copy; where somebody still reads it (a scanner, on Windows), its folder goes later."""
    with contextlib.suppress(OSError):
        copy.unlink(missing_ok=True)


def packets_in(places: list[Path]) -> list[Path]:
    """Return the packet files named, and those directly in folders named, sorted by name."""
    found: list[Path] = []
    for place in places:
        found += sorted(one for one in place.iterdir() if one.suffix.lower() == SUFFIX) if place.is_dir() else [place]
    return found


def file_name(sender: str, receiver: str, n: int, vol: int, vols: int) -> str:
    """Return a name by which people tell packets apart; nothing is read from it again."""
    volume = "" if vols == 1 else f"-{vol}of{vols}"
    return f"{file_stem(sender, receiver)}{n:05d}{volume}{SUFFIX}"


def file_stem(sender: str, receiver: str) -> str:
    """Return what the names of all packets from one to the other begin with."""
    return f"yanfang-{_short(sender)}-{_short(receiver)}-"


def _short(name: str) -> str:
    return "".join(one for one in name if one.isalnum())[-8:]


def _is_reparse_point(path: Path) -> bool:
    attributes = getattr(path.lstat(), "st_file_attributes", 0)
    return bool(attributes & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0))
