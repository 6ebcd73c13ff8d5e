"""First letters of Chinese characters in pinyin: pypinyin's only home. A character of several readings has them all."""

import os
import unicodedata
from functools import cache


@cache
def initials_of(character: str) -> str:
    """Return the letters that the readings of a character begin with (`c` and `z` for 长); empty where it has none.

    Letters and digits stand for themselves.
    """
    plain = unicodedata.normalize("NFKC", character).lower()
    if plain.isascii():
        return plain if plain.isalnum() else ""
    readings = _readings().get(ord(character), "").split(",")
    first = (unicodedata.normalize("NFD", reading)[:1] for reading in readings)
    return "".join(sorted({letter for letter in first if letter.isascii() and letter.isalpha()}))


@cache
def _readings() -> dict[int, str]:
    os.environ.setdefault(
        "PYPINYIN_NO_PHRASES", "true"
    )  # its phrases would take 45 MB; characters are all we ask for
    from pypinyin.pinyin_dict import pinyin_dict

    found: dict[int, str] = pinyin_dict
    return found
