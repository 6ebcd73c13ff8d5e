"""Bytes in a folder.

Folder:   staging/<owner>/<sha256>/<i>      one file per received chunk: what is there is the resume state
          staging/<owner>/<sha256>/<x>.head the leading bytes of a file that came in one piece, until the line broke
          staging/<owner>/<sha256>/<m>.kept all bytes of one, on the disk and found right; m says what was checked
          blobs/ab/cd/<sha256>              finished files, written once
          <name>                            notes, replaced as a whole
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from sync.protocol.messages import CHUNK_BYTES

READ_BYTES: Final = 256 << 10
_HEAD, _KEPT = ".head", ".kept"
_PROBE_BYTES: Final = 4096
_WAITING: Final = 8


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
            leading = max((one.stat().st_size for one in found if one.name.endswith((_HEAD, _KEPT))), default=0)
            single = {int(one.name): one.stat().st_size for one in found if one.name.isdigit()}
        except FileNotFoundError:
            return {}
        full, rest = divmod(leading, CHUNK_BYTES)
        return dict.fromkeys(range(full), CHUNK_BYTES) | ({full: rest} if rest else {}) | single

    def read_staged(self, owner: str, sha256: str, count: int) -> Iterator[bytes]:
        """Yield the bytes of chunks 0 to count - 1."""
        folder = self._staging(owner, sha256)
        heads = [*folder.glob(f"*{_HEAD}"), *folder.glob(f"*{_KEPT}")]
        heads.sort(key=lambda one: one.stat().st_size)
        for number in range(count):
            single = folder / str(number)
            if heads and not single.exists():
                yield _piece(heads[-1], number * CHUNK_BYTES)
            else:
                yield from read_whole(single)

    def drop_staged(self, owner: str, sha256: str) -> None:
        """Forget the chunks of an unfinished file."""
        shutil.rmtree(self._staging(owner, sha256), ignore_errors=True)

    def drop_stale(self, before_ms: int) -> None:
        """Forget chunks of unfinished files to which nothing came since then, whoever remembers them."""
        for folder in (self._folder / "staging").glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # somebody finishes it meanwhile
                newest = max(one.stat().st_mtime for one in (folder, *folder.iterdir()))
                if newest * 1000 < before_ms:
                    shutil.rmtree(folder, ignore_errors=True)

    def begin(self, owner: str, sha256: str) -> "FilePart":
        """Take in a file from its first byte on; what came of it counts as staged when the line breaks."""
        folder = self._staging(owner, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        return FilePart(folder / f"{self._random(6).hex()}{_HEAD}")

    def adopt(self, owner: str, marks: Mapping[str, str]) -> frozenset[str]:
        """Put files that were kept under these marks in their places, durably; return those that now lie there."""
        places = {}
        for sha256, mark in marks.items():
            place = self._place(sha256)
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                _move(self._staging(owner, sha256) / f"{mark}{_KEPT}", place)
                places[sha256] = place
        for folder in {one.parent for one in places.values()}:  # the first waits for the disk, the others hardly
            sync_folder(folder)
        return frozenset(places)

    def put(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep a finished file; if the chunks raise, nothing is kept."""
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{sha256}.{self._random(6).hex()}.part")
        try:
            write_durably(whole, chunks)
            _move(whole, place)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise
        sync_folder(place.parent)

    def put_together(self, files: Mapping[str, bytes]) -> None:
        """Keep several finished files; the disk is waited for by several at a time, which it serves at once."""
        parts: dict[Path, Path] = {}
        with ThreadPoolExecutor(_WAITING, "together") as pool:
            try:
                with contextlib.ExitStack() as opened:
                    targets = []
                    for sha256, data in files.items():
                        place = self._place(sha256)
                        place.parent.mkdir(parents=True, exist_ok=True)
                        parts[place] = place.with_name(f"{sha256}.{self._random(6).hex()}.part")
                        targets.append(opened.enter_context(parts[place].open("wb", buffering=0)))
                        targets[-1].write(data)
                    list(pool.map(os.fsync, targets))
                for place, part in parts.items():
                    _move(part, place)
            except BaseException:
                for part in parts.values():
                    part.unlink(missing_ok=True)
                raise
            list(pool.map(sync_folder, {place.parent for place in parts}))

    def sweep(self, before_ms: int) -> None:
        """Forget what a process that died was about to finish, where nothing was added to it since then."""
        for part in (self._folder / "blobs").rglob("*.part"):
            with contextlib.suppress(FileNotFoundError):  # it is finished just now
                if part.stat().st_mtime_ns < before_ms * 1_000_000:
                    part.unlink()

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
        write_durably(probe, iter((bytes(_PROBE_BYTES),)))  # an empty file can be made on a full disk
        probe.unlink()

    def _staging(self, owner: str, sha256: str) -> Path:
        return self._folder / "staging" / owner / sha256

    def _place(self, sha256: str) -> Path:
        return self._folder / "blobs" / sha256[:2] / sha256[2:4] / sha256


class FilePart:
    """Write one file as it comes; nobody waits for the disk before all is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._target = path.open("wb", buffering=0)

    def write(self, data: bytes | memoryview) -> None:
        """Keep what follows, of any length."""
        view = memoryview(data)
        while view:
            view = view[self._target.write(view) :]

    def keep(self, mark: str) -> None:
        """All came and was found right: keep it as staged, durably, and remember by the mark what it was found to be.

        Raises:
            FileNotFoundError: If somebody has forgotten what was staged of it.
        """
        os.fsync(self._target.fileno())
        self._target.close()
        os.replace(self._path, self._path.with_name(f"{mark}{_KEPT}"))

    def drop(self) -> None:
        """It was found wrong: forget it."""
        self._target.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Come to an end; the whole chunks that came stay staged. Again is no error."""
        if not self._target.closed:
            is_any_whole = self._target.tell() >= CHUNK_BYTES
            self._target.close()
            if not is_any_whole:
                self._path.unlink(missing_ok=True)


def _move(whole: Path, place: Path) -> None:
    """Move a file that the disk has to where it stays, in the place of an earlier one."""
    if place.exists():
        place.chmod(0o600)  # Windows replaces no read-only file
    os.replace(whole, place)
    place.chmod(0o444)


def _piece(path: Path, start: int) -> bytes:
    with path.open("rb", buffering=0) as source:
        source.seek(start)
        return source.read(CHUNK_BYTES)


def read_whole(path: Path, start: int = 0) -> Iterator[bytes]:
    """Yield a file's bytes from an offset on."""
    with path.open("rb") as source:
        source.seek(start)
        while data := source.read(READ_BYTES):
            yield data


def write_durably(path: Path, chunks: Iterator[bytes]) -> None:
    """Write a file and wait until the disk has it."""
    try:
        with path.open("wb") as target:
            for data in chunks:
                target.write(data)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        path.unlink(missing_ok=True)  # on a full disk each try would take what is left
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's entries."""
    if os.name == "nt":  # Windows has no such call; its rename is durable with the file
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
