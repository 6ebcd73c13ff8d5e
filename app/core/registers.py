"""Registers (名录库) as they are brought in: columns and what they mean, what became of each row, facts with their source."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

BatchId = NewType("BatchId", str)
FactId = NewType("FactId", str)

INSTITUTION: Final = "institution"
PERSON: Final = "person"


class ImportKind(StrEnum):
    """What the rows of a file are."""

    INSTITUTIONS = "institutions"
    INSPECTORS = "inspectors"
    EXPERTS = "experts"

    @property
    def table(self) -> str:
        """The register that the rows go into."""
        return INSTITUTION if self is ImportKind.INSTITUTIONS else PERSON


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a sheet mean.

    Attributes:
        sheet: Name of the sheet; empty for the only one.
        header: Row of the header in the file, from 1; 0 where there is none.
        fields: Field by column, from 0; columns that are left out are not read.
        constants: Field by value, for what the file does not say because all its rows have it in common.
    """

    sheet: str = ""
    header: int = 0
    fields: Mapping[int, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a person is asked about it.

    Attributes:
        label: What the header calls it; empty without a header.
        samples: Its first values that are not empty.
        field: What it is taken for, or empty.
    """

    position: int
    label: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A file before it is brought in.

    Attributes:
        form, encoding: What the file is; the encoding of a text file.
        sheets: Names of all sheets that hold anything.
        rows: How many rows would be read.
        sample: The first rows below the header: number in the file, and its cells.
        is_remembered: The columns were decided by a person for a file with the same header.
    """

    name: str
    form: str
    encoding: str
    sheets: tuple[str, ...]
    columns: Columns
    listed: tuple[Column, ...]
    rows: int
    sample: tuple[tuple[int, tuple[str, ...]], ...]
    is_remembered: bool


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something about one row of the file: why it was rejected, or what is odd about it.

    Attributes:
        row: Number in the file, from 1; 0 for the file as a whole.
        code: Stable; its sentence stands in the catalogues of errors.
    """

    row: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not brought in, as it stood in the file."""

    note: RowNote
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `read` is always `imported + merged + rejected`.

    Attributes:
        batch: The import to undo; empty for a dry run and where nothing was changed.
        read: Rows below the header that are not empty.
        imported: New in the register.
        merged: Already in the register or earlier in the file, found by code, name and address.
        filled: Empty fields of the register that the file filled.
        conflicts: Values that differ from what stands; nothing was overwritten.
        rejected: Rows that were not brought in, those of totals and remarks among them, each with its reason.
        header: What the columns were called.
        warnings: What is odd, row by row.
    """

    batch: BatchId
    read: int
    imported: int
    merged: int
    filled: int
    conflicts: int
    header: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[RowNote, ...]


class BatchState(StrEnum):
    """Whether an import stands."""

    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import that was made."""

    id: BatchId
    kind: ImportKind
    file: str
    sha256: str
    columns: Columns
    source: str
    stated_on: dt.date | None
    read: int
    imported: int
    merged: int
    rejected: int
    filled: int
    conflicts: int
    state: BatchState
    by: str
    at: dt.datetime
    undone_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did.

    Attributes:
        removed: Rows that the import had made and that are gone from the register; their lines stay in the journal.
        restored: Fields that the import had filled in and that are empty again.
        kept: Ids of rows that stay because they were changed or used since.
    """

    removed: int
    restored: int
    kept: tuple[str, ...]


class FactState(StrEnum):
    """Where a statement about a row stands."""

    OPEN = "open"
    FILLED = "filled"
    TAKEN = "taken"
    KEPT = "kept"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Fact:
    """What a source says of one field of a row, or what stood there before.

    Attributes:
        about: `institution` or `person`.
        value: As it would be stored; days ISO, truth 0 or 1.
        state: `open` differs from what stands and waits for somebody, `filled` came into an empty field, `taken` was
            decided for, `kept` was decided against, `former` stood before.
        by: Who recorded or decided it.
    """

    id: FactId
    about: str
    row: str
    field: str
    value: str
    source: str
    stated_on: dt.date | None
    state: FactState
    batch: BatchId
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """An open fact beside what stands in the register."""

    fact: Fact
    name: str
    standing: str
    standing_source: str
    standing_on: dt.date | None
