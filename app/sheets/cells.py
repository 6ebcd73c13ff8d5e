"""A cell's value as text."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLANKS: Final = re.compile(r"\s+")


def texts_of(row: Sequence[object]) -> list[str]:
    """Return the cells of a row as `text_of`; nearly all rows are tidy as a whole, and looking once is quicker."""
    texts = [cell if type(cell) is str else text_of(cell) for cell in row]
    whole = "".join(texts)
    if whole.isprintable() and " " not in whole and unicodedata.is_normalized("NFC", whole):
        return texts
    return list(map(tidy, texts))


def text_of(value: object) -> str:
    """Return what a person sees in the cell: trimmed, numbers without `.0`, days as ISO, truth as 是 or 否."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def tidy(text: str) -> str:
    """Return the text trimmed, in NFC, on one line, without characters that nobody sees."""
    if text.isascii():
        if text.isprintable():
            return text.strip()
    elif text.isprintable():
        return unicodedata.normalize("NFC", text).strip()
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", _UNSEEN.sub("", text))).strip()
