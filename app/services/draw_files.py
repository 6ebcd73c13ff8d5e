"""A draw without an office: plans and registers from files, and sheets to be checked."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.core.draws import Source, SourceKind, Wish
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.naming import narrow
from app.core.places import Institution, Person
from app.core.plans import Plan
from app.core.plans_json import read_plan, read_tree
from app.core.registers import ImportKind, RowNote
from app.core.staff import Absence, Interest, Staff
from app.draws import frozen, seeds, sheets
from app.draws.eligible import Facts
from app.draws.freezing import freeze
from app.draws.run import draw
from app.services.registers.columns import choose_sheet, guess
from app.services.registers.divisions import shipped_divisions
from app.services.registers.rows import RowReader
from app.sheets.reading import read_book

GIVEN: Final = "命令行给出的数字"
_MAX_BYTES: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Register:
    """What files say of institutions and people.

    Attributes:
        rejected: Rows that are none, with the reason; nothing is dropped silently.
    """

    institutions: tuple[Institution, ...]
    people: tuple[Person, ...]
    facts: Facts
    rejected: tuple[RowNote, ...] = ()


def plan_of(file: Path) -> Plan:
    """Return the plan of a file.

    Raises:
        Refused: `draw.unreadable`, and what `read_plan` refuses.
    """
    try:
        return read_plan(_bytes(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused("draw.unreadable", file=file.name) from error


def register_of(file: Path, people: Path | None = None) -> Register:
    """Return a register from a JSON file with `institutions`, `people`, `checks`, `absences`, `interests`, or from tables.

    Args:
        file: JSON as `docs/guide/draw.md` shows it, or a table of institutions as an import reads it.
        people: A table of inspectors.

    Raises:
        Refused: `draw.unreadable`, `draw.file`, `draw.register_empty`, what `read_book` refuses.
    """
    tree = _tree(file)
    found = _of_tree(tree) if isinstance(tree, dict) and "institutions" in tree else _of_table(file, ImportKind.INSTITUTIONS)
    if not found.institutions:
        raise Refused("draw.register_empty", file=file.name)
    if people is None:
        return found
    more = _of_table(people, ImportKind.INSPECTORS)
    return Register(found.institutions, found.people + more.people, found.facts, found.rejected + more.rejected)


def freeze_files(plan: Plan, register: Register, wish: Wish, now: dt.datetime) -> str:
    """Return the frozen text of files; see `app.draws.freezing.freeze`."""
    return freeze(plan, register.institutions, register.people, register.facts, wish, now)


def draw_text(
    text: str, digits: Sequence[str], times: Sequence[dt.datetime], witnesses: Sequence[str], now: dt.datetime
) -> str:
    """Return the whole file of a draw from a frozen text and digits given on the command line.

    Args:
        digits: Of each source, in the order announced.
        times: Of each lottery, in that order: when it was drawn. All other digits came to be now.

    Raises:
        Refused: `draw.file`, `draw.sources_changed`, `draw.times`, and what `app.draws.seeds.joined` refuses.
    """
    known = frozen.read(text)
    lotteries = sum(kind == SourceKind.LOTTERY for kind, _ in known.sources)
    if len(digits) != len(known.sources):
        raise Refused("draw.sources_changed")
    if len(times) != lotteries:
        raise Refused("draw.times", needed=lotteries, given=len(times))
    drawn = iter(times)
    sources = tuple(
        Source(SourceKind(kind), label, narrow(given), next(drawn) if kind == SourceKind.LOTTERY else now)
        for (kind, label), given in zip(known.sources, digits, strict=True)
    )
    joined = seeds.joined(sources, known.sources, known.frozen_at, now)
    return sheets.sheet_text(text, sheets.Drawn(sources, now, tuple(witnesses)), joined, draw(known, joined))


def check_file(file: Path, published: str = "", printed: str = "") -> tuple[sheets.Sheet, tuple[sheets.Problem, ...]]:
    """Return a sheet and what does not hold; see `app.draws.sheets.verify`.

    Raises:
        Refused: `draw.unreadable`, `draw.file`.
    """
    sheet = sheets.read_sheet(_bytes(file))
    return sheet, sheets.verify(sheet, published, printed)


def _of_tree(tree: Mapping[str, Any]) -> Register:
    try:
        checks = {
            InstitutionId(row): tuple(sorted(map(dt.date.fromisoformat, days)))
            for row, days in tree.get("checks", {}).items()
        }
        staff = Staff(
            tuple(read_tree(Absence, one) for one in tree.get("absences", ())),
            tuple(read_tree(Interest, {"institution": "", **one}) for one in tree.get("interests", ())),
        )
        return Register(
            tuple(read_tree(Institution, one) for one in tree["institutions"]),
            tuple(read_tree(Person, one) for one in tree.get("people", ())),
            Facts(checks, staff, {}, dict(tree.get("loads", {}))),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("draw.file", detail=str(error)[:120]) from error


def _of_table(file: Path, kind: ImportKind) -> Register:
    sheet = choose_sheet(read_book(file), kind)
    columns, _ = guess(sheet, kind, ())
    header = sheet.rows[columns.header - 1] if columns.header else ()
    reader = RowReader(kind, columns, header, shipped_divisions(), "")
    institutions, people, rejected = [], [], []
    for number, cells in enumerate(sheet.rows[columns.header :], columns.header + 1):
        if not any(cells):
            continue
        row = reader.read(number, cells)
        if isinstance(row, RowNote):
            rejected.append(row)
            continue
        values = {name: value for name, value in row.values.items() if value is not None}
        if kind is ImportKind.INSTITUTIONS:
            key = row.code or str(values["name"]).replace(" ", "")
            institutions.append(_entry(Institution, {"kind": "other", **values}, InstitutionId(key)))
        else:
            key = str(values.get("licence_no") or values["name"]).replace(" ", "")
            people.append(_entry(Person, values, PersonId(key)))
    return Register(tuple(institutions), tuple(people), Facts({}), tuple(rejected))


def _entry(kind: type[Any], values: Mapping[str, Any], key: str) -> Any:
    flags = {name: bool(values[name]) for name in ("joint", "is_active") if name in values}
    lists = {name: json.loads(values[name]) for name in ("specialities",) if name in values}
    return read_tree(kind, {**values, **flags, **lists, "id": key})


def _tree(file: Path) -> object:
    data = _bytes(file)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    try:
        return json.loads(data.decode("utf-8-sig"))
    except ValueError:
        return None


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise Refused("draw.unreadable", file=file.name)
        return file.read_bytes()
    except OSError as error:
        raise Refused("draw.unreadable", file=file.name) from error
