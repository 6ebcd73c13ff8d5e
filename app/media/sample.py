"""Draw photos for the rehearsal office: a shelf, a sheet of paper, and the word that it is a rehearsal."""

import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from app.media.exif import CHINA, Position
from app.media.lettering import bold, regular, tilted_mark, wrapped

REHEARSAL: Final = "演练"
_WIDTH, _HEIGHT = 1600, 1200
_SHELVES: Final = 5
_BOXES: Final = ("#e9eef5", "#d7e8dc", "#f3e3d0", "#dfe3f4", "#f4dede", "#e4f0f2", "#efe9c9")
_STRIPES: Final = ("#2f6db5", "#3f8f5b", "#c9742b", "#5a4fa3", "#b8454b", "#2b8c9a", "#9a8426")
_WALL, _BOARD, _PAPER, _INK, _RED = "#cfd3d6", "#8d7458", "#fbfaf4", "#20242a", "#c8102e"
_MAKE, _MODEL, _SOFTWARE, _DATE_TIME = 271, 272, 305, 306
_EXIF_IFD, _GPS_IFD, _ORIGINAL, _OFFSET_ORIGINAL = 0x8769, 0x8825, 36867, 36881


def make_sample_photo(
    title: str, lines: Sequence[str], when: dt.datetime, gps: Position | None = None
) -> bytes:
    """Return a drawn JPEG with real Exif time, zone and position; the same input gives the same bytes.

    Every part of the picture carries the rehearsal mark, so that it cannot pass for evidence.
    """
    chance = _chance(title)
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _WALL)
    _draw_shelves(picture, chance)
    picture = picture.filter(ImageFilter.GaussianBlur(1.6))
    _draw_sheet(picture, title, lines)
    picture.paste(_RED, mask=tilted_mark(picture.size, REHEARSAL, 84))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=_exif(when, gps))
    return out.getvalue()


def _chance(seed: str) -> Iterator[int]:
    """Give bytes that look drawn by lot and depend on the seed only."""
    block = seed.encode()
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _draw_shelves(picture: Image.Image, chance: Iterator[int]) -> None:
    draw = ImageDraw.Draw(picture)
    shelf_px = _HEIGHT // _SHELVES
    for shelf in range(_SHELVES):
        floor = (shelf + 1) * shelf_px - 18
        x = 12 + next(chance) % 20
        while x < _WIDTH - 40:
            width, height = 60 + next(chance) % 70, 90 + next(chance) % 110
            colour = next(chance) % len(_BOXES)
            draw.rectangle((x, floor - height, x + width, floor), fill=_BOXES[colour], outline="#9aa1a8")
            draw.rectangle((x, floor - height // 2, x + width, floor - height // 3), fill=_STRIPES[colour])
            x += width + (4 if next(chance) % 5 else 50)
        draw.rectangle((0, floor, _WIDTH, floor + 18), fill=_BOARD)


def _draw_sheet(picture: Image.Image, title: str, lines: Sequence[str]) -> None:
    """Lay a sheet with the text on the shelf, as one photographs a list or a price tag."""
    left, top, width, pad = 300, 150, 1000, 56
    head, text, small = bold(46), regular(34), regular(24)
    rows = [row for line in lines for row in wrapped(line, text, width - 2 * pad)]
    height = min(_HEIGHT - top - 40, 220 + 54 * len(rows))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left + 10, top + 12, left + width + 10, top + height + 12), fill="#6b6f73")
    draw.rectangle((left, top, left + width, top + height), fill=_PAPER, outline="#b5b2a6")
    draw.text(
        (left + pad, top + 36),
        wrapped(title, head, width - 2 * pad)[0] if title else "",
        font=head,
        fill=_INK,
    )
    draw.line((left + pad, top + 108, left + width - pad, top + 108), fill=_INK, width=2)
    for number, row in enumerate(rows):
        y = top + 128 + 54 * number
        if y + 54 > top + height - 50:
            break
        draw.text((left + pad, y), row, font=text, fill=_INK)
    footer = f"{REHEARSAL}样张，内容均为虚构"
    draw.text((left + pad, top + height - 50), footer, font=small, fill=_RED)


def _exif(when: dt.datetime, gps: Position | None) -> Image.Exif:
    local = when.astimezone(CHINA).strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL], exif[_SOFTWARE], exif[_DATE_TIME] = (
        "Yanfang",
        "Rehearsal",
        "yanfang sample",
        local,
    )
    exif.get_ifd(_EXIF_IFD).update({_ORIGINAL: local, _OFFSET_ORIGINAL: "+08:00"})
    if gps is not None:
        sides = {1: "N" if gps.latitude >= 0 else "S", 3: "E" if gps.longitude >= 0 else "W"}
        exif.get_ifd(_GPS_IFD).update(
            {1: sides[1], 2: _dms(abs(gps.latitude)), 3: sides[3], 4: _dms(abs(gps.longitude))}
        )
    return exif


def _dms(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 4)
