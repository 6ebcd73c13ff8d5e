"""The numbers at hand: what is free in this laptop's ranges, and that each is used once."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.documents import DocumentKind
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.papers import INTERIM, PaperId, interim_number, printed_number
from app.db.repos import papers as stored
from app.db.repos import registers
from app.db.unit import ReadUnit, WriteUnit
from app.services.papers import kinds

# 文种 of the records that are composed from a visit.
WORDS: Mapping[DocumentKind, str] = {
    DocumentKind.RECORD: "检录",
    DocumentKind.INTERVIEW: "询录",
    DocumentKind.AMENDMENT: "更正",
}

# 文种 of what is numbered without being a paper: the register of leads (举报线索), tasks, draws.
LEAD_WORD, TASK_WORD, DRAW_WORD = "举", "检任", "双"


@dataclass(frozen=True, slots=True)
class Picked:
    """A number at hand."""

    series: str
    year: int
    serial: int

    @property
    def printed(self) -> str:
        """Return it as printed."""
        return printed_number(self.series, self.year, self.serial)


def series_of(unit: ReadUnit, kind: str) -> str:
    """Return what stands before the year in the numbers of a kind: 机关简称＋文种.

    Raises:
        Refused: `paper.kind_unknown`, `paper.not_numbered`.
    """
    word = kinds.kind(kind).number_word
    if not word:
        raise Refused("paper.not_numbered", title=kinds.kind(kind).title)
    return registers.office(unit).short_name + word


def free(unit: ReadUnit, series: str, year: int, most: int = 1) -> list[int]:
    """Return the next numbers of this laptop's own ranges, at most so many.

    Ranges of a former history of this laptop are left alone: what was used after the backup it was restored from is
    not known here.
    """
    device, replica = me(unit)
    rows = unit.sql(
        "SELECT first, last FROM number_range WHERE series = ? AND year = ? AND device = ? AND replica = ?"
        " AND _deleted = 0 ORDER BY first, id",
        (series, year, device, replica),
    )
    used = {serial for name, at, serial in taken(unit) if (name, at) == (series, year)}
    left = (serial for row in rows for serial in range(row.first, row.last + 1) if serial not in used)
    return [serial for _, serial in zip(range(most), left, strict=False)]


def pick(unit: ReadUnit, series: str, year: int) -> Picked | None:
    """Return the next number of a series; None where none is at hand."""
    found = free(unit, series, year)
    return Picked(series, year, found[0]) if found else None


def use(
    unit: WriteUnit,
    picked: Picked,
    at_ms: int,
    *,
    inspection: str | None,
    paper: PaperId | None = None,
    document: DocumentId | None = None,
) -> None:
    """Write that a number is used, in the transaction that gives it to a paper or to a record.

    Raises:
        Refused: `number.used` where it was taken meanwhile.
    """
    row = stored.number_id(unit, picked.series, picked.year, picked.serial)
    if unit.current("paper_number", row) is not None:
        raise Refused("number.used", number=picked.printed)
    unit.append("paper_number", row, {
        "inspection": inspection, "paper": paper, "document": document, "series": picked.series, "year": picked.year,
        "serial": picked.serial, "device": me(unit)[0], "at": at_ms,
    })  # fmt: skip


def take_next(unit: WriteUnit, word: str, year: int, at_ms: int) -> Picked | None:
    """Return the next number of what is no paper, used from now on: of the ranges lent to this laptop, or by counting
    where no server lends any; None where it has none and must not count."""
    series = registers.office(unit).short_name + word
    picked = pick(unit, series, year)
    if picked is None and not unit.sql("SELECT 1 FROM sync_self WHERE server IS NOT NULL"):
        picked = Picked(series, year, highest(unit, series, year) + 1)
    if picked is not None:
        use(unit, picked, at_ms, inspection=None)
    return picked


def provisional_of(unit: ReadUnit, table: str, word: str, column: str = "interim") -> str:
    """Return the next provisional number of a lead, a task or a draw, which no other laptop can give: `临-检任3F2A91-2`."""
    start = interim_number(me(unit)[1], 0).replace(INTERIM, INTERIM + word, 1).removesuffix("0")
    rows = unit.tuples(f'SELECT "{column}" FROM "{table}" WHERE substr("{column}", 1, ?) = ?', (len(start), start))
    counts = [row[0].removeprefix(start) for row in rows]
    return f"{start}{max((int(one) for one in counts if one.isascii() and one.isdecimal()), default=0) + 1}"


def provisional(unit: ReadUnit) -> str:
    """Return the next provisional number of this laptop."""
    return interim_number(me(unit)[1], stored.interim_count(unit) + 1)


def assigned(unit: ReadUnit, document: DocumentId) -> str:
    """Return the number that a record was given after it had been printed with a provisional one; empty if none was."""
    rows = unit.sql(
        "SELECT series, year, serial FROM paper_number WHERE document = ? AND _deleted = 0 ORDER BY at DESC, id LIMIT 1", (document,)
    )
    return printed_number(rows[0].series, rows[0].year, rows[0].serial) if rows else ""


def highest(unit: ReadUnit, series: str, year: int) -> int:
    """Return the highest number of a series that this laptop knows to be given, lent, or counted before it had a server."""
    lent = unit.sql("SELECT max(last) AS n FROM number_range WHERE series = ? AND year = ?", (series, year))[0].n
    prefix = f"{series}〔{year}〕"
    counted = unit.sql("SELECT number FROM document WHERE substr(number, 1, ?) = ?", (len(prefix), prefix))
    serials = (row.number.removeprefix(prefix).removesuffix("号") for row in counted)
    used = (serial for name, at, serial in taken(unit) if (name, at) == (series, year))
    return max([lent or 0, *used, *(int(one) for one in serials if one.isascii() and one.isdigit())])


def me(unit: ReadUnit) -> tuple[str, str]:
    """Return device and replica of this laptop."""
    row = unit.sql("SELECT device, replica FROM sync_self")[0]
    return row.device, row.replica


def taken(unit: ReadUnit) -> set[tuple[str, int, int]]:
    """Return every number that is used or void; one that stands on a paper is, also where the server refused its row."""
    rows = unit.sql(
        "SELECT series, year, serial FROM paper_number UNION SELECT series, year, serial FROM paper WHERE serial IS NOT NULL"
    )
    return {(row.series, row.year, row.serial) for row in rows}
