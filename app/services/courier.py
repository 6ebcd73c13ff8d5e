"""Carry files between the vault and sync: read by digest, and take in what another laptop took."""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from app.db.sync_store import SyncStore
from app.media.errors import FileMissing, MediaError, SourceUnreadable
from app.media.vault_files import FileVault
from app.media.vault_reader import VaultReader
from sync.client.store import BlobReader, DamagedBlob, FileWanted


class VaultCourier:
    """Implements `BlobSource` and `BlobSink` of sync over the encrypted file vault."""

    def __init__(self, store: SyncStore, files: FileVault) -> None:
        self._store, self._files = store, files

    def open(self, sha256: str) -> AbstractContextManager[BlobReader]:
        """Open a file by the digest of its plain bytes; sync's words for what may fail."""
        return self._opened(sha256)

    def received(self, sha256: str) -> int:
        """Return 0: what was cut off is fetched anew, since the vault keeps whole files only."""
        return 0

    def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
        """Take a fetched file in, verified before it counts.

        Raises:
            DamagedBlob: If it has another digest; nothing is kept.
        """
        passing = _Verified(chunks, wanted.sha256)
        try:
            stored = self._files.put(passing)
        except SourceUnreadable as error:
            raise DamagedBlob(sha256=wanted.sha256) from error
        self._store.file_came(wanted.sha256, stored.name)

    @contextmanager
    def _opened(self, sha256: str) -> Iterator[BlobReader]:
        name = self._store.stored_name(sha256)
        try:
            if name is None:
                raise FileMissing(sha256)
            with self._files.open(name) as reader:
                yield _At(reader)
        except FileMissing as error:
            raise FileNotFoundError(errno.ENOENT, sha256) from error
        except MediaError as error:
            raise ValueError(error.code) from error


class _At:
    def __init__(self, reader: VaultReader) -> None:
        self._reader = reader

    def read_at(self, offset: int, size: int) -> bytes:
        """Return bytes from any place."""
        self._reader.seek(offset)
        parts = []
        while size > 0 and (part := self._reader.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Verified:
    """A source that ends with an error unless the bytes have the digest."""

    def __init__(self, chunks: Iterator[bytes], sha256: str) -> None:
        self._chunks, self._sha256 = chunks, sha256
        self._digest = hashlib.sha256()
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._digest.update(self._rest)
            if not self._rest and self._digest.hexdigest() != self._sha256:
                raise OSError(errno.EIO, "digest")
        part, self._rest = self._rest[:size], self._rest[size:]
        return part
