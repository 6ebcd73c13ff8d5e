"""The folder of encrypted evidence files: written once, whole or not at all."""

import contextlib
import errno
import io
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from app.media.digests import DigestStream
from app.media.errors import (
    FileDamaged,
    FileMissing,
    OriginalKept,
    SourceUnreadable,
    StorageFailed,
    StorageFull,
)
from app.media.vault_format import SEGMENT_BYTES, FileKey, FileKind, new_key
from app.media.vault_reader import VaultReader

CHUNK_BYTES: Final = 1 << 20
_SUFFIX: Final = ".yfv"
_PART: Final = ".part"
_NAME_BYTES: Final = 16
_ERROR_DISK_FULL: Final = 112
_ERROR_HANDLE_DISK_FULL: Final = 39
_REPLACE_WAITS_S: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


class Source(Protocol):
    """Give bytes in order, as any open binary file does."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of the vault.

    Attributes:
        name: Random name, 32 hexadecimal digits; it says nothing about the content.
        size_bytes: Length of the plain bytes.
        sha256: Digest of the plain bytes, hexadecimal.
        sm3: The same by GB/T 32905, hexadecimal.
    """

    name: str
    size_bytes: int
    sha256: str
    sm3: str
    kind: FileKind


@dataclass(frozen=True, slots=True)
class Scan:
    """What the folder holds, against the names that the records know.

    Attributes:
        orphans: Whole files that no record names: kept, to be claimed.
        missing: Names in the records without a file.
    """

    orphans: tuple[str, ...]
    missing: tuple[str, ...]


class FileVault:
    """Keep files encrypted under a root folder, each with its own key wrapped by `kek` (32 bytes).

    Safe for several threads: a name is drawn at random and written once. Another process may read, but not write: the
    first write removes what writes left that a crash cut off, an import of gigabytes perhaps.
    """

    def __init__(self, root: Path, kek: bytes, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        if len(kek) != 32:
            raise ValueError("the key-encryption key must have 32 bytes")
        self._root = root
        self._kek = bytes(kek)
        self._random_bytes = random_bytes
        self._first_write = threading.Lock()
        self._is_swept = False

    @property
    def root(self) -> Path:
        """Return the folder of the vault."""
        return self._root

    def put(self, source: Source | Path | bytes, *, kind: FileKind = FileKind.ORIGINAL) -> Stored:
        """Read the source once, to its end, and keep it: hashed, encrypted and on the disk at return.

        Raises:
            SourceUnreadable: If the source ended with an error; nothing is kept.
            StorageFull: If the disk has no room; nothing is kept.
            StorageFailed: If the disk refused otherwise; nothing is kept.
        """
        if isinstance(source, bytes | bytearray):
            return self._write(io.BytesIO(source), kind, "")
        if isinstance(source, Path):
            try:
                opened = source.open("rb", buffering=0)
            except OSError as error:
                raise SourceUnreadable(source.name, _cause(error)) from error
            with opened:
                return self._write(opened, kind, source.name)
        return self._write(source, kind, "")

    def open(self, name: str) -> VaultReader:
        """Open a stored file for reading at any position; every byte given out is authenticated.

        Raises:
            FileMissing: If there is no such file.
            FileDamaged: If it is cut off, changed, in another's place, or under another key.
        """
        stored = self._open_sealed(name)
        try:
            return VaultReader(stored, self._kek, name)
        except FileDamaged:
            stored.close()
            raise
        except OSError as error:
            stored.close()
            raise StorageFailed(_cause(error)) from error

    def read(self, name: str) -> bytes:
        """Return the plain bytes of a whole file; for small ones only."""
        with self.open(name) as reader:
            return reader.readall()

    def chunks(self, name: str, size_bytes: int = CHUNK_BYTES, *, first: int = 0) -> Iterator[bytes]:
        """Give the plain bytes in pieces, from piece number `first` on; only the last may be shorter."""
        with self.open(name) as reader:
            reader.seek(first * size_bytes)
            while piece := reader.read(size_bytes):
                yield piece


    def verify(self, name: str) -> Stored:
        """Decrypt a file to its end and return what it really holds.

        Raises:
            FileMissing: If there is no such file.
            FileDamaged: If any byte of it is not what was written.
        """
        with self.open(name) as reader, DigestStream() as digests:
            while piece := reader.read(CHUNK_BYTES):
                digests.update(piece)
            done = digests.finish()
            return Stored(name, reader.size_bytes, done.sha256, done.sm3, reader.kind)

    def discard(self, name: str) -> None:
        """Remove a derived file, which can be made again.

        Raises:
            OriginalKept: If the file is an original.
        """
        with self.open(name) as reader:
            kind = reader.kind
        if kind is FileKind.ORIGINAL:
            raise OriginalKept(name)
        self._path(name).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Say whether a file of this name lies in the vault, without opening it."""
        return self._path(name).is_file()

    def scan(self, known: Collection[str]) -> Scan:
        """Compare the folder with the names that the records know; reads names only, no content.

        Leftovers of writes that a crash cut off are neither.
        """
        known_names = frozenset(known)
        found = {path.stem for path in self._root.glob(f"??/*{_SUFFIX}")}
        return Scan(tuple(sorted(found - known_names)), tuple(sorted(known_names - found)))

    def _sweep(self) -> None:
        with self._first_write:
            for path in () if self._is_swept else self._root.glob(f"??/*{_PART}"):
                with contextlib.suppress(OSError):
                    path.unlink()
            self._is_swept = True

    def _write(self, source: Source, kind: FileKind, source_name: str) -> Stored:
        self._sweep()
        name = self._random_bytes(_NAME_BYTES).hex()
        final = self._path(name)
        part = final.with_suffix(_PART)
        key = new_key(self._kek, name, kind, self._random_bytes)
        try:
            new_folder = not final.parent.exists()
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if new_folder:
                _sync_folder(self._root)
            with DigestStream() as digests:
                with part.open("xb", buffering=0) as out:
                    size_bytes = _seal_all(source, source_name, key, out, digests)
                    os.fsync(out.fileno())
                done = digests.finish()
            _move(part, final)
            _sync_folder(final.parent)
        except OSError as error:
            raise _storage_error(error) from error
        finally:
            # After the move there is nothing to remove; a failure here must not hide the first one.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return Stored(name, size_bytes, done.sha256, done.sm3, kind)

    def _open_sealed(self, name: str) -> BinaryIO:
        try:
            return self._path(name).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise FileMissing(name) from error
        except OSError as error:
            raise StorageFailed(_cause(error)) from error

    def _path(self, name: str) -> Path:
        if len(name) != 2 * _NAME_BYTES or not set(name) <= set("0123456789abcdef"):
            # Names travel through records and other devices: never let one leave the folder.
            raise FileMissing(name)
        return self._root / name[:2] / (name + _SUFFIX)


def _seal_all(
    source: Source, source_name: str, key: FileKey, out: io.RawIOBase, digests: DigestStream
) -> int:
    _write_all(out, key.header)
    counter = size_bytes = 0
    block = _read_block(source, source_name)
    while True:
        following = _read_block(source, source_name) if block else b""
        digests.update(block)
        size_bytes += len(block)
        view = memoryview(block)
        starts = range(0, max(len(block), 1), SEGMENT_BYTES)
        sealed = [
            key.seal(
                counter + number,
                view[start : start + SEGMENT_BYTES],
                last=not following and start + SEGMENT_BYTES >= len(block),
            )
            for number, start in enumerate(starts)
        ]
        counter += len(sealed)
        _write_all(out, b"".join(sealed))
        if not following:
            return size_bytes
        block = following


def _read_block(source: Source, source_name: str) -> bytes:
    """Return exactly CHUNK_BYTES unless the source ends: segments must be full ones up to the last."""
    parts: list[bytes] = []
    left = CHUNK_BYTES
    try:
        while left and (part := source.read(left)):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise SourceUnreadable(source_name, _cause(error)) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _write_all(out: io.RawIOBase, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[out.write(view) or 0 :]


def _move(part: Path, final: Path) -> None:
    # On Windows a virus scanner may hold a fresh file open for a moment.
    for wait_s in _REPLACE_WAITS_S if os.name == "nt" else ():
        try:
            os.replace(part, final)
            return
        except PermissionError:
            time.sleep(wait_s)
    os.replace(part, final)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable; Windows does so with the rename."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _storage_error(error: OSError) -> StorageFull | StorageFailed:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    full = full or getattr(error, "winerror", None) in (_ERROR_DISK_FULL, _ERROR_HANDLE_DISK_FULL)
    return StorageFull() if full else StorageFailed(_cause(error))


def _cause(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
