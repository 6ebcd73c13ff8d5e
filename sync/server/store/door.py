"""What the server asks of a store of bytes, and which one an address means."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from sync.server.store.files import FileStore
from sync.server.store.s3 import S3Store


class Part(Protocol):
    """A file that is coming in from its first byte on."""

    def write(self, data: bytes | memoryview) -> None:
        """Keep what follows, of any length."""

    def keep(self, mark: str) -> None:
        """All came and was found right: keep it as staged, durably, and remember by the mark what it was found to be.

        Raises:
            FileNotFoundError: If somebody has forgotten what was staged of it.
        """

    def drop(self) -> None:
        """It was found wrong: forget it."""

    def close(self) -> None:
        """Come to an end; the whole chunks that came stay staged. Again is no error."""


class BlobStore(Protocol):
    """Keep chunks of unfinished files, finished files by digest, and small notes by name; names come from the server."""

    def stage(self, owner: str, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk of an unfinished file, in the place of an earlier one."""

    def staged(self, owner: str, sha256: str) -> Mapping[int, int]:
        """Return the sizes of the chunks that are there, by number."""

    def read_staged(self, owner: str, sha256: str, count: int) -> Iterator[bytes]:
        """Yield the bytes of chunks 0 to count - 1."""

    def drop_staged(self, owner: str, sha256: str) -> None:
        """Forget the chunks of an unfinished file."""

    def drop_stale(self, before_ms: int) -> None:
        """Forget chunks of unfinished files to which nothing came since then, whoever remembers them."""

    def begin(self, owner: str, sha256: str) -> Part:
        """Take in a file from its first byte on; what came of it counts as staged when the line breaks."""

    def adopt(self, owner: str, marks: Mapping[str, str]) -> frozenset[str]:
        """Put files that were kept under these marks in their places, durably; return those that now lie there."""

    def put(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep a finished file; if the chunks raise, nothing is kept."""

    def put_together(self, files: Mapping[str, bytes]) -> None:
        """Keep several finished files of a few KiB by their digests; after an error some may be kept."""

    def sweep(self, before_ms: int) -> None:
        """Forget what a process that died was about to finish, where nothing was added to it since then."""

    def size(self, sha256: str) -> int | None:
        """Return the length of a finished file, or None if it is not there."""

    def read(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """Yield a finished file's bytes from an offset on.

        Raises:
            FileNotFoundError: If it is not there.
        """

    def free_bytes(self) -> int | None:
        """Return how much more fits, or None where nobody can tell."""

    def note(self, name: str) -> bytes | None:
        """Return a small named text, or None if it is not there."""

    def keep_note(self, name: str, data: bytes) -> None:
        """Keep a small named text, durably, in the place of an earlier one."""

    def check(self) -> None:
        """Require that the store can be used.

        Raises:
            OSError, Busy: If it cannot.
        """


def open_store(place: Path | str, random_bytes: Callable[[int], bytes]) -> BlobStore:
    """Return the store of a folder, made where it is missing, or of an `s3://` address.

    Raises:
        DriverMissing, BadAddress: If the address cannot be served.
        OSError: If the folder cannot be made.
    """
    if isinstance(place, str) and "://" in place:
        return S3Store(place)
    folder = Path(place)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileStore(folder, random_bytes)
