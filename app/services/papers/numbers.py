"""Document numbers (文号): ranges lent to this laptop or entered by hand, voiding, and final numbers for provisional ones."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from app.core.clock import local, to_ms
from app.core.documents import DocumentKind
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.outcome import Outcome
from app.core.papers import INTERIM, NumberLine, NumberRange, Paper, PaperId, printed_number
from app.core.tasks import TaskState
from app.db.repos import documents, registers, tasks
from app.db.repos import papers as stored
from app.db.unit import ReadUnit, WriteUnit
from app.services.memberships import Memberships
from app.services.papers import kinds, number_register
from app.services.papers.number_pool import (
    DRAW_WORD,
    LEAD_WORD,
    TASK_WORD,
    WORDS,
    assigned,
    free,
    highest,
    me,
    pick,
    series_of,
    taken,
    use,
)
from app.services.store import Store
from sync.client.http import ServerDoor
from sync.protocol import numbers as wire
from sync.protocol.errors import SyncError
from sync.protocol.numbers import RangeRequest, RangesAnswer, RangesRequest

log = logging.getLogger(__name__)
LOW = 5  # with fewer numbers left, the next contact with the server brings another range
_LONGEST_RUN = 1000
_OF_OTHER, _EXHAUSTED = "numbers.of_other", "numbers.exhausted"


class Lender(Protocol):
    """The server, as far as it lends numbers."""

    def lend_numbers(self, wanted: RangesRequest) -> RangesAnswer:
        """Return ranges that no other device gets."""


class Numbers:
    """Lend, take, void and explain numbers."""

    def __init__(self, store: Store, members: Memberships, door: Callable[[str], ServerDoor]) -> None:
        self._store, self._members, self._door = store, members, door

    def ranges(self, year: int | None = None) -> tuple[NumberRange, ...]:
        """Return all ranges known here, by series and number; those of other laptops too."""
        with self._store.db.read() as unit:
            mine, used = me(unit), taken(unit)
            rows = unit.sql("SELECT * FROM number_range WHERE _deleted = 0 ORDER BY year DESC, series, first, id")
            return tuple(
                NumberRange(
                    row.series, row.year, row.first, row.last, row.device, row.source,
                    (row.device, row.replica) == mine,
                    sum((row.series, row.year, n) not in used for n in range(row.first, row.last + 1)), row.note or "",
                )
                for row in rows
                if year is None or row.year == year
            )  # fmt: skip

    def take(self, kind: str, first: int, last: int, note: str, year: int | None = None) -> Outcome[NumberRange]:
        """Enter numbers that the office's paper register gave to this laptop, where no server lends them.

        Args:
            note: Who gave them, as the register says.

        Raises:
            Refused: `paper.kind_unknown`, `paper.not_numbered`, `number.range`, `number.note_missing`, `number.lent` where
                one of them is lent or used already.
        """
        if not 1 <= first <= last <= wire.LAST or last - first >= _LONGEST_RUN:
            raise Refused("number.range", first=first, last=last)
        if not note.strip():
            raise Refused("number.note_missing")
        with self._store.db.write() as unit:
            series, here = series_of(unit, kind), me(unit)
            at = year or local(self._store.now()).year
            for row in _overlapping(unit, series, at, first, last):
                # What was lent to a former history of this laptop may be entered again, knowingly; nobody else's.
                if row.device != here[0] or row.replica == here[1]:
                    raise Refused("number.lent", number=printed_number(series, at, max(first, row.first)))
            used = taken(unit)
            for serial in range(first, last + 1):
                if (series, at, serial) in used:
                    raise Refused("number.lent", number=printed_number(series, at, serial))
            self._keep(unit, self._store.new_id(), series, at, first, last, "hand", note.strip())
            made = NumberRange(series, at, first, last, here[0], "hand", True, last - first + 1, note.strip())
            return Outcome(made, unit.changed)

    def top_up(self, lender: Lender | None = None) -> Outcome[int]:
        """Let the server lend what will be needed next and is running out; return how many ranges came.

        Args:
            lender: An open door; a new one is opened where None is given and something is needed.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncError: What the server or the network says; ranges that came before are kept.
        """
        with self._store.db.read() as unit:
            year = local(self._store.now()).year
            wanted = [one for one in _wanted(unit, year) if len(free(unit, one, year, LOW)) < LOW]
        if not wanted:
            return Outcome(0)
        if lender is None:
            url, credentials = self._members.credentials()
            with self._door(url) as door:
                door.credentials = credentials
                return self._lend_all(door, wanted, year)
        return self._lend_all(lender, wanted, year)

    def after_sync(self, lender: Lender) -> bool:
        """Top up once a run has read everything; return whether something came. What is refused now is asked for next time.

        Not before: a server that was set back is found out by the exchange, and lends beyond what it may have lent.
        """
        try:
            return self.top_up(lender).value > 0
        except SyncError as problem:
            log.warning("numbers.top_up code=%s", problem.code)
            return False

    def lend(self, kind: str, lender: Lender | None = None) -> Outcome[int]:
        """Let the server lend one range for a kind of paper; like `top_up`."""
        with self._store.db.read() as unit:
            series, year = series_of(unit, kind), local(self._store.now()).year
        if lender is not None:
            return self._lend_all(lender, [series], year)
        url, credentials = self._members.credentials()
        with self._door(url) as door:
            door.credentials = credentials
            return self._lend_all(door, [series], year)

    def void(self, kind: str, serials: Sequence[int], reason: str, year: int | None = None) -> Outcome[int]:
        """Void unused numbers with a reason; they are never used again. Returns how many.

        Raises:
            Refused: `number.reason_missing`, `number.used`, `paper.kind_unknown`, `paper.not_numbered`.
        """
        if not reason.strip():
            raise Refused("number.reason_missing")
        with self._store.db.write() as unit:
            series, at = series_of(unit, kind), year or local(self._store.now()).year
            used = taken(unit)
            for serial in dict.fromkeys(serials):
                if (series, at, serial) in used:
                    raise Refused("number.used", number=printed_number(series, at, serial))
                self._void(unit, series, at, serial, reason.strip())
            return Outcome(len(set(serials)), unit.changed)

    def void_rest(self, year: int, reason: str, device: str | None = None) -> Outcome[int]:
        """Void all that is left of a year's ranges: this laptop's, or those of one that is lost. Returns how many.

        Raises:
            Refused: `number.reason_missing`.
        """
        if not reason.strip():
            raise Refused("number.reason_missing")
        count = 0
        with self._store.db.write() as unit:
            whose, used = device or me(unit)[0], taken(unit)
            for row in unit.sql("SELECT * FROM number_range WHERE year = ? AND device = ? AND _deleted = 0", (year, whose)):
                for serial in range(row.first, row.last + 1):
                    if (row.series, year, serial) not in used:
                        used.add((row.series, year, serial))
                        self._void(unit, row.series, year, serial, reason.strip())
                        count += 1
            return Outcome(count, unit.changed)

    def assign(self, paper_id: PaperId) -> Outcome[Paper]:
        """Give a paper that was issued under a provisional number its final one; the pages stay as they are.

        Raises:
            Refused: `paper.unknown`, `number.not_provisional`, `number.none_left`.
        """
        with self._store.db.write() as unit:
            paper = stored.get(unit, paper_id)
            if not paper.interim or paper.number != paper.interim or paper.issued_at is None:
                raise Refused("number.not_provisional", number=paper.number or "—")
            picked = pick(unit, series_of(unit, paper.kind), local(paper.issued_at).year)
            if picked is None:
                raise Refused("number.none_left", title=paper.title)
            use(unit, picked, to_ms(self._store.now()), inspection=paper.inspection, paper=paper.id)
            for one in stored.companions(unit, paper_id):
                unit.note("paper", one.id, one.inspection)
            return Outcome(stored.get(unit, paper_id), unit.changed)

    def assign_document(self, document_id: DocumentId) -> Outcome[str]:
        """Give a record that was printed with a provisional number its final one; return it.

        Raises:
            Refused: `document.unknown`, `number.not_provisional`, `number.none_left`.
        """
        with self._store.db.write() as unit:
            document = documents.get(unit, document_id)
            if not document.number.startswith(INTERIM) or assigned(unit, document_id):
                raise Refused("number.not_provisional", number=assigned(unit, document_id) or document.number or "—")
            series = registers.office(unit).short_name + WORDS[document.kind]
            picked = pick(unit, series, local(document.frozen_at).year)
            if picked is None:
                raise Refused("number.none_left", title=document.title)
            use(unit, picked, to_ms(self._store.now()), inspection=document.inspection or None, document=document_id)
            return Outcome(picked.printed, unit.changed)

    def register(self, year: int, series: str = "") -> tuple[NumberLine, ...]:
        """Return what became of every number of a year, runs of one fate as one line; gaps are among them."""
        with self._store.db.read() as unit:
            return number_register.lines(unit, year, series)

    def _lend_all(self, lender: Lender, names: Sequence[str], year: int) -> Outcome[int]:
        """Let ranges of all series be lent together; where one of them hinders the others, one by one.

        Raises:
            SyncError: What the server or the network says, unless only some series were refused.
        """
        changed, count, refused = frozenset[Any](), 0, None
        groups = [names[at : at + wire.MOST_AT_ONCE] for at in range(0, len(names), wire.MOST_AT_ONCE)]
        while groups:
            some = groups.pop(0)
            try:
                made = self._lend_one(lender, some[0], year) if len(some) == 1 else self._lend_some(lender, some, year)
            except SyncError as problem:
                if problem.code not in (_OF_OTHER, _EXHAUSTED):
                    raise
                refused = problem
                groups += [(one,) for one in some] if len(some) > 1 else ()
                continue
            changed, count = changed | made.changed, count + made.value
        if refused is not None and not count:
            raise refused
        return Outcome(count, changed)

    def _lend_one(self, lender: Lender, series: str, year: int) -> Outcome[int]:
        try:
            return self._lend_some(lender, (series,), year)
        except SyncError as problem:
            if problem.code != _OF_OTHER:
                raise
            with self._store.db.write() as unit:
                unit.local("DELETE FROM number_wish WHERE series = ? AND year = ?", (series, year))
            return self._lend_some(lender, (series,), year)

    def _lend_some(self, lender: Lender, names: Sequence[str], year: int) -> Outcome[int]:
        with self._store.db.write() as unit:
            asked = RangesRequest(tuple(self._wish(unit, series, year) for series in names))
        answer, count = lender.lend_numbers(asked), 0
        with self._store.db.write() as unit:
            for series, one in zip(names, answer.lent, strict=True):
                lent = one.range
                if not unit.sql("SELECT 1 FROM number_range WHERE id = ?", (lent.request,)):
                    self._keep(unit, lent.request, series, year, lent.first, lent.last, "server", "")
                    count += 1
                unit.local("DELETE FROM number_wish WHERE series = ? AND year = ?", (series, year))
                for request in one.clashing:
                    self._give_up(unit, request)
            return Outcome(count, unit.changed)

    def _wish(self, unit: WriteUnit, series: str, year: int) -> RangeRequest:
        """Return the request, kept before it is sent: an answer that is lost is asked for again under its id."""
        unit.local(
            "INSERT OR IGNORE INTO number_wish(series, year, request) VALUES (?, ?, ?)",
            (series, year, self._store.new_id()),
        )
        request = unit.sql("SELECT request FROM number_wish WHERE series = ? AND year = ?", (series, year))[0].request
        scope = unit.sql("SELECT scope FROM sync_self")[0].scope
        mine = unit.sql(
            "SELECT id, first, last FROM number_range WHERE series = ? AND year = ? AND device = ? AND source = 'server'"
            " ORDER BY lent_at DESC, id LIMIT ?",
            (series, year, me(unit)[0], wire.MOST_HELD),
        )
        held = tuple(wire.NumberRange(row.id, row.first, row.last) for row in mine)
        return RangeRequest(request, scope, series, year, highest(unit, series, year), held)

    def _keep(
        self, unit: WriteUnit, row: str, series: str, year: int, first: int, last: int, source: str, note: str
    ) -> None:
        device, replica = me(unit)
        unit.append("number_range", row, {
            "series": series, "year": year, "first": first, "last": last, "device": device, "replica": replica,
            "source": source, "note": note or None, "lent_at": to_ms(self._store.now()),
        })  # fmt: skip

    def _give_up(self, unit: WriteUnit, request: str) -> None:
        """Void what is left of a range that another laptop was lent as well."""
        used = taken(unit)
        for row in unit.sql("SELECT * FROM number_range WHERE id = ?", (request,)):
            for serial in range(row.first, row.last + 1):
                if (row.series, row.year, serial) not in used:
                    # A row of its own: the number itself may be used by the other laptop.
                    unit.append("paper_number", self._store.new_id(), {
                        "series": row.series, "year": row.year, "serial": serial, "reason": "号段重复借出，本机停用",
                        "device": me(unit)[0], "at": to_ms(self._store.now()),
                    })  # fmt: skip

    def _void(self, unit: WriteUnit, series: str, year: int, serial: int, reason: str) -> None:
        unit.append("paper_number", stored.number_id(unit, series, year, serial), {
            "series": series, "year": year, "serial": serial, "reason": reason, "device": me(unit)[0],
            "at": to_ms(self._store.now()),
        })  # fmt: skip


def _overlapping(unit: ReadUnit, series: str, year: int, first: int, last: int) -> Sequence[Any]:
    return unit.sql(
        "SELECT * FROM number_range WHERE series = ? AND year = ? AND first <= ? AND last >= ? AND _deleted = 0",
        (series, year, last, first),
    )


def _wanted(unit: ReadUnit, year: int) -> list[str]:
    """Return the series that this laptop will want next: of its drafts, of open tasks, and those used this year."""
    short = registers.office(unit).short_name
    drafts = (one for one in stored.open_drafts(unit) if not one.parent and one.kind in kinds.every())
    words = {kinds.kind(one.kind).number_word for one in drafts}
    visits = unit.sql("SELECT count(*) AS n FROM task WHERE _deleted = 0 AND state IN ('assigned', 'in_progress')")[0].n
    words |= {WORDS[DocumentKind.RECORD], WORDS[DocumentKind.INTERVIEW]} if visits else set()
    for row in unit.sql(
        "SELECT id FROM task WHERE _deleted = 0 AND state IN (?, ?)", (str(TaskState.ASSIGNED), str(TaskState.IN_PROGRESS))
    ):
        words |= kinds.words_of(kinds.path_of(tasks.get(unit, row.id)))
    words |= {TASK_WORD}
    words |= {DRAW_WORD} if unit.sql("SELECT 1 FROM plan WHERE _deleted = 0 LIMIT 1") else set()
    words |= {LEAD_WORD} if unit.sql("SELECT 1 FROM lead WHERE _deleted = 0 LIMIT 1") else set()
    mine = unit.sql("SELECT DISTINCT series FROM number_range WHERE year = ? AND device = ?", (year, me(unit)[0]))
    return sorted({short + word for word in words - {""}} | {row.series for row in mine})
