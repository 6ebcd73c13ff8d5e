"""SHA-256 and SM3 of a stream, side by side on two cores."""

import hashlib
import queue
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes

_QUEUED_BLOCKS: Final = 4
_INLINE_BYTES: Final = 256 * 1024


class Hasher(Protocol):
    """Take bytes and give their digest in hexadecimal."""

    def update(self, block: bytes, /) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far."""


class _OwnOpenSsl:
    """SM3 by the OpenSSL that `cryptography` carries, for a Python built on one without SM3."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, block: bytes, /) -> None:
        self._hash.update(block)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()


def new_sm3() -> Hasher:
    """Return an SM3 hasher that runs in OpenSSL, never in Python.

    Source: GB/T 32905-2016.
    """
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _OwnOpenSsl()


@dataclass(frozen=True, slots=True)
class Digests:
    """Two digests of the same bytes, in lower-case hexadecimal."""

    sha256: str
    sm3: str


class DigestStream:
    """Take a stream block by block; SM3, four times slower, runs in a thread of its own.

    Use as a context manager: leaving it ends the thread, also after an error.
    """

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = new_sm3()
        self._blocks: queue.Queue[bytes | None] = queue.Queue(_QUEUED_BLOCKS)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "DigestStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._join()

    def update(self, block: bytes) -> None:
        """Add a block; it must not change afterwards."""
        if self._thread is None and len(block) < _INLINE_BYTES:
            self._sm3.update(block)
        else:
            self._start()
            self._blocks.put(block)
        self._sha256.update(block)

    def finish(self) -> Digests:
        """Wait for both hashes and return them."""
        self._join()
        return Digests(self._sha256.hexdigest(), self._sm3.hexdigest())

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._drain, name="sm3", daemon=True)
            self._thread.start()

    def _drain(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._sm3.update(block)

    def _join(self) -> None:
        if self._thread is not None:
            self._blocks.put(None)
            self._thread.join()
            self._thread = None
