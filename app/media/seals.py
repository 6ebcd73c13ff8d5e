"""The picture of a seal, as the office gives it: a PNG with transparency, taken apart into pixels."""

import io
from dataclasses import dataclass

from app.media.errors import SourceUnreadable

_MOST_BYTES = 8 << 20
_MOST_PIXELS = 16_000_000


@dataclass(frozen=True, slots=True)
class SealPixels:
    """The pixels of a seal, rows from the top: three bytes of colour and one of opacity each."""

    width: int
    height: int
    rgb: bytes
    alpha: bytes


def read_seal(png: bytes, name: str = "") -> SealPixels:
    """Take a PNG apart.

    Raises:
        SourceUnreadable: If it is none, or larger than a seal can be.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if len(png) > _MOST_BYTES or opened.width * opened.height > _MOST_PIXELS:
                raise SourceUnreadable(name, "size")
            whole = opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise SourceUnreadable(name, "format") from error
    return SealPixels(
        whole.width, whole.height, whole.convert("RGB").tobytes(), whole.getchannel("A").tobytes()
    )
