"""Photos made by code: the same seed gives the same pictures."""

import io
import random
from collections.abc import Iterator

from PIL import Image, ImageChops

from bench.method import SEED

_WIDTH, _HEIGHT = 4000, 3000
_ROOM = 1000
# Detail as in a photo: a little of every size. Columns of noise and how strong it is.
_OCTAVES = ((8, 0.55), (40, 0.45), (170, 0.3), (800, 0.22), (2600, 0.16))
_MAKE, _ORIENTATION, _DATE_TIME, _GPS_IFD = 271, 274, 306, 0x8825


def photos(count: int) -> Iterator[bytes]:
    """Give JPEGs of 12 megapixels and about 3 MB, all different, with Exif time, position and orientation."""
    chance = random.Random(SEED)
    base = _scene(chance, _WIDTH + _ROOM, _HEIGHT + _ROOM)
    for number in range(count):
        left, top = chance.randrange(_ROOM), chance.randrange(_ROOM)
        picture = base.crop((left, top, left + _WIDTH, top + _HEIGHT))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=86, subsampling=2, exif=_exif(number))
        yield out.getvalue()


def small_photos(count: int, longest_px: int = 640) -> Iterator[bytes]:
    """Give small different JPEGs, as renditions are."""
    chance = random.Random(SEED + 1)
    height = longest_px * 3 // 4
    base = _scene(chance, longest_px * 2, height * 2)
    for _ in range(count):
        left, top = chance.randrange(longest_px), chance.randrange(height)
        out = io.BytesIO()
        base.crop((left, top, left + longest_px, top + height)).save(out, "JPEG", quality=82)
        yield out.getvalue()


def _scene(chance: random.Random, width: int, height: int) -> Image.Image:
    scene = Image.new("RGB", (width, height), (128, 128, 128))
    for columns, share in _OCTAVES:
        size = (min(columns, width), max(2, min(columns, width) * height // width))
        noise = Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
        grown = noise.resize((width, height), Image.Resampling.BICUBIC)
        # Added around the middle grey, so that many layers neither darken nor brighten.
        scene = ImageChops.add(
            scene, Image.blend(Image.new("RGB", grown.size, (128,) * 3), grown, share), 1, -128
        )
    return scene


def _exif(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[_MAKE], exif[_ORIENTATION] = "BENCH", 1
    exif[_DATE_TIME] = f"2026:03:02 09:{number // 60 % 60:02d}:{number % 60:02d}"
    exif.get_ifd(_GPS_IFD).update(
        {1: "N", 2: (31.0, 14.0, float(number % 60)), 3: "E", 4: (121.0, 28.0, 3.0)}
    )
    return exif
