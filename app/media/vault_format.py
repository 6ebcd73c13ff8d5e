"""The bytes of an encrypted file: one header, then sealed segments.

    magic "YFV1" | kind u8 | segment size log2 u8 | nonce prefix 7 | wrap nonce 12 | wrapped key 48
    segment 0 | segment 1 | … | last segment       each: AES-256-GCM ciphertext + 16-byte tag

A segment's nonce is prefix ‖ counter (u32) ‖ last flag (u8), the STREAM construction: a segment left out,
moved, repeated or cut off at the end no longer opens. The wrapped key is bound to the header and to the file's
id, so a file put in another's place does not open either.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"YFV1"
SEGMENT_LOG2: Final = 16
SEGMENT_BYTES: Final = 1 << SEGMENT_LOG2
TAG_BYTES: Final = 16
SEALED_BYTES: Final = SEGMENT_BYTES + TAG_BYTES
_OPEN_PART: Final = struct.Struct(">4sBB7s")
_HEADER: Final = struct.Struct(">4sBB7s12s48s")
HEADER_BYTES: Final = _HEADER.size
_WRAP_LABEL: Final = b"yanfang/file/1\0"


class FileKind(IntEnum):
    """Say whether a file may ever be deleted."""

    ORIGINAL = 0
    DERIVED = 1


class BadFile(ValueError):
    """Say that stored bytes are not what was written under this key and this id."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """Seal and open the segments of one file."""

    header: bytes
    kind: FileKind
    prefix: bytes
    cipher: AESGCM

    def seal(self, counter: int, plain: bytes | memoryview, *, last: bool) -> bytes:
        """Return one encrypted segment with its tag."""
        return self.cipher.encrypt(self._nonce(counter, last), plain, self.header)

    def unseal(self, counter: int, sealed: bytes, *, last: bool) -> bytes:
        """Return the plain bytes of one segment.

        Raises:
            BadFile: If the segment was changed, moved, or is (not) the last one.
        """
        try:
            return self.cipher.decrypt(self._nonce(counter, last), sealed, self.header)
        except InvalidTag as error:
            raise BadFile(f"segment {counter}") from error

    def _nonce(self, counter: int, last: bool) -> bytes:
        return self.prefix + counter.to_bytes(4, "big") + bytes([last])


def new_key(kek: bytes, file_id: str, kind: FileKind, random_bytes: Callable[[int], bytes]) -> FileKey:
    """Make the key and the header of a file about to be written."""
    prefix, wrap_nonce, dek = random_bytes(7), random_bytes(12), random_bytes(32)
    front = _OPEN_PART.pack(MAGIC, kind, SEGMENT_LOG2, prefix)
    wrapped = AESGCM(kek).encrypt(wrap_nonce, dek, _wrap_aad(front, file_id))
    return FileKey(front + wrap_nonce + wrapped, kind, prefix, AESGCM(dek))


def read_key(kek: bytes, file_id: str, header: bytes) -> FileKey:
    """Return the key of a stored file from its header.

    Raises:
        BadFile: If the header is damaged, or belongs to another file or key.
    """
    if len(header) != HEADER_BYTES:
        raise BadFile("header is short")
    magic, kind, segment_log2, prefix, wrap_nonce, wrapped = _HEADER.unpack(header)
    if magic != MAGIC or segment_log2 != SEGMENT_LOG2:
        raise BadFile("not an encrypted file of this version")
    try:
        dek = AESGCM(kek).decrypt(wrap_nonce, wrapped, _wrap_aad(header[: _OPEN_PART.size], file_id))
        return FileKey(header, FileKind(kind), prefix, AESGCM(dek))
    except (InvalidTag, ValueError) as error:
        raise BadFile("header") from error


def plain_size(stored_bytes: int) -> int:
    """Return how many plain bytes a stored file of this length holds.

    Raises:
        BadFile: If no file written here can have this length.
    """
    body = stored_bytes - HEADER_BYTES
    full, rest = divmod(body, SEALED_BYTES)
    if body < TAG_BYTES or (rest and rest < TAG_BYTES) or (full and rest == TAG_BYTES):
        raise BadFile("length")
    return full * SEGMENT_BYTES + (rest - TAG_BYTES if rest else 0)


def _wrap_aad(front: bytes, file_id: str) -> bytes:
    return _WRAP_LABEL + front + file_id.encode()
