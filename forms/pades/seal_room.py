"""The room that a document keeps for the seal: around its last date, and nowhere else on the page."""

import re
from typing import Final

from forms.kit.flow import PAGE_WIDTH
from forms.kit.fonts import fonts

MOST_MM: Final = 60  # no seal is wider
_MM: Final = 72 / 25.4
_TEXT: Final = re.compile(rb"([\d.-]+) ([\d.-]+) Td((?: /F\w+ [\d.]+ Tf <[0-9A-Fa-f]*> Tj)+)")
_RUN: Final = re.compile(rb"/(F\w+) ([\d.]+) Tf <([0-9A-Fa-f]*)> Tj")
_DATE: Final = re.compile(r"(?:[12]\d{3}|[一二三四五六七八九〇零○]{4}) *年.{1,4}月.{1,4}日")
_DATE_LETTERS: Final = "0123456789一二三四五六七八九十〇零○年月日 "


def is_within(content: bytes, corners: tuple[float, float, float, float]) -> bool:
    """Return whether what covers these corners of a page covers no more than the room around the page's last date.

    Args:
        content: The page's first content stream.
        corners: Left, bottom, right, top in points, in any order of the two corners.
    """
    left, right = sorted((corners[0], corners[2]))
    bottom, top = sorted((corners[1], corners[3]))
    date = last_date(content)
    if date is None or right - left > MOST_MM * _MM + 1 or top - bottom > MOST_MM * _MM + 1:
        return False
    return left <= date[0] <= right and bottom <= date[1] <= top


def last_date(content: bytes) -> tuple[float, float] | None:
    """Return middle and base line of the last date standing alone in the right half, where a document ends."""
    for line in reversed(list(_TEXT.finditer(content))):
        text, width = "", 0.0
        for name, size, codes in _RUN.findall(line[3]):
            face = fonts().faces.get(name.decode("ascii"))
            if face is None:
                break
            letters = {face.glyph_of[ord(c)]: c for c in _DATE_LETTERS if ord(c) in face.glyph_of}
            glyphs = [int(codes[at : at + 4], 16) for at in range(0, len(codes), 4)]
            text += "".join(letters.get(glyph, "\ufffd") for glyph in glyphs)
            width += sum(face.advance(glyph) for glyph in glyphs) * float(size) / 1000
        middle = float(line[1]) + width / 2
        if middle > PAGE_WIDTH / 2 and _DATE.fullmatch(text.strip()):
            return middle, float(line[2])
    return None
