"""Open hostile pictures: header first, pixels only within limits, two small JPEGs out. Runs in the worker."""

import io
import struct
import warnings
from dataclasses import dataclass, replace
from typing import Any, Final

from PIL import Image, ImageFile, UnidentifiedImageError

from app.media.look import (
    DAMAGED,
    MEGAPIXELS_AT_MOST,
    OUT_OF_MEMORY,
    RENDITION_PX,
    THUMBNAIL_PX,
    TOO_MANY_PIXELS,
    Look,
)

_FORMATS: Final = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/tiff": ("TIFF",),
    "image/heic": ("HEIF",),
}
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _MAKE, _MODEL, _DATE_TIME, _EXIF_IFD, _GPS_IFD = 274, 271, 272, 306, 0x8769, 0x8825
_DATE_ORIGINAL, _OFFSET, _OFFSET_ORIGINAL = 36867, 36880, 36881
_QUALITY: Final = 82
# What Pillow's parsers raise on broken input, beyond OSError: seen in its sources and in fuzzed files.
BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The thumbnail and the print rendition, as JPEG."""

    thumbnail: bytes
    rendition: bytes


def look_at_picture(content: bytes, mime: str) -> Look:
    """Read header, Exif and pixels of a picture; whatever is wrong with it becomes a reason, never an error."""
    look = Look(reason=DAMAGED)
    try:
        with opened_picture(content, mime) as image:
            look = replace(look, width=image.width, height=image.height)
            if image.width * image.height > MEGAPIXELS_AT_MOST * 1_000_000:
                return replace(look, reason=TOO_MANY_PIXELS)
            look = _with_exif(look, image)
            pair = _renditions(image, look.orientation if mime != "image/heic" else 1)
            return replace(look, reason="", thumbnail=pair.thumbnail, rendition=pair.rendition)
    except MemoryError:
        return replace(look, reason=OUT_OF_MEMORY)
    except (*BROKEN, UnidentifiedImageError):
        return look


def shrink(image: Image.Image) -> Pair:
    """Make both JPEGs of a picture that already stands upright."""
    rendition = _encoded(image)
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return Pair(_encoded(image), rendition)


def opened_picture(content: bytes, mime: str) -> Image.Image:
    """Open a picture of the type that its bytes say; no pixel is read yet."""
    if mime == "image/heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    # Own check of the size follows at once: this one would hide the figures.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = Image.open(io.BytesIO(content), formats=_FORMATS[mime])
    Image.MAX_IMAGE_PIXELS = MEGAPIXELS_AT_MOST * 1_000_000
    return opened


def _renditions(image: Image.Image, orientation: int) -> Pair:
    longest = max(image.size)
    if longest > RENDITION_PX:
        # The aspect ratio must be kept here, or draft mode takes the next larger scale and twice the time.
        image.draft("RGB", tuple(max(1, side * RENDITION_PX // longest) for side in image.size))  # type: ignore[arg-type]
    image.load()
    upright = image if image.mode == "RGB" else _as_rgb(image)
    if longest > RENDITION_PX:
        upright.thumbnail((RENDITION_PX, RENDITION_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    if orientation in _TURNS:
        upright = upright.transpose(_TURNS[orientation])
    return shrink(upright)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # Comment, profile and resolution of the original would be written along.
    image.info.clear()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _with_exif(look: Look, image: Image.Image) -> Look:
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        try:
            exif = image.getexif()
            details, gps = exif.get_ifd(_EXIF_IFD), exif.get_ifd(_GPS_IFD)
            orientation: Any = image.info.get("original_orientation") or exif.get(_ORIENTATION)
            seen = replace(
                look,
                orientation=int(orientation) if orientation in range(1, 9) else 0,
                time_text=_text(details.get(_DATE_ORIGINAL) or exif.get(_DATE_TIME)),
                offset_text=_text(details.get(_OFFSET_ORIGINAL) or details.get(_OFFSET)),
                camera=" ".join(filter(None, (_text(exif.get(_MAKE)), _text(exif.get(_MODEL))))),
                gps=tuple((tag, _plain(gps[tag])) for tag in (1, 2, 3, 4) if tag in gps),
            )
        except (*BROKEN, MemoryError):
            return replace(look, is_exif_broken=True)
    return replace(seen, is_exif_broken=bool(doubts))


def _text(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return text.split("\0")[0].strip()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")[:8]
    if isinstance(value, str):
        return value[:8]
    return [float(part) for part in value][:4] if isinstance(value, tuple) else float(value)
