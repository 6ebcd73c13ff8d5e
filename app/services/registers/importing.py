"""Bring a file into a register: all of it in one transaction, or nothing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.divisions import Divisions
from app.core.ids import derived_id
from app.core.progress import CancelToken, Progress, Report
from app.core.registers import (
    INSTITUTION,
    Batch,
    BatchId,
    BatchState,
    Columns,
    Fact,
    FactId,
    FactState,
    Imported,
    ImportKind,
    Rejected,
    RowNote,
)
from app.db.repos import register_facts as rows
from app.db.unit import ReadUnit, WriteUnit
from app.services.registers import columns as column_words
from app.services.registers.fields import title
from app.services.registers.matching import Entry, Institutions, People
from app.services.registers.merging import merge
from app.services.registers.rows import Draft, RowReader
from app.services.store import Store
from app.sheets.model import Book, Sheet
from sync.protocol.lines import Scalar

_PORTION: Final = 500
READ, WRITE = "import_read", "import_write"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be brought in: a sheet of a book, what its columns mean, and where it comes from."""

    name: str
    book: Book
    sheet: Sheet
    kind: ImportKind
    columns: Columns
    source: str
    stated_on: dt.date | None


class Work:
    """What reading a file has found to be done."""

    def __init__(self) -> None:
        self.read = self.merged = 0
        self.new: list[Entry] = []
        self.again: list[Entry] = []  # of them, rows that had been removed
        self.mended: dict[str, Entry] = {}  # of them, rows to which a later row of the file had something to add
        self.filled: dict[str, dict[str, Scalar]] = {}
        self.facts: list[Fact] = []
        self.rejected: list[Rejected] = []
        self.notes: list[RowNote] = []

    @property
    def is_empty(self) -> bool:
        """Whether the register stays as it is."""
        return not (self.new or self.filled or self.facts)

    def reject(self, note: RowNote, cells: Sequence[str]) -> None:
        """Keep a row aside with the reason."""
        self.rejected.append(Rejected(note, tuple(cells)))


class Importer:
    """Read one file against the register as it is in one transaction."""

    def __init__(
        self, store: Store, divisions: Divisions, order: Order, report: Report, cancel: CancelToken
    ) -> None:
        self._store, self._order, self._report, self._cancel = store, order, report, cancel
        self._batch = BatchId(store.new_id())
        self._names = column_words.labels(order.sheet, order.columns.header)
        header = order.sheet.rows[order.columns.header - 1] if order.columns.header else ()
        self._office = store.office
        near = self._office.code
        self._reader = RowReader(
            order.kind, order.columns, header, divisions, near if near[:6].isdecimal() else ""
        )
        self._now = store.now()
        self._total = 0

    def bring_in(self, unit: WriteUnit) -> Work:
        """Find out what becomes of each row; those that are new are stored meanwhile."""
        with unit.creating(self._order.kind.table, self._signed) as new:
            work = self.read(unit, new.add)
            new.settle()
            again = {entry.id for entry in work.again}
            for entry in work.mended.values():
                if entry.id not in again:
                    new.change(entry.id, entry.values)
            self._total = len(work.new) + len(work.filled) + len(work.facts)
        return work

    def read(self, unit: ReadUnit, add: Callable[[str, Mapping[str, Scalar]], None]) -> Work:
        """Find out what becomes of each row; nothing is asked of the unit once `add` is told of the first new one."""
        table = self._order.kind.table
        removed = rows.removed_ids(unit, table)
        entries = [Entry(row, values) for row, values in rows.entries(unit, table)]
        taken = {entry.id for entry in entries}
        matcher = Institutions(entries) if table == INSTITUTION else People(entries)
        said = rows.said(unit, table)
        work = Work()
        cells_below = self._order.sheet.rows[self._order.columns.header :]
        for at, cells in enumerate(cells_below, self._order.columns.header + 1):
            if not at % _PORTION:
                self._step(READ, at, len(cells_below) + self._order.columns.header)
            if not any(cells):
                continue
            work.read += 1
            draft = self._reader.read(at, cells)
            if isinstance(draft, RowNote):
                work.reject(draft, cells)
                continue
            found = matcher.match(draft)
            if isinstance(found, RowNote):
                work.reject(found, cells)
                continue
            work.notes.extend(found.notes)
            if found.entry is None:
                entry = self._new(draft, taken)
                matcher.add(entry)
                work.new.append(entry)
                if entry.id in removed:
                    work.again.append(entry)
                else:
                    add(entry.id, entry.values)
            else:
                work.merged += 1
                filled = self._merge(work, said, found.entry, draft)
                matcher.learn(found.entry, filled)
        bad = {one.note.row for one in work.rejected}
        work.notes += [note for note in self._reader.notes if note.row not in bad]
        work.notes.sort(key=lambda note: note.row)
        return work

    def write(self, unit: WriteUnit, work: Work) -> None:
        """Write what else was found, in the same transaction."""
        table, blank = self._order.kind.table, rows.blank(self._order.kind.table)
        changes = [(entry.id, {**blank, **entry.values}) for entry in work.again]
        changes += work.filled.items()
        done = len(work.new) - len(work.again)
        for at, (row, values) in enumerate(changes):
            unit.put(table, row, values)
            if not at % _PORTION:
                self._signed(done + at)
        done += len(changes)
        facts = [(fact.id, rows.fact_fields(fact)) for fact in work.facts]
        unit.create("register_fact", facts, lambda some: self._signed(done + some))
        order = self._order
        batch = Batch(
            self._batch, order.kind, order.name, order.book.sha256, order.columns, order.source, order.stated_on, work.read,
            len(work.new), work.merged, len(work.rejected), sum(map(len, work.filled.values())), _conflicts(work),
            BatchState.DONE, self._store.me, self._now, None,
        )  # fmt: skip
        unit.put(
            "import_batch",
            self._batch,
            rows.batch_fields(batch, column_words.to_json(order.columns, self._names)),
        )
        self._signed(self._total)

    def result(self, work: Work, *, is_written: bool) -> Imported:
        """Return what became of the file."""
        return Imported(
            batch=self._batch if is_written else BatchId(""),
            read=work.read, imported=len(work.new), merged=work.merged,
            filled=sum(map(len, work.filled.values())), conflicts=_conflicts(work),
            header=self._names, rejected=tuple(work.rejected), warnings=tuple(work.notes),
        )  # fmt: skip

    def _new(self, draft: Draft, taken: set[str]) -> Entry:
        """Make the entry of a row that is not there yet. A code gives it the same id on every laptop of the office."""
        values = draft.values
        row = self._derived(draft)
        if not row or row in taken:
            row = self._store.new_id()
        taken.add(row)
        values["batch"] = self._batch
        if self._order.kind is ImportKind.INSTITUTIONS:
            values.setdefault("source", self._order.source)
            if self._order.stated_on:
                values.setdefault("stated_on", self._order.stated_on.isoformat())
            if self._office.rehearsal:
                values["rehearsal"] = 1
        return Entry(row, values, draft.row)

    def _derived(self, draft: Draft) -> str:
        """Return the id that a code gives."""
        if self._order.kind is ImportKind.INSTITUTIONS:
            return derived_id("institution", self._office.code, draft.code) if draft.code else ""
        licence = str(draft.values.get("licence_no", ""))
        return derived_id("person", self._office.code, licence) if licence else ""

    def _merge(
        self, work: Work, said: set[tuple[str, str, str]], entry: Entry, draft: Draft
    ) -> Sequence[str]:
        """Fill the gaps of an entry and record what differs; return the fields that were filled."""
        found = merge(entry, draft)
        if entry.row and found.filled:
            work.mended[entry.id] = entry
        elif found.filled:
            work.filled.setdefault(entry.id, {}).update(found.filled)
            work.facts += [self._fact(entry, draft, name, FactState.FILLED) for name in found.filled]
            work.facts += [self._former(entry, name) for name in found.filled if entry.values.get(name)]
        entry.values.update(found.filled)
        for name in found.differing:
            key = (entry.id, name, str(draft.values[name]))
            if key not in said:
                said.add(key)
                work.facts.append(self._fact(entry, draft, name, FactState.OPEN))
                work.notes.append(
                    RowNote(
                        draft.row,
                        "import.differs",
                        {
                            "field": title(name, self._order.kind),
                            "standing": entry.values[name],
                            "value": draft.values[name],
                        },
                    )
                )
        return tuple(found.filled)

    def _fact(self, entry: Entry, draft: Draft, name: str, state: FactState) -> Fact:
        stated_on = self._order.stated_on
        if isinstance(own := draft.values.get("stated_on"), str):
            stated_on = dt.date.fromisoformat(own)
        return Fact(
            FactId(self._store.new_id()), self._order.kind.table, entry.id, name, str(draft.values[name]),
            str(draft.values.get("source") or self._order.source), stated_on, state, self._batch, self._store.me, self._now,
        )  # fmt: skip

    def _former(self, entry: Entry, name: str) -> Fact:
        """Return what stood in a field that says more now: a masked telephone number."""
        said_on = entry.values.get("stated_on")
        return Fact(
            FactId(self._store.new_id()), self._order.kind.table, entry.id, name, str(entry.values[name]),
            str(entry.values.get("source") or ""), dt.date.fromisoformat(said_on) if said_on else None, FactState.FORMER,
            self._batch, self._store.me, self._now,
        )  # fmt: skip

    def _signed(self, done: int) -> None:
        self._step(WRITE, done, self._total)

    def _step(self, what: str, done: int, total: int) -> None:
        self._cancel.check()
        self._report(Progress(what, done, total))


def _conflicts(work: Work) -> int:
    return sum(fact.state is FactState.OPEN for fact in work.facts)
