"""Files on their way in, and whether bytes are those of a name."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sync.protocol.files import FileOffer
from sync.server import errors
from sync.server.store.door import Part

COUNTED_BYTES: Final = 8 << 20


class Incoming:
    """One file on its way in; its digest is computed over the very bytes that are written."""

    def __init__(self, upload: FileOffer, part: Part, count: Callable[[int], None], counted: int) -> None:
        self._upload, self._part = upload, part
        self._count, self._counted = count, counted
        self._digest = hashlib.sha256()
        self._size = 0

    def take(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Keep what follows.

        Raises:
            BadChunk: If it is more than was announced.
        """
        self._size += sum(map(len, pieces))
        if self._size > self._upload.size:
            raise errors.BadChunk(size=self._size)
        while self._size > self._counted:
            more = min(self._upload.size - self._counted, COUNTED_BYTES)
            self._count(more)
            self._counted += more
        for data in pieces:
            self._part.write(data)
            self._digest.update(data)

    def finish(self) -> None:
        """Keep the file until it is offered again, which gives it its place and its receipt.

        Raises:
            BadChunk: If it is less than was announced.
            BlobDigest: If SHA-256 of the whole differs; nothing of it is kept.
            BlobIncomplete: If somebody forgot it meanwhile.
        """
        if self._size != self._upload.size:
            raise errors.BadChunk(size=self._size)
        if self._digest.hexdigest() != self._upload.sha256:
            self._part.drop()
            raise errors.BlobDigest(sha256=self._upload.sha256)
        try:
            self._part.keep(mark(self._size))
        except FileNotFoundError as problem:
            raise errors.BlobIncomplete(missing=1) from problem

    def close(self) -> None:
        """Come to an end, in the middle too: what came so far is not sent again."""
        self._part.close()


def mark(size: int) -> str:
    """Return what a whole file was found to be, beside its name."""
    return f"{size}-whole"


def digests_fit(chunks: Iterator[bytes], sha256: str) -> bool:
    """Return whether the bytes are those of this name."""
    try:
        for _ in verified(chunks, sha256):
            pass
    except errors.BlobDigest:
        return False
    return True


def verified(chunks: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    """Yield the bytes.

    Raises:
        BlobDigest: At the end, if they are not those of this name.
    """
    digest = hashlib.sha256()
    for data in chunks:
        digest.update(data)
        yield data
    if digest.hexdigest() != sha256:
        raise errors.BlobDigest(sha256=sha256)
