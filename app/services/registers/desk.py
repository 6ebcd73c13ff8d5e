"""Registers (名录库) for screens and commands: look at a file, bring it in, take it back, decide between sources, give out."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from app.core.clock import to_ms
from app.core.divisions import Divisions
from app.core.errors import Refused
from app.core.garbage import uncollected
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Report, silent
from app.core.registers import (
    INSTITUTION,
    Batch,
    BatchId,
    BatchState,
    Columns,
    Conflict,
    Fact,
    FactId,
    FactState,
    Imported,
    ImportKind,
    Preview,
    RowNote,
    Undone,
)
from app.db.repos import register_facts as rows
from app.db.tables import SYNCED, fields_of
from app.db.unit import ReadUnit, WriteUnit
from app.services.registers import columns as column_words
from app.services.registers import exporting, undoing
from app.services.registers.divisions import shipped_divisions
from app.services.registers.fields import names_of
from app.services.registers.importing import Importer, Order
from app.services.registers.merging import NOT_COMPARED
from app.services.store import Store
from app.sheets.reading import read_book
from sync.protocol.lines import Scalar

_SAMPLE = 20


class Registers:
    """Keep the registers of institutions, inspectors and experts, and where they come from."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._divisions: Divisions | None = None

    @property
    def divisions(self) -> Divisions:
        """The list of administrative divisions."""
        if self._divisions is None:
            self._divisions = shipped_divisions()
        return self._divisions

    def fields(self, kind: ImportKind) -> tuple[str, ...]:
        """Return the fields that a column may be taken for; `paid_wan` is `paid` in 万元."""
        names = tuple(names_of(kind))
        return (*names, "paid_wan") if kind is ImportKind.INSTITUTIONS else names

    def look(
        self, path: Path, kind: ImportKind, *, sheet: str = "", columns: Columns | None = None
    ) -> Preview:
        """Read a file and say what its columns are taken for; nothing is written.

        Args:
            columns: What a person says they are; guessed or remembered where None.

        Raises:
            Refused: `sheet.*` for a file that cannot be read, `import.sheet_unknown`, `import.nothing`.
            Unavailable: `sheet.missing`.
        """
        book = read_book(path)
        page = column_words.choose_sheet(book, kind, columns.sheet if columns else sheet)
        is_remembered = False
        if columns is None:
            columns, is_remembered = column_words.guess(page, kind, self._remembered(kind))
        below = [
            (at, cells)
            for at, cells in enumerate(page.rows[columns.header :], columns.header + 1)
            if any(cells)
        ]
        return Preview(
            name=path.name, form=book.form, encoding=book.encoding, sheets=tuple(one.name for one in book.sheets),
            columns=columns, listed=column_words.listed(page, columns), rows=len(below),
            sample=tuple((at, tuple(cells)) for at, cells in below[:_SAMPLE]), is_remembered=is_remembered,
        )  # fmt: skip

    def read_map(self, path: Path, kind: ImportKind, text: str) -> Columns:
        """Return the columns of a file as a person wrote them down in JSON.

        Raises:
            Refused: `import.map_invalid`, and as `look`.
        """
        return column_words.from_map(text, read_book(path), kind)

    @uncollected()
    def bring_in(
        self,
        path: Path,
        kind: ImportKind,
        *,
        columns: Columns | None = None,
        source: str = "",
        stated_on: dt.date | None = None,
        dry_run: bool = False,
        report: Report = silent,
        cancel: CancelToken | None = None,
    ) -> Outcome[Imported]:
        """Bring a file into a register in one transaction: every row is imported, merged or rejected.

        Gaps are filled; what differs from what stands is recorded as open and overwrites nothing.

        Args:
            columns: As a person decided them; guessed or remembered where None.
            source: Who made the list; the file's name where empty.
            stated_on: Of which day the list is.
            dry_run: Only say what would become of each row.

        Raises:
            Refused: As `look`; `import.no_name_column`, `import.field_unknown`, `import.field_twice`.
            Cancelled: Nothing was written.
        """
        book = read_book(path)
        page = column_words.choose_sheet(book, kind, columns.sheet if columns else "")
        if columns is None:
            columns, _ = column_words.guess(page, kind, self._remembered(kind))
        column_words.check(columns, kind)
        order = Order(path.name, book, page, kind, columns, source.strip() or path.name, stated_on)
        importer = Importer(self._store, self.divisions, order, report, cancel or CancelToken())
        if dry_run:
            with self._store.db.read() as unit:
                result = importer.result(importer.read(unit, _nowhere), is_written=False)
                return Outcome(self._with_notes(unit, result, order))
        with self._store.db.write() as unit:
            work = importer.bring_in(unit)
            result = self._with_notes(unit, importer.result(work, is_written=not work.is_empty), order)
            if not work.is_empty:
                importer.write(unit, work)
            return Outcome(result, unit.changed)

    def write_rejected(self, path: Path, result: Imported, say: Callable[[RowNote], str]) -> None:
        """Write the rejected rows with their reasons to a workbook that can be mended and imported again.

        Raises:
            Unavailable: `sheet.not_written`.
        """
        exporting.write_rejected(path, result, say)

    def batches(self) -> tuple[Batch, ...]:
        """Return all imports, newest first."""
        with self._store.db.read() as unit:
            return tuple(batch for batch, _ in rows.batches(unit, column_words.from_json))

    def undo(
        self, batch_id: BatchId, *, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[Undone]:
        """Undo a whole import in one transaction; rows that were changed or used since stay and are named.

        Raises:
            Refused: `import.unknown`, `import.undone` where it was undone before.
        """
        with self._store.db.write() as unit:
            found = next(
                (one for one, _ in rows.batches(unit, column_words.from_json) if one.id == batch_id), None
            )
            if found is None:
                raise Refused("import.unknown")
            if found.state is BatchState.UNDONE:
                raise Refused("import.undone")
            undone = undoing.undo(unit, found, to_ms(self._store.now()), report, cancel or CancelToken())
            return Outcome(undone, unit.changed)

    def conflicts(self, about: str = INSTITUTION, row: str = "") -> tuple[Conflict, ...]:
        """Return where sources differ from what stands, in one register or for one row."""
        with self._store.db.read() as unit:
            found = []
            for fact in rows.open_facts(unit, about, row):
                values = rows.standing(unit, about, fact.row)
                if values is not None:
                    found.append(_conflict(fact, values, _stated(unit, fact.row, fact.field, values)))
            return tuple(found)

    def waiting(self) -> Mapping[str, int]:
        """Return how many facts wait for a decision, by register."""
        with self._store.db.read() as unit:
            return rows.open_counts(unit)

    def history(self, row: str) -> tuple[Fact, ...]:
        """Return everything that sources say or said of one row, oldest first."""
        with self._store.db.read() as unit:
            return rows.facts_of(unit, row)

    def decide(self, fact_id: FactId, *, take: bool) -> Outcome[Fact]:
        """Let an open fact stand from now on, or keep what stands; what gives way is kept as former.

        Raises:
            Refused: `fact.unknown`, `fact.decided`; `institution.unknown` or `person.unknown` where the row is gone.
        """
        with self._store.db.write() as unit:
            fact = rows.fact(unit, fact_id)
            if fact is None:
                raise Refused("fact.unknown")
            if fact.state is not FactState.OPEN:
                raise Refused("fact.decided")
            values = rows.standing(unit, fact.about, fact.row)
            if values is None:
                raise Refused("institution.unknown" if fact.about == INSTITUTION else "person.unknown")
            if take:
                source, stated_on = _stated(unit, fact.row, fact.field, values)
                former = Fact(
                    FactId(self._store.new_id()), fact.about, fact.row, fact.field, _shown(values[fact.field]), source,
                    stated_on, FactState.FORMER, BatchId(""), self._store.me, self._store.now(),
                )  # fmt: skip
                unit.put("register_fact", former.id, rows.fact_fields(former))
                unit.put(
                    fact.about, fact.row, {fact.field: rows.stored_value(fact.about, fact.field, fact.value)}
                )
            state = FactState.TAKEN if take else FactState.KEPT
            unit.put("register_fact", fact.id, {"state": str(state), "by": self._store.me})
            return Outcome(dataclasses.replace(fact, state=state, by=self._store.me), unit.changed)

    def record(
        self, about: str, row: str, field: str, value: str, *, source: str, stated_on: dt.date | None
    ) -> Outcome[Fact]:
        """Enter by hand what a field of a row was before, as a former name.

        Raises:
            Refused: `fact.field_unknown`, `fact.source_missing`; `institution.unknown`, `person.unknown`.
        """
        if field not in fields_of(SYNCED[about]) or field in NOT_COMPARED:
            raise Refused("fact.field_unknown", field=field)
        if not source.strip():
            raise Refused("fact.source_missing")
        fact = Fact(
            FactId(self._store.new_id()), about, row, field, value.strip(), source.strip(), stated_on, FactState.FORMER,
            BatchId(""), self._store.me, self._store.now(),
        )  # fmt: skip
        with self._store.db.write() as unit:
            if rows.standing(unit, about, row) is None:
                raise Refused("institution.unknown" if about == INSTITUTION else "person.unknown")
            unit.put("register_fact", fact.id, rows.fact_fields(fact))
            return Outcome(fact, unit.changed)

    def export(self, path: Path, kind: ImportKind, ids: Sequence[str] | None = None) -> int:
        """Write a register, or these rows of it, to a workbook whose cells are texts; return how many rows it has.

        Raises:
            Unavailable: `sheet.not_written`.
        """
        wanted = None if ids is None else set(ids)
        role = (
            ""
            if kind is ImportKind.INSTITUTIONS
            else "inspector"
            if kind is ImportKind.INSPECTORS
            else "expert"
        )
        with self._store.db.read() as unit:
            found: Iterable[dict[str, object]] = (
                values
                for row, values in rows.entries(unit, kind.table)
                if (wanted is None or row in wanted) and (not role or values.get("role") == role)
            )
            return exporting.export(path, kind, found, self.divisions)

    def _remembered(self, kind: ImportKind) -> list[tuple[Columns, tuple[str, ...]]]:
        """Return what the columns of earlier files were, newest first."""
        with self._store.db.read() as unit:
            found = rows.batches(unit, column_words.from_json)
            return [(batch.columns, names) for batch, names in found if batch.kind is kind]

    def _with_notes(self, unit: ReadUnit | WriteUnit, result: Imported, order: Order) -> Imported:
        """Add what is to be said of the file as a whole."""
        notes = []
        for batch, _ in rows.batches(unit, column_words.from_json):
            if (
                batch.sha256 == order.book.sha256
                and batch.state is BatchState.DONE
                and batch.kind is order.kind
            ):
                notes.append(RowNote(0, "import.file_again", {"at": batch.at.date().isoformat()}))
                break
        others = [one.name for one in order.book.sheets if one is not order.sheet]
        if others:
            notes.append(RowNote(0, "import.other_sheets", {"sheets": "、".join(others)}))
        return dataclasses.replace(result, warnings=(*notes, *result.warnings))


def _nowhere(row: str, values: Mapping[str, Scalar]) -> None:
    """Store no row."""


def _stated(unit: ReadUnit, row: str, field: str, values: dict[str, object]) -> tuple[str, dt.date | None]:
    """Return who said what stands in a field, and of which day that was."""
    for fact in reversed(rows.facts_of(unit, row)):
        if fact.field == field and fact.state in (FactState.FILLED, FactState.TAKEN):
            return fact.source, fact.stated_on
    day = values.get("stated_on")
    return str(values.get("source") or ""), dt.date.fromisoformat(str(day)) if day else None


def _conflict(fact: Fact, values: dict[str, object], stated: tuple[str, dt.date | None]) -> Conflict:
    return Conflict(fact, str(values.get("name") or ""), _shown(values.get(fact.field)), *stated)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
