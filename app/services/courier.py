"""Carry files between the vault and sync: read by digest, and take in what another laptop took, piece by piece."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from app.db.sync_store import SyncStore
from app.db.unit import Database
from app.media.errors import FileMissing, MediaError, SourceUnreadable
from app.media.vault_files import FileVault
from app.media.vault_format import FileKind
from app.media.vault_reader import VaultReader
from sync.client.store import BlobReader, DamagedBlob, FileWanted

PART_BYTES = 1 << 20
_LEAST_PART = 64 << 10
Pace = Callable[[int], None]


def _at_once(_size: int) -> None:
    """Let bytes pass."""


class VaultCourier:
    """Implements `BlobSource` and `BlobSink` of sync over the encrypted file vault.

    What came of a file that was cut off lies in the vault too, encrypted like everything there, as parts that are
    listed in `sync_part` until the file is whole; so a download goes on where it stopped, after a restart as well.

    Args:
        pace: Called with the size of each piece that is about to travel; waits as long as the rate asks for.
    """

    def __init__(self, store: SyncStore, db: Database, files: FileVault, pace: Pace = _at_once) -> None:
        self._store, self._db, self._files, self._pace = store, db, files, pace

    def open(self, sha256: str) -> AbstractContextManager[BlobReader]:
        """Open a file by the digest of its plain bytes; sync's words for what may fail."""
        return self._opened(sha256)

    def received(self, sha256: str) -> int:
        """Return how many leading bytes are kept here."""
        return sum(size for _, size in self._parts(sha256))

    def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
        """Append what comes from `offset` on; when all is there, verify it and keep the file.

        Raises:
            DamagedBlob: If it has another digest; nothing is kept.
        """
        if offset == 0:
            self._drop(wanted.sha256)
        if wanted.size <= PART_BYTES and offset == 0:
            self.keep(wanted, self._paced(chunks))
            return
        self._append(wanted.sha256, self._paced(chunks))
        names = [name for name, _ in self._parts(wanted.sha256)]
        self.keep(wanted, (piece for name in names for piece in self._files.chunks(name)))
        self._drop(wanted.sha256)

    def tidy(self) -> None:
        """Drop parts of files that came in another way."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT DISTINCT p.sha256 FROM sync_part p LEFT JOIN sync_blob b ON b.sha256 = p.sha256"
                " WHERE b.state IS NOT 'want'"
            )
        for row in rows:
            self._drop(row.sha256)

    def keep(self, wanted: FileWanted, chunks: Iterator[bytes], *, is_at_server: bool = True) -> None:
        """Keep a file that comes whole or not at all, as out of a packet; what the server may not have goes on to it.

        Raises:
            DamagedBlob: If it has another digest; nothing is kept.
        """
        try:
            stored = self._files.put(_Verified(chunks, wanted.sha256))
        except (SourceUnreadable, FileMissing) as error:
            self._drop(wanted.sha256)
            raise DamagedBlob(sha256=wanted.sha256) from error
        self._store.file_came(wanted.sha256, stored.name, is_at_server=is_at_server)

    def _append(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep what comes in parts; what came before the line was cut is kept too."""
        held = bytearray()
        try:
            for piece in chunks:
                held += piece
                while len(held) >= PART_BYTES:
                    self._add_part(sha256, bytes(held[:PART_BYTES]))
                    del held[:PART_BYTES]
        except BaseException:
            if len(held) >= _LEAST_PART:
                self._add_part(sha256, bytes(held))
            raise
        if held:
            self._add_part(sha256, bytes(held))

    def _add_part(self, sha256: str, data: bytes) -> None:
        stored = self._files.put(data, kind=FileKind.DERIVED)
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql(
                "INSERT INTO sync_part(sha256, n, stored, size_bytes)"
                " SELECT ?, coalesce(max(n), 0) + 1, ?, ? FROM sync_part WHERE sha256 = ?",
                (sha256, stored.name, len(data), sha256),
            )

    def _parts(self, sha256: str) -> list[tuple[str, int]]:
        with self._db.read() as unit:
            rows = unit.sql("SELECT stored, size_bytes FROM sync_part WHERE sha256 = ? ORDER BY n", (sha256,))
        parts = [(row.stored, row.size_bytes) for row in rows]
        if all(self._files.has(name) for name, _ in parts):
            return parts
        self._drop(sha256)  # a part is gone, and with it what follows
        return []

    def _drop(self, sha256: str) -> None:
        with self._db.read() as unit:
            names = [row.stored for row in unit.sql("SELECT stored FROM sync_part WHERE sha256 = ?", (sha256,))]
        if not names:
            return
        with self._db.marked("pull") as connection:
            connection.exec_driver_sql("DELETE FROM sync_part WHERE sha256 = ?", (sha256,))
        for name in names:
            if self._files.has(name):
                self._files.discard(name)

    def _paced(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for piece in chunks:
            self._pace(len(piece))
            yield piece

    @contextmanager
    def _opened(self, sha256: str) -> Iterator[BlobReader]:
        name = self._store.stored_name(sha256)
        try:
            if name is None:
                raise FileMissing(sha256)
            with self._files.open(name) as reader:
                yield _At(reader, self._pace)
        except FileMissing as error:
            raise FileNotFoundError(errno.ENOENT, sha256) from error
        except MediaError as error:
            raise ValueError(error.code) from error


class _At:
    def __init__(self, reader: VaultReader, pace: Pace) -> None:
        self._reader, self._pace = reader, pace

    def read_at(self, offset: int, size: int) -> bytes:
        """Return bytes from any place."""
        self._pace(size)
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
