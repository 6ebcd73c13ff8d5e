"""Workbooks: xlsx and xls. calamine lays a sheet out in full, so that one cell far away would take all memory: the
extent is looked at before."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from app.core.errors import Refused
from app.sheets.cells import text_of, texts_of
from app.sheets.model import MAX_CELLS, Sheet

_MAX_UNPACKED: Final = 1024 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_OVERLAP: Final = 64
_ROW: Final = re.compile(rb"<row [^>]*?r=[\"'](\d{1,9})")
_ANY_ROW: Final = re.compile(rb"<\w+:row [^>]*?r=[\"'](\d{1,9})")
# The widest kind of column that a sheet names, and how many columns that may be; a plain beginning is found quickly.
_TWO_LETTERS: Final = re.compile(rb" r=[\"'][A-Z]{2}")
_WIDTHS: Final = (
    (re.compile(rb"\br=[\"'][A-Z]{3}\d"), 16_384),
    (re.compile(rb"\br=[\"'][D-Z][A-Z]\d"), 702),
    (re.compile(rb"\br=[\"'][A-Z]{2}\d"), 104),
)
_NARROW: Final = 26


def read_xlsx(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of an xlsx workbook that hold anything.

    Raises:
        Refused: `sheet.unreadable`, `sheet.too_large`, `sheet.protected`, `sheet.format` for another kind of archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                raise Refused("sheet.format", name=name)
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise Refused("sheet.too_large", name=name)
            for part in names:
                if (
                    part.startswith("xl/worksheets/")
                    and part.endswith(".xml")
                    and _extent(archive, part) > MAX_CELLS
                ):
                    raise Refused("sheet.too_large", name=name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Refused("sheet.unreadable", name=name) from error
    return tuple(_sheets(data, name))


def read_xls(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets of an xls workbook that hold anything; its format allows 65,536 rows of 256 columns."""
    return tuple(_sheets(data, name))


def _extent(archive: zipfile.ZipFile, part: str) -> int:
    """Return at most how many cells a sheet would take when laid out."""
    last_row, width, rest = 0, _NARROW, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            rows = _ROW.findall(text) or (_ANY_ROW.findall(text) if b":row " in text else [])
            last_row = max(last_row, *map(int, rows), 0)
            if _TWO_LETTERS.search(text):
                width = max(width, *(wide for pattern, wide in _WIDTHS if pattern.search(text)))
            rest = text[-_OVERLAP:]
    return last_row * width


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
