"""Delimited text: encodings found by trying, the delimiter by counting."""

import codecs
import csv
import io
from typing import Final

from app.core.errors import Refused
from app.sheets.cells import texts_of
from app.sheets.model import MAX_CELLS, MAX_COLUMNS, Sheet

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_LOOKED_AT: Final = 50


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file and its encoding: a mark at the beginning, else UTF-8, else GB 18030 (with GBK).

    Raises:
        Refused: `sheet.encoding` where none fits, `sheet.format` for what is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Refused("sheet.encoding", name=name) from error
    if b"\0" in data[:4096] or data.startswith(b"%PDF-"):
        raise Refused("sheet.format", name=name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refused("sheet.encoding", name=name)


def read(text: str, name: str) -> Sheet:
    """Return the rows of delimited text.

    Raises:
        Refused: `sheet.unreadable` where quotes never end, `sheet.too_large`.
    """
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            cells += len(row)
            if cells > MAX_CELLS or len(row) > MAX_COLUMNS:
                raise Refused("sheet.too_large", name=name)
            rows.append(texts_of(row))
    except csv.Error as error:
        raise Refused("sheet.unreadable", name=name) from error
    return Sheet("", rows)


def _delimiter(text: str) -> str:
    """Return the delimiter that stands in the most of the first lines; a full-width comma only where no other does."""
    head = [line for line in text[:100_000].splitlines() if line.strip()][:_LOOKED_AT]
    counts = [sum(one in line for line in head) for one in _DELIMITERS]
    best = max(counts[:-1])
    return _DELIMITERS[counts.index(best)] if best else _DELIMITERS[-1]
