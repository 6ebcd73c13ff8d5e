"""Make the stamped copy of a photo: a strip under the picture says when, where, for what and of which original.

A derived file beside the original, never in its place; no pixel of the picture is covered.
"""

import datetime as dt
import io
from dataclasses import dataclass
from typing import Final

from app.media.exif import CHINA

_UNKNOWN: Final = "未知"
_SHORT_DIGITS: Final = 12
_NARROWEST_PX: Final = 480
_QUALITY: Final = 85
_PAPER, _INK, _FAINT, _RED = "#ffffff", "#1d2129", "#4e5969", "#c8102e"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the strip says.

    Attributes:
        taken_at: Instant of the picture in UTC; None is printed as unknown.
        sha256: Of the original, hexadecimal; its first twelve digits are printed.
        mark: A word that must not be overlooked, such as the rehearsal mark; empty for none.
    """

    taken_at: dt.datetime | None
    place: str
    task: str
    number: str
    sha256: str
    mark: str = ""


def stamped(rendition: bytes, stamp: Stamp) -> bytes:
    """Return a JPEG of the print rendition with the strip under it; the same input gives the same bytes."""
    from PIL import Image, ImageDraw

    from app.media.lettering import bold, regular, wrapped

    with Image.open(io.BytesIO(rendition), formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    width = max(picture.width, _NARROWEST_PX)
    size_px = max(14, width // 52)
    pad, line_px = size_px * 3 // 4, size_px * 3 // 2
    font, mark_font = regular(size_px), bold(size_px * 2)
    mark_px = int(mark_font.getlength(stamp.mark)) + 2 * pad if stamp.mark else 0
    lines = [part for text in _texts(stamp) for part in wrapped(text, font, width - 2 * pad - mark_px)]
    strip_px = max(line_px * len(lines) + pad, line_px * 2 if stamp.mark else 0) + pad
    sheet = Image.new("RGB", (width, picture.height + strip_px), _PAPER)
    sheet.paste(picture, ((width - picture.width) // 2, 0))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, picture.height, width, picture.height + 2), fill=_RED if stamp.mark else _FAINT)
    for number, line in enumerate(lines):
        draw.text((pad, picture.height + pad + number * line_px), line, font=font, fill=_INK)
    if stamp.mark:
        draw.text((width - mark_px + pad, picture.height + pad), stamp.mark, font=mark_font, fill=_RED)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _texts(stamp: Stamp) -> tuple[str, ...]:
    local = stamp.taken_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if stamp.taken_at else _UNKNOWN
    return (
        f"时间：{local}　地点：{stamp.place or _UNKNOWN}",
        f"任务：{stamp.task or _UNKNOWN}",
        f"编号：{stamp.number}　原件校验：sha256:{stamp.sha256[:_SHORT_DIGITS]}",
    )
