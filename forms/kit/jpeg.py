"""What a PDF must know of a JPEG to embed its bytes untouched."""

import struct
from dataclasses import dataclass

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SPACES = {1: "DeviceGray", 3: "DeviceRGB", 4: "DeviceCMYK"}


@dataclass(frozen=True, slots=True)
class Jpeg:
    """JPEG bytes with their size in pixels.

    Attributes:
        inverted: True for the four-ink pictures of Adobe programs, whose values run backwards.
    """

    raw: bytes
    width: int
    height: int
    space: str
    inverted: bool


def read_jpeg(raw: bytes) -> Jpeg | None:
    """Return the picture, or None where the bytes are no JPEG that a PDF reader can show."""
    if raw[:2] != b"\xff\xd8":
        return None
    offset, adobe = 2, False
    while offset + 9 < len(raw):
        if raw[offset] != 0xFF:
            return None
        marker = raw[offset + 1]
        if marker == 0xFF:
            offset += 1
            continue
        length = struct.unpack(">H", raw[offset + 2 : offset + 4])[0]
        if marker in _FRAMES:
            bits, height, width, parts = struct.unpack(">BHHB", raw[offset + 4 : offset + 10])
            if bits != 8 or not width or not height or parts not in _SPACES:
                return None
            return Jpeg(raw, width, height, _SPACES[parts], inverted=adobe and parts == 4)
        adobe = adobe or (marker == 0xEE and raw[offset + 4 : offset + 9] == b"Adobe")
        offset += 2 + length
    return None
