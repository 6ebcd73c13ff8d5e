"""Compressed bodies with hard limits: a small frame must never become a large memory.

    body = one zstd frame with the text of `lifting` | its parts

A short body is pressed as hard as it goes, with the dictionary of `wordbook`; in a long one that costs more time than it saves.
Whoever reads need not know which it was. `ZstdDecompressor.decompress(max_output_size=…)` is no limit when the frame states
its own size, so the header is read first and the content is streamed with a counter.
"""

from typing import Final

import zstandard

from sync.protocol import lifting
from sync.protocol.errors import SyncError
from sync.protocol.wordbook import WORDS

MAX_PACKED_BYTES: Final = 1 << 20
MAX_PLAIN_BYTES: Final = 8 << 20
MEDIA_TYPE: Final = "application/vnd.yanfang+zstd"
_WINDOW_BYTES: Final = 8 << 20
# A four-byte block may yield 128 KiB: this many bytes yield at most 8 MiB before the counter is asked.
_STEP_BYTES: Final = 256
_SHORT_BYTES: Final = 16 << 10
_SHORT_LEVEL: Final = 15
_LONG_LEVEL: Final = 6
_WORDS: Final = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class BadFrame(SyncError):
    """Say that a body is not exactly one readable zstd frame."""

    code = "body.not_zstd"


class TooLarge(SyncError):
    """Say that a body is, or would become, larger than allowed: `limit` bytes."""

    code = "body.too_large"


def pack(plain: bytes) -> bytes:
    """Compress one body, which is JSON as `codec.dump` writes it.

    Raises:
        TooLarge: If the other end would refuse it.
    """
    if len(plain) > MAX_PLAIN_BYTES:
        raise TooLarge(limit=MAX_PLAIN_BYTES)
    if len(plain) <= _SHORT_BYTES:
        text, parts = lifting.lift(plain)
        press = zstandard.ZstdCompressor(level=_SHORT_LEVEL, dict_data=_WORDS, write_checksum=True)
    else:
        text, parts = lifting.lift_signatures(plain)
        press = zstandard.ZstdCompressor(level=_LONG_LEVEL, write_checksum=True)
    packed = press.compress(text) + parts
    if len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(limit=MAX_PACKED_BYTES)
    return packed


def unpack(packed: bytes, limit: int = MAX_PLAIN_BYTES) -> bytes:
    """Return the plain bytes of exactly one body, using memory for a small multiple of `limit`.

    Raises:
        TooLarge: If the frame states or yields more than `limit`, or needs a larger window.
        BadFrame: If it is damaged, cut short, unsized, or not followed by exactly its parts.
    """
    if len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(limit=MAX_PACKED_BYTES)
    try:
        frame = zstandard.get_frame_parameters(packed)
    except zstandard.ZstdError as problem:
        raise BadFrame() from problem
    if frame.content_size == zstandard.CONTENTSIZE_UNKNOWN:
        raise BadFrame(reason="unsized")
    if frame.content_size > limit or frame.window_size > max(_WINDOW_BYTES, limit):
        raise TooLarge(limit=limit)
    try:
        return lifting.put_back(*_stream(packed, frame.content_size), limit)
    except lifting.TooLong as problem:
        raise TooLarge(limit=limit) from problem
    except lifting.BadParts as problem:
        raise BadFrame(reason="parts") from problem


def _stream(packed: bytes, stated: int) -> tuple[bytes, bytes]:
    """Return what the frame holds, and what follows it."""
    plain, rest = bytearray(), b""
    reader = zstandard.ZstdDecompressor(dict_data=_WORDS, max_window_size=_WINDOW_BYTES).decompressobj()
    try:
        for start in range(0, len(packed), _STEP_BYTES):
            plain += reader.decompress(packed[start : start + _STEP_BYTES])
            if len(plain) > stated:
                raise BadFrame(reason="longer_than_stated")
            if reader.eof:
                rest = reader.unused_data + packed[start + _STEP_BYTES :]
                break
    except zstandard.ZstdError as problem:
        raise BadFrame() from problem
    if not reader.eof or len(plain) != stated:
        raise BadFrame(reason="cut_short")
    return bytes(plain), rest
