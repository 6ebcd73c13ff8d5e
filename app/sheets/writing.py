"""Write workbooks. Texts stay texts: nothing that stands in a register becomes a formula, a link or a number."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from app.core.errors import Refused, Unavailable

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_MAX_ROWS: Final = 1_048_576
_MAX_TEXT: Final = 32_767
_BAD_IN_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to be written.

    Attributes:
        header: Names of the columns; they stay in sight.
        widths: Width of each column in characters; the rest is 16 wide.
        title: A line above the header, or empty.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    title: str = ""


def write_book(path: Path, sheets: Sequence[SheetOut]) -> None:
    """Write a workbook; numbers stay numbers, texts are never read as formulas.

    Raises:
        Refused: `sheet.too_large` for more rows than a sheet can hold.
        Unavailable: `sheet.not_written` where the place cannot be written, as when the file is open in Excel.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    partial = path.with_name(path.name + ".part")
    try:
        # The writer keeps its rows in files of its own, in the clear: beside the book, and gone with it whatever happens.
        with TemporaryDirectory(prefix=".sheet-", dir=path.parent, ignore_cleanup_errors=True) as rows:
            book = xlsxwriter.Workbook(str(partial), {**options, "constant_memory": True, "tmpdir": rows})
            try:
                heading = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
                text = book.add_format({"num_format": "@"})
                for sheet in sheets:
                    _write(book, sheet, heading, text)
                book.close()
            finally:
                for page in book.worksheets():  # a book that is not written leaves them open, and Windows keeps open files
                    page.row_data_fh.close()
        partial.replace(path)
    except (OSError, XlsxWriterException) as error:
        raise Unavailable("sheet.not_written", name=path.name) from error
    finally:
        with suppress(OSError):  # what hindered the writing may hinder this too, and is what has to be told
            partial.unlink(missing_ok=True)


def _write(book: "Workbook", sheet: SheetOut, heading: object, text: object) -> None:
    page = book.add_worksheet(sheet.name.translate(_BAD_IN_NAME).strip()[:31] or "Sheet")
    top = 1 if sheet.title else 0
    for column in range(len(sheet.header)):
        page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else 16)
    if sheet.title:
        page.write_string(0, 0, sheet.title, heading)
    for column, label in enumerate(sheet.header):
        page.write_string(top, column, label, heading)
    page.freeze_panes(top + 1, 0)
    for row, cells in enumerate(sheet.rows, top + 1):
        if row >= _MAX_ROWS:
            raise Refused("sheet.too_large", name=sheet.name)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    page.write_string(row, column, cell[:_MAX_TEXT], text)
            elif cell is not None:
                page.write_number(row, column, cell)
