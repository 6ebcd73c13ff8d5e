"""What a file of tables holds, as texts."""

from dataclasses import dataclass
from typing import Final

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
MAX_CELLS: Final = 20_000_000
MAX_MERGED: Final = 1_000_000  # ranges: each takes three tuples
MAX_COLUMNS: Final = 4_096  # of delimited text: the names of all are kept in one line of the journal


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Merged cells carry their value in each cell.

    Attributes:
        rows: Cells as trimmed texts; the first row is row 1 of the file. Rows may differ in length.
        merged_across: (row, column) of each cell that is merged with others beside it, from 0.
        is_visible: False for a sheet that the workbook hides.
    """

    name: str
    rows: list[list[str]]
    merged_across: frozenset[tuple[int, int]] = frozenset()
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class Book:
    """A file as it was read.

    Attributes:
        form: `xlsx`, `xls`, `csv` or `json`.
        encoding: Of a text file; empty for workbooks.
    """

    form: str
    encoding: str
    sha256: str
    sheets: tuple[Sheet, ...]
