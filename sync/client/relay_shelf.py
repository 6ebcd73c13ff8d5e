"""Where a relay keeps what visitors bring until it is whole: only packets, named by digest, and never more than there is room for."""

import contextlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync.client.errors import Refused
from sync.client.relay import PART_BYTES, is_digest
from sync.protocol.errors import SyncError
from sync.protocol.packets import BODY_AT, MAX_PACKET_BYTES, SUFFIX, Packet, PacketChanged, look

_PIECE: Final = 256 << 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a relay takes in at a time: packets, their bytes, and what stays free on the disk."""

    packets: int = 32
    total_bytes: int = 32 << 30
    spare_bytes: int = 1 << 30


class Shelf:
    """Packets on their way in. Any thread."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._sizes: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        self._writing: set[str] = set()
        self._turn = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def offset(self, digest: str) -> int:
        """Return how many bytes of a packet came; all of them, where it was whole."""
        with self._turn:
            if digest in self._whole:
                return self._whole[digest]
        part = self._part(digest)
        return part.stat().st_size if part.is_file() else 0

    def append(self, digest: str, offset: int, size: int, length: int, read: Callable[[int], bytes]) -> Packet | None:
        """Take in the next part of a packet; return the packet once it is whole, after that no more.

        What came before the line was cut is kept.

        Raises:
            Refused: `relay.request` where the part does not follow what is here, `relay.full`, or `relay.writing` where
                the part before is still on the line.
            NotAPacket, PacketCut, PacketTooNew, PacketChanged: If it became another file than it was said to be; it is gone.
            OSError: If the disk is full or the line was cut.
        """
        if not (is_digest(digest) and BODY_AT < size <= MAX_PACKET_BYTES and 0 < length <= PART_BYTES):
            raise Refused("relay.request", 400, {})
        self._begin(digest, size)
        try:
            part = self._part(digest)
            with part.open("ab") as target:
                if target.tell() != offset or offset + length > size:
                    raise Refused("relay.request", 409, {"offset": target.tell()})
                while length > 0:
                    data = read(min(_PIECE, length))
                    if not data:
                        raise ConnectionError
                    target.write(data)
                    length -= len(data)
                came = target.tell()
            return self._finished(digest, part) if came == size else None
        finally:
            self._end(digest)

    def drop(self, digest: str) -> None:
        """Remove a packet that was read; it still counts as brought."""
        with contextlib.suppress(OSError):
            self._target(digest).unlink(missing_ok=True)
        with self._turn:
            self._sizes.pop(digest, None)

    def _begin(self, digest: str, size: int) -> None:
        with self._turn:
            if digest in self._writing:
                raise Refused("relay.writing", 503, {})
            if digest in self._whole or self._sizes.get(digest, size) != size:
                raise Refused("relay.request", 409, {})
            if digest not in self._sizes:
                waiting = sum(self._sizes.values()) + size
                free = shutil.disk_usage(self._folder).free
                is_full = len(self._sizes) >= self._limits.packets or waiting > self._limits.total_bytes
                if is_full or free - waiting < self._limits.spare_bytes:
                    raise Refused("relay.full", 507, {})
                self._sizes[digest] = size
            self._writing.add(digest)

    def _end(self, digest: str) -> None:
        """Keep no place for a packet of which nothing came."""
        part = self._part(digest)
        with self._turn:
            self._writing.discard(digest)
            if digest not in self._whole and part.is_file() and not part.stat().st_size:
                part.unlink()
                self._sizes.pop(digest, None)

    def _finished(self, digest: str, part: Path) -> Packet:
        target = self._target(digest)
        try:
            if look(part).digest != digest:
                raise PacketChanged()
        except SyncError:
            part.unlink()
            with self._turn:
                del self._sizes[digest]
            raise
        part.replace(target)
        with self._turn:
            self._whole[digest] = self._sizes[digest]
        return look(target)

    def _part(self, digest: str) -> Path:
        return self._folder / f"{digest}.part"

    def _target(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"
