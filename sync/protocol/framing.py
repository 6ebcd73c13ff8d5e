"""Compressed bodies with hard limits: a small frame must never become a large memory.

`ZstdDecompressor.decompress(max_output_size=…)` is no limit when the frame states its own size, so the header is
read first and the content is streamed with a counter.
"""

from typing import Final

import zstandard

from sync.protocol.errors import SyncError

MAX_PACKED_BYTES: Final = 1 << 20
MAX_PLAIN_BYTES: Final = 8 << 20
MEDIA_TYPE: Final = "application/vnd.yanfang+zstd"
_WINDOW_BYTES: Final = 8 << 20
# A four-byte block may yield 128 KiB: this many bytes yield at most 8 MiB before the counter is asked.
_STEP_BYTES: Final = 256


class BadFrame(SyncError):
    """Say that a body is not exactly one readable zstd frame."""

    code = "body.not_zstd"


class TooLarge(SyncError):
    """Say that a body is, or would become, larger than allowed: `limit` bytes."""

    code = "body.too_large"


def pack(plain: bytes) -> bytes:
    """Compress one body.

    Raises:
        TooLarge: If the other end would refuse it.
    """
    if len(plain) > MAX_PLAIN_BYTES:
        raise TooLarge(limit=MAX_PLAIN_BYTES)
    packed = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(plain)
    if len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(limit=MAX_PACKED_BYTES)
    return packed


def unpack(packed: bytes, limit: int = MAX_PLAIN_BYTES) -> bytes:
    """Return the plain bytes of exactly one frame, using memory for at most `limit` of them.

    Raises:
        TooLarge: If the frame states or yields more than `limit`, or needs a larger window.
        BadFrame: If it is damaged, cut short, unsized, or followed by anything.
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
    return _stream(packed, frame.content_size)


def _stream(packed: bytes, stated: int) -> bytes:
    plain = bytearray()
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).decompressobj()
    try:
        for start in range(0, len(packed), _STEP_BYTES):
            plain += reader.decompress(packed[start : start + _STEP_BYTES])
            if len(plain) > stated:
                raise BadFrame(reason="longer_than_stated")
            if reader.eof:
                consumed_all = start + _STEP_BYTES >= len(packed) and not reader.unused_data
                if not consumed_all:
                    raise BadFrame(reason="trailing_bytes")
    except zstandard.ZstdError as problem:
        raise BadFrame() from problem
    if not reader.eof or len(plain) != stated:
        raise BadFrame(reason="cut_short")
    return bytes(plain)
