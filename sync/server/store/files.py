"""Bytes in a folder.

Folder:   staging/<owner>/<sha256>/<i>      one file per received chunk: what is there is the resume state
          blobs/ab/cd/<sha256>              finished files, written once
          <name>                            notes, replaced as a whole
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

READ_BYTES: Final = 256 << 10


class FileStore:
    """Keep files below one folder; a file that is in its place is on the disk."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._random = random_bytes

    def stage(self, owner: str, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk of an unfinished file, in the place of an earlier one."""
        folder = self._staging(owner, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{number}.{self._random(6).hex()}.part"
        write_durably(part, iter((data,)))
        os.replace(part, folder / str(number))

    def staged(self, owner: str, sha256: str) -> Mapping[int, int]:
        """Return the sizes of the chunks that are there, by number."""
        try:
            found = list(os.scandir(self._staging(owner, sha256)))
        except FileNotFoundError:
            return {}
        return {int(one.name): one.stat().st_size for one in found if one.name.isdigit()}

    def read_staged(self, owner: str, sha256: str, count: int) -> Iterator[bytes]:
        """Yield the bytes of chunks 0 to count - 1."""
        folder = self._staging(owner, sha256)
        for number in range(count):
            yield from read_whole(folder / str(number))

    def drop_staged(self, owner: str, sha256: str) -> None:
        """Forget the chunks of an unfinished file."""
        shutil.rmtree(self._staging(owner, sha256), ignore_errors=True)

    def put(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep a finished file; if the chunks raise, nothing is kept."""
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{sha256}.{self._random(6).hex()}.part")
        try:
            write_durably(whole, chunks)
            if place.exists():
                place.chmod(0o600)  # Windows replaces no read-only file
            os.replace(whole, place)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise
        place.chmod(0o444)
        sync_folder(place.parent)

    def size(self, sha256: str) -> int | None:
        """Return the length of a finished file, or None if it is not there."""
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """Yield a finished file's bytes from an offset on.

        Raises:
            FileNotFoundError: If it is not there.
        """
        return read_whole(self._place(sha256), start)

    def free_bytes(self) -> int | None:
        """Return how much more fits, or None where nobody can tell."""
        return shutil.disk_usage(self._folder).free

    def note(self, name: str) -> bytes | None:
        """Return a small named text, or None if it is not there."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def keep_note(self, name: str, data: bytes) -> None:
        """Keep a small named text, durably, in the place of an earlier one."""
        part = self._folder / f"{name}.{self._random(6).hex()}.part"
        write_durably(part, iter((data,)))
        os.replace(part, self._folder / name)
        sync_folder(self._folder)

    def check(self) -> None:
        """Require that something can be written.

        Raises:
            OSError: If not.
        """
        probe = self._folder / f"probe.{self._random(6).hex()}.part"
        probe.write_bytes(b"")
        probe.unlink()

    def _staging(self, owner: str, sha256: str) -> Path:
        return self._folder / "staging" / owner / sha256

    def _place(self, sha256: str) -> Path:
        return self._folder / "blobs" / sha256[:2] / sha256[2:4] / sha256


def read_whole(path: Path, start: int = 0) -> Iterator[bytes]:
    """Yield a file's bytes from an offset on."""
    with path.open("rb") as source:
        source.seek(start)
        while data := source.read(READ_BYTES):
            yield data


def write_durably(path: Path, chunks: Iterator[bytes]) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as target:
        for data in chunks:
            target.write(data)
        target.flush()
        os.fsync(target.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's entries."""
    if os.name == "nt":  # Windows has no such call; its rename is durable with the file
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
