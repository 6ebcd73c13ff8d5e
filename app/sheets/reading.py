"""Read what offices send: xlsx, xls, delimited text of any usual encoding, JSON."""

import hashlib
from pathlib import Path
from typing import Final

from app.core.errors import Refused, Unavailable
from app.sheets import json_rows, text_rows, workbook
from app.sheets.model import MAX_FILE_BYTES, Book

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


def read_book(path: Path) -> Book:
    """Read a file of tables; its content says what it is, not its name.

    Raises:
        Refused: `sheet.empty`, `sheet.too_large`, `sheet.unreadable`, `sheet.protected` (needs a password),
            `sheet.encoding`, `sheet.format`.
        Unavailable: `sheet.missing` where the file cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Refused("sheet.too_large", name=path.name)
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable("sheet.missing", name=path.name) from error
    return book_of(data, path.name)


def book_of(data: bytes, name: str) -> Book:
    """Read the bytes of a file of tables, as `read_book`."""
    if not data.strip(b"\0 \t\r\n"):
        raise Refused("sheet.empty", name=name)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(_ZIP):
        return Book("xlsx", "", digest, workbook.read_xlsx(data, name))
    if data.startswith(_OLE):
        return Book("xls", "", digest, workbook.read_xls(data, name))
    text, encoding = text_rows.decode(data, name)
    if text.lstrip()[:1] in ("{", "["):
        found = json_rows.read(text, name)
        if found is not None:
            return Book("json", encoding, digest, (found,))
    return Book("csv", encoding, digest, (text_rows.read(text, name),))
