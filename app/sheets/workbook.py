"""Workbooks: xlsx and xls. calamine lays a sheet out in full and gives each cell its text anew, so that one cell far away
or one long text in many cells would take all memory: both are looked at before, of xls in `old_workbook`."""

import io
import re
import string
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from app.core.errors import Refused
from app.sheets import old_workbook
from app.sheets.cells import text_of, texts_of
from app.sheets.model import MAX_CELLS, MAX_FILE_BYTES, MAX_MERGED, Sheet

_MAX_UNPACKED: Final = 1024 * 1024 * 1024
_CHUNK: Final = 256 * 1024  # longer than a tag or the text of a cell may be
_REFERENCE: Final = re.compile(rb"r(?<=[\s\"']r)\s*=\s*[\"']([A-Za-z]{0,3}\d{1,9})")  # an `r` is found quickest first
_DIGITS, _LETTERS = string.digits.encode(), string.ascii_letters.encode()
# A row or cell that does not say where it is comes behind the one before it.
_UNPLACED: Final = re.compile(rb"<(?:\w+:)?(c|row)(?=[\s/>])(?![^>]*[\s\"']r\s*=)")
_SHARED: Final = "xl/sharedstrings.xml"
_STRING: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
_SHARED_CELL: Final = re.compile(rb"[\"']s[\"'][^<]*<(?:\w+:)?v[^>]*>\s*(\d{1,9})")


def read_xlsx(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of an xlsx workbook that hold anything.

    Raises:
        Refused: `sheet.unreadable`, `sheet.too_large`, `sheet.protected`, `sheet.format` for another kind of archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise Refused("sheet.format", name=name)
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise Refused("sheet.too_large", name=name)
            _check_size(archive, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Refused("sheet.unreadable", name=name) from error
    return tuple(_sheets(data, name))


def read_xls(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of an xls workbook that hold anything.

    Raises:
        Refused: As `read_xlsx`.
    """
    return tuple(_sheets(old_workbook.checked(data, name), name))


def _check_size(archive: zipfile.ZipFile, name: str) -> None:
    """Require that what calamine makes of the parts is not too much. Any part may be a sheet, whatever it is called.

    Raises:
        Refused: `sheet.too_large`, `sheet.unreadable`.
    """
    longest = max(_strings(archive, name), default=0)
    texts = merged = 0
    for part in archive.namelist():
        columns, lines, unplaced = {b""}, {b"0"}, Counter[bytes]()
        for piece in _pieces(archive, part, name):
            cells = _REFERENCE.findall(piece)
            told = b" ".join(cells)
            columns.update(told.translate(None, _DIGITS).split())
            lines.update(told.translate(None, _LETTERS).split())
            if piece.count(b"<c") + piece.count(b"<row") > len(cells) or b":c" in piece:
                unplaced.update(_UNPLACED.findall(piece))
            texts += len(cells)
            merged += piece.count(b"mergeCell")
        texts += unplaced[b"c"]
        width = max(map(_number, columns)) + unplaced[b"c"]
        if width * (max(map(int, lines)) + unplaced[b"row"]) > MAX_CELLS or merged > MAX_MERGED:
            raise Refused("sheet.too_large", name=name)
    if texts * longest > MAX_FILE_BYTES and _shared_bytes(archive, name) > MAX_FILE_BYTES:
        raise Refused("sheet.too_large", name=name)


def _pieces(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[bytes]:
    """Yield a part in pieces that end before a tag.

    Raises:
        Refused: `sheet.unreadable` for a tag or text longer than a workbook may have.
    """
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            cut = chunk.rfind(b"<")
            if cut < 0 and len(chunk) == _CHUNK and b"\0" not in chunk:  # else a picture
                raise Refused("sheet.unreadable", name=name)
            yield rest + chunk[: max(cut, 0)]
            rest = chunk[max(cut, 0) :]
    yield rest


def _strings(archive: zipfile.ZipFile, name: str) -> Iterator[int]:
    """Yield how many bytes each shared string takes, in order."""
    size = -1
    for part in archive.namelist():
        if part.lower() != _SHARED:
            continue
        for piece in _pieces(archive, part, name):
            begun = 0
            for found in _STRING.finditer(piece):
                if size >= 0:
                    yield size + found.start() - begun
                size, begun = 0, found.start()
            size += len(piece) - begun if size >= 0 else 0
    if size >= 0:
        yield size


def _shared_bytes(archive: zipfile.ZipFile, name: str) -> int:
    """Return at most how many bytes the shared strings take in the cells that show them."""
    sizes = list(_strings(archive, name))
    longest, total = max(sizes), 0
    for part in archive.namelist():
        for piece in _pieces(archive, part, name):
            shown = [int(number) for number in _SHARED_CELL.findall(piece)]
            total += sum(sizes[number] if number < len(sizes) else longest for number in shown)
            total += (piece.count(b'"s"') + piece.count(b"'s'") - len(shown)) * longest
    return total


def _number(column: bytes) -> int:
    """Return which column letters name, from 1; 0 for none."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number


def _sheets(data: bytes, name: str) -> Iterator[Sheet]:
    import python_calamine as calamine

    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            for facts in book.sheets_metadata:
                if facts.typ is not calamine.SheetTypeEnum.WorkSheet:
                    continue
                found = book.get_sheet_by_name(facts.name)
                if found.start is None or found.end is None:
                    continue
                if (found.end[0] + 1) * (found.end[1] + 1) > MAX_CELLS:
                    raise Refused("sheet.too_large", name=name)
                left = [""] * found.start[1]
                # Row by row: all at once, the library would keep Python's lock for a fifth of a second and more.
                rows = [left + texts_of(row) for row in found.iter_rows()]
                across = _fill_merged(rows, found.merged_cell_ranges or ())
                if any(map(any, rows)):
                    is_visible = facts.visible is calamine.SheetVisibleEnum.Visible
                    yield Sheet(text_of(facts.name), rows, across, is_visible)
    except calamine.PasswordError as error:
        raise Refused("sheet.protected", name=name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("sheet.unreadable", name=name) from error
    except BaseException as error:
        _refuse_panic(error, name)
        raise


def _refuse_panic(error: BaseException, name: str) -> None:
    """Refuse a file over which calamine itself failed: that comes out as an exception which no library exports.

    Raises:
        Refused: `sheet.unreadable`.
    """
    if type(error).__name__ == "PanicException":
        raise Refused("sheet.unreadable", name=name) from error


def _fill_merged(
    rows: list[list[str]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> frozenset[tuple[int, int]]:
    """Write the value of merged cells into each of them; return those that lie side by side."""
    across: set[tuple[int, int]] = set()
    left = MAX_CELLS
    for (top, first), (bottom, last) in ranges:
        if top >= len(rows) or first >= len(rows[top]):
            continue
        value = rows[top][first]
        for row in range(top, min(bottom + 1, len(rows))):
            end = min(last + 1, len(rows[row]))
            left -= max(end - first, 0) + 1
            if left < 0:
                return frozenset(across)
            rows[row][first:end] = [value] * max(end - first, 0)
            if end - first > 1:
                across.update((row, column) for column in range(first, end))
    return frozenset(across)
