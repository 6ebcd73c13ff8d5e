"""What of synchronisation went wrong: lines that the server refused, what a person may do, and what mended itself."""

from pathlib import Path
from typing import Any

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.outcome import Change, Outcome
from app.core.syncing import Incident, Trouble
from app.db import sync_refused
from app.db.sync_refused import RefusedLines
from app.db.tables import SYNCED
from app.db.unit import ReadUnit
from app.services.store import Store
from app.services.sync_wall import record_titles, title_of_line, title_within
from app.services.written import exported_log
from sync.protocol import lines
from sync.protocol.errors import SyncError
from sync.protocol.lines import Kind, Line, singly

_ALL = frozenset({Change("sync", "")})
_FIELDS = 4
_HIDDEN = ("inspection", "template", "item", "position", "answered_at", "answered_by", "asked_at")
_FINAL = ("locked", "exists", "fixed")


class SyncTroubles:
    """Never in the way of the queue: whatever stands here, everything behind it was sent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lines(self) -> tuple[Trouble, ...]:
        """Return the refused lines that wait for a person, newest first."""
        with self._store.db.read() as unit:
            titles = record_titles(unit)
            return tuple(_trouble(unit, row, titles) for row in sync_refused.open_rows(unit))

    def incidents(self) -> tuple[Incident, ...]:
        """Return what happened to whole histories, newest first."""
        found = self._kept().incidents()
        with self._store.db.read() as unit:
            left = sync_refused.to_give_back(unit)
        newest = next((one.number for one in found if one.code == sync_refused.EPOCH), None)
        return tuple(
            Incident(one.number, from_ms(one.at_ms), one.code, one.rows, left if one.number == newest else 0)
            for one in found
        )

    def requeue(self, op: str) -> Outcome[str]:
        """Send a refused line again, see `RefusedLines.requeue`.

        Raises:
            Refused: `sync.line_not_refused`, `sync.line_final`, `record.locked`.
        """
        again = self._kept().requeue(op)
        return Outcome(again, _ALL | {Change(table, "") for table in SYNCED})

    def requeue_all(self) -> Outcome[int]:
        """Send again whatever can be; return how many lines go."""
        count = 0
        for one in self.lines():
            try:
                if one.can_resend:
                    self._kept().requeue(one.op)
                    count += 1
            except Refused:
                continue
        return Outcome(count, _ALL | {Change(table, "") for table in SYNCED})

    def settle(self, op: str) -> Outcome[None]:
        """Note that a person knows of a refused line and leaves it at that.

        Raises:
            Refused: `sync.line_not_refused`.
        """
        self._kept().settle(op)
        return Outcome(None, _ALL)

    def export(self, to: Path) -> Outcome[int]:
        """Write every refused line, dealt with or not, into a file for support; return how many.

        Raises:
            Unavailable: `receipts.not_written` where the place refuses; nothing is left there then.
        """
        count = len(self._kept().all())
        with exported_log(to) as part:
            part.write_bytes(self._kept().export())
        with self._store.db.write() as unit:
            unit.custody("refused_exported", "sync", rows=count)
            return Outcome(count, unit.changed)

    def _kept(self) -> RefusedLines:
        return RefusedLines(self._store.db)


def _trouble(unit: ReadUnit, row: Any, titles: dict[str, str]) -> Trouble:
    record = titles.get(row.owner, "")
    line = _parsed(bytes(row.line))
    is_read = line is not None
    title = title_of_line(unit, row.tbl, row.row, row.op, record) if is_read else title_within(unit, row.tbl, row.row, record)
    at_ms = row.receipted_at or (line.wall_ms if line is not None else None)
    is_rejected = row.state == "rejected"
    can_resend = not is_rejected or (
        row.tbl in SYNCED and row.kind in (Kind.SET, Kind.CREATE, Kind.DELETE) and row.reason not in _FINAL
    )
    return Trouble(
        row.op, row.owner or "", record, row.tbl, row.kind, title, _said(line), row.reason or "refused", is_rejected,
        from_ms(at_ms) if at_ms is not None else None, can_resend,
    )  # fmt: skip


def _said(line: Line | None) -> tuple[tuple[str, str], ...]:
    if line is None or line.kind not in (Kind.SET, Kind.CREATE, Kind.APPEND, Kind.VOID):
        return ()
    first = next(singly(line))
    named = [one for one in first.fields if one.name not in _HIDDEN and not one.name.startswith("_")]
    named.sort(key=lambda one: one.name != "state")  # what is concluded stands first
    return tuple((one.name, "" if one.value is None else str(one.value)) for one in named[:_FIELDS])


def _parsed(data: bytes) -> Line | None:
    try:
        return lines.parse(data)
    except SyncError:
        return None
