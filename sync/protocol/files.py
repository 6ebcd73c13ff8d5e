"""Messages about files: many are announced at once, and each is answered by itself. Small ones travel together.

A bundle is a message as JSON, a line end, and the bytes of files one after another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from sync.protocol import codec
from sync.protocol.codec import BadMessage
from sync.protocol.messages import CHUNK_BYTES, MAX_JSON_BYTES, Problem

M = TypeVar("M")
MAX_OFFERS: Final = 200
MAX_ASKED: Final = 900  # digests in one question; more would pass `MAX_JSON_BYTES`
SMALL_BYTES: Final = 64 << 10
MAX_BUNDLED: Final = 512 << 10  # with its head no longer than a chunk: proxies let that pass
# A small picture that stands for a file until that has come: kept and given out as any file, and counted as none.
PREVIEW_MIME: Final = "image/vnd.yanfang.preview+jpeg"
PREVIEW_BYTES: Final = 30 << 10
# So much a request puts together itself; of what is longer the receipt comes later.
AT_ONCE_BYTES: Final = 64 << 20
MAX_BUNDLE_BYTES: Final = MAX_JSON_BYTES + 1 + MAX_BUNDLED


def chunk_count(size: int) -> int:
    """Return in how many chunks a file of this size goes."""
    return -(-size // CHUNK_BYTES)


def chunk_size(size: int, number: int) -> int:
    """Return how long a chunk of a file is; all but the last are alike."""
    return min(CHUNK_BYTES, size - number * CHUNK_BYTES)


@dataclass(frozen=True, slots=True)
class FileOffer:
    """Announce a file; whoever may read `scope` may then fetch it.

    Attributes:
        sm3: SM3 digest, hex, that the record says; the server compares it later. Empty where the sender has none.
    """

    sha256: str
    scope: str
    size: int
    mime: str
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class FileState:
    """How much of an announced file the server has.

    Attributes:
        missing: Numbers of the chunks still to be sent; empty when complete, being put together, or not taken.
        problem: Why the file is not taken.
        later: Whether the same may be taken later.
        at_work: All came, and the server is putting it together; the receipt follows.
    """

    sha256: str
    complete: bool
    missing: tuple[int, ...]
    problem: Problem | None = None
    later: bool = False
    at_work: bool = False


@dataclass(frozen=True, slots=True)
class OffersRequest:
    """Files to be announced, at most `MAX_OFFERS`."""

    files: tuple[FileOffer, ...]


@dataclass(frozen=True, slots=True)
class OffersAnswer:
    """One state for each file, in the order of the request."""

    files: tuple[FileState, ...]


@dataclass(frozen=True, slots=True)
class SizesRequest:
    """Digests of files of which to tell whether they are there, at most `MAX_ASKED`."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SizesAnswer:
    """How long each file is, in the order of the request; -1 for one that is not there, or not for this device."""

    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """Digests of files to be given together, at most `MAX_OFFERS`."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BundleAnswer:
    """Begin a bundle: how long each file is that follows, in the order of the request; -1 for one that does not.

    That may not be there, not be for this device, or have to be asked for by itself, being too long or one too many.
    """

    sizes: tuple[int, ...]


def bundled(message: object, contents: Iterable[bytes]) -> bytes:
    """Return a message and the bytes of files as one body."""
    return b"\n".join((codec.dump(message), b"".join(contents)))


def unbundled(kind: type[M], body: bytes) -> tuple[M, memoryview]:
    """Take a body apart into its message and the bytes of files.

    Raises:
        BadMessage: If it does not begin with such a message.
    """
    head, _, _ = body.partition(b"\n")
    if len(head) == len(body):
        raise BadMessage(at="bundle")
    return codec.load(kind, head), memoryview(body)[len(head) + 1 :]


def cut(contents: memoryview, sizes: Iterable[int]) -> list[bytes]:
    """Return the bytes of each file.

    Raises:
        BadMessage: If they do not add up.
    """
    found, at = [], 0
    for size in sizes:
        if size < 0:
            raise BadMessage(at="size")
        found.append(bytes(contents[at : at + size]))
        at += size
    if at != len(contents):
        raise BadMessage(at="bundle")
    return found
