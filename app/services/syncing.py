"""Sync: enrol this laptop, send what is pending, take in what others sent, and say what the server has."""

import logging
import platform
from collections.abc import Callable
from typing import Any

from app.core.clock import from_ms, now, to_ms
from app.core.errors import Refused
from app.core.ids import unguessable_id
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.core.syncing import ConflictLine, Enrolment, RecordReceipt, SyncReport, SyncStatus
from app.db.repos import conflicts
from app.db.sync_store import SyncStore
from app.db.tables import OPEN, SETTLED
from app.db.unit import ReadUnit, WriteUnit
from app.services.courier import VaultCourier
from app.services.store import Store
from sync.client.engine import Engine
from sync.client.enrol import Applicant, enrol
from sync.client.http import Credentials, ServerDoor
from sync.client.store import Step
from sync.protocol.lines import CONFLICT, DELETED, FieldEdit, scalar_value

log = logging.getLogger(__name__)
_LEFT_OUT = "签字后到达，未并入已签字的记录"
_ALL = frozenset({Change("sync", "")})


class SyncFailed(Refused):
    """A run that ended early; `retryable` says whether it may work later. What was reached is kept."""

    def __init__(self, code: str, *, again: bool, **params: str | int) -> None:
        super().__init__(code, **params)
        self.retryable = again


class SyncService:
    """Everything about the central server; works without one."""

    def __init__(self, store: Store, wall_ms: Callable[[], int] | None = None) -> None:
        self._store = store
        self._wall_ms = wall_ms or (lambda: to_ms(now()))

    def status(self) -> SyncStatus:
        """Return the counts of the pill and the page."""
        with self._store.db.read() as unit:
            who = unit.sql("SELECT device, server, enrolled_at, clock_off_ms FROM sync_self")[0]
            pending = unit.sql(f"SELECT count(*) AS n FROM sync_op WHERE {OPEN} AND tbl <> 'custody'")[0].n
            refused = unit.sql(f"SELECT count(*) AS n FROM sync_op WHERE {SETTLED} AND state <> 'done' AND tbl <> 'custody'")[0].n
            undecided = len(conflicts.open_lines(unit))
            files = unit.sql(
                "SELECT count(*) AS n, coalesce(sum(size_bytes), 0) AS size FROM sync_blob"
                " WHERE state IN ('local', 'uploading')"
            )[0]
            good = unit.sql("SELECT max(ended_at) AS at FROM sync_run WHERE error IS NULL")[0].at
            last = unit.sql("SELECT error FROM sync_run ORDER BY n DESC LIMIT 1")
        return SyncStatus(
            enrolment=Enrolment(who.server, who.device, from_ms(who.enrolled_at)) if who.server else None,
            pending=pending,
            refused=refused,
            conflicts=undecided,
            files_pending=files.n,
            files_pending_bytes=files.size,
            last_success_at=from_ms(good) if good else None,
            last_error=last[0].error if last else None,
            offset_ms=who.clock_off_ms,
        )

    def enrol(self, server_url: str, code: str) -> Outcome[Enrolment]:
        """Register this laptop with a one-time code.

        Raises:
            SyncError: What the server or the network says, with its code.
        """
        url = server_url.strip().rstrip("/")
        with self._store.db.read() as unit:
            device = unit.sql("SELECT device FROM sync_self")[0].device
        applicant = Applicant(device, self._store.db.writer.key, platform.node() or device)
        with ServerDoor(url, self._wall_ms, unguessable_id) as door:
            me = enrol(door, code.strip(), applicant)
        at = self._store.now()
        with self._store.db.write() as unit:
            unit.local("UPDATE sync_self SET server = ?, server_key = ?, enrolled_at = ?", (url, me.server, to_ms(at)))
            unit.custody("enrolled", device, server=me.server)
            return Outcome(Enrolment(url, device, at), unit.changed | _ALL)

    def run(self, report: Report = silent, cancel: CancelToken | None = None) -> Outcome[SyncReport]:
        """Send and take in everything there is; text before files. Safe to stop and to begin again.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncFailed: With the code of what ended the run; everything done so far is kept.
        """
        with self._store.db.read() as unit:
            who = unit.sql("SELECT device, server, server_key FROM sync_self")[0]
        if not who.server:
            raise Refused("sync.not_enrolled")
        local = SyncStore(self._store.db)
        self._want_lost(local)
        courier = VaultCourier(local, self._store.files)
        token = cancel or CancelToken()
        door = ServerDoor(
            who.server,
            self._wall_ms,
            unguessable_id,
            Credentials(who.device, self._store.db.writer.key, who.server_key),
        )
        engine = Engine(
            door, local, unguessable_id, courier, courier,
            progress=lambda step: report(_progress(step)), is_cancelled=lambda: token.is_cancelled,
        )  # fmt: skip
        started = to_ms(self._store.now())
        result = engine.run()
        log.info(
            "sync.run reached=%s sent=%s pulled=%s files=%s refused=%s failure=%s", result.reached, result.lines_sent,
            result.lines_pulled, result.files_sent, result.refused, result.failure.code if result.failure else "",
        )  # fmt: skip
        failure = result.failure or next(iter(result.file_failures), None)
        with self._store.db.write() as unit:
            unit.local(
                "INSERT INTO sync_run(started_at, ended_at, pushed, pulled, error) VALUES (?, ?, ?, ?, ?)",
                (started, to_ms(self._store.now()), result.lines_sent, result.lines_pulled,
                 failure.code if failure else None),
            )  # fmt: skip
        if result.failure is not None and not result.is_cancelled:
            raise SyncFailed(result.failure.code, again=result.failure.retryable, **result.failure.params)
        done = SyncReport(
            pushed=result.lines_sent,
            pulled=result.lines_pulled,
            files_sent=result.files_sent,
            files_received=result.files_fetched,
            refused=result.refused,
            is_complete=result.is_complete,
        )
        changed = _ALL
        if result.lines_pulled:
            changed |= {Change(table, "") for table in ("task", "inspection", "institution", "person", "document")}
        return Outcome(done, changed)

    def _want_lost(self, local: SyncStore) -> None:
        """Ask for files that the server has receipted and that are gone from this laptop's folder."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT sha256, stored FROM sync_blob WHERE state = 'remote' AND stored IS NOT NULL")
        for row in rows:
            if not self._store.files.has(row.stored):
                log.warning("sync.file_lost")
                local.file_lost(row.sha256)

    def receipts(self) -> tuple[RecordReceipt, ...]:
        """Return, per inspection, how many lines and files the server has receipted."""
        with self._store.db.read() as unit:
            rows = unit.sql(
                f"WITH waiting AS (SELECT owner, count(*) AS n FROM sync_op WHERE {OPEN} GROUP BY owner),"
                f" refused AS (SELECT owner, count(*) AS n, group_concat(DISTINCT reason) AS reasons FROM sync_op"
                f"   WHERE {SETTLED} AND state IN ('rejected', 'quarantined') GROUP BY owner),"
                f" done AS (SELECT owner, count(*) AS n FROM sync_op WHERE {SETTLED} AND state = 'done' GROUP BY owner)"
                " SELECT v.id, i.name, t.number, coalesce(d.n, 0) AS receipted, coalesce(r.n, 0) AS refused, r.reasons,"
                " coalesce(d.n, 0) + coalesce(r.n, 0) + coalesce(w.n, 0) AS lines,"
                " (SELECT count(*) FROM sync_blob b WHERE b.owner = v.id) AS files,"
                " (SELECT count(*) FROM sync_blob b WHERE b.owner = v.id AND b.state = 'remote') AS files_receipted"
                " FROM inspection v JOIN task t ON t.id = v.task JOIN institution i ON i.id = v.institution"
                " LEFT JOIN waiting w ON w.owner = v.id LEFT JOIN refused r ON r.owner = v.id"
                " LEFT JOIN done d ON d.owner = v.id"
                " WHERE v._deleted = 0 ORDER BY v.started_at DESC"
            )
        return tuple(
            RecordReceipt(
                r.id, f"{r.name}　{r.number}", r.lines, r.receipted, r.refused, r.files, r.files_receipted,
                tuple((r.reasons or "").split(",")) if r.reasons else (),
            )
            for r in rows
        )

    def conflicts(self) -> tuple[ConflictLine, ...]:
        """Return open conflicts: what stands and what was put aside."""
        with self._store.db.read() as unit:
            rows = conflicts.open_lines(unit)
            titles = {row.id: _title(unit, row.tbl, row.row) for row in rows}
        return tuple(
            ConflictLine(
                id=r.id, table=r.tbl, row=r.row, field=r.field,
                current=_shown(r.current), other=_shown(r.loser_val),
                other_author=r.author or r.loser_author or "", reason=r.reason, title=titles[r.id],
            )
            for r in rows
        )  # fmt: skip

    def resolve(self, conflict_id: str, keep: str) -> Outcome[None]:
        """Close a conflict: keep what stands (`current`) or take what was put aside (`other`).

        Raises:
            Refused: `conflict.unknown`, `record.locked` where `other` would change a signed row.
        """
        with self._store.db.write() as unit:
            if conflict_id.startswith("late:") and keep in ("current", "other"):
                _leave_out(unit, conflict_id, keep)
                return Outcome(None, unit.changed | _ALL)
            rows = conflicts.with_company(unit, conflict_id)
            if not rows or keep not in ("current", "other"):
                raise Refused("conflict.unknown")
            if keep == "other":
                _take_other(unit, rows[0])
            for row in rows:
                unit.resolve(row.tbl, row.row, (FieldEdit(CONFLICT, row.id),))
                unit.local("UPDATE sync_conflict SET resolved_by = 'self' WHERE id = ?", (row.id,))
            return Outcome(None, unit.changed | _ALL)


def _leave_out(unit: WriteUnit, late_id: str, keep: str) -> None:
    """Settle that a row stays out of a record that was signed without it; it cannot be taken in any more."""
    found = next((one for one in conflicts.late(unit) if one.id == late_id), None)
    if found is None:
        raise Refused("conflict.unknown")
    if keep == "other":
        raise Refused("record.locked", table=found.tbl)
    if found.tbl == "evidence":
        unit.void("evidence", found.row, _LEFT_OUT)
    else:
        unit.delete(found.tbl, found.row)


def _take_other(unit: WriteUnit, conflict: Any) -> None:
    """Make what was put aside the current value: a field, or the removal of the row."""
    other = scalar_value(conflict.loser_val)
    if conflict.field == DELETED and other:
        unit.delete(conflict.tbl, conflict.row)
    elif not conflict.field.startswith("_"):
        unit.put(conflict.tbl, conflict.row, {conflict.field: other})


def _progress(step: Step) -> Progress:
    return Progress(step.name, step.done, step.total)


def _shown(cell: str | None) -> str:
    value = None if cell is None else scalar_value(cell)
    return "" if value is None else str(value)


def _title(unit: ReadUnit, table: str, row: str) -> str:
    """Return what a row is, in words a person knows."""
    named = {
        "institution": "SELECT name FROM institution WHERE id = ?",
        "person": "SELECT name FROM person WHERE id = ?",
        "task": "SELECT number || ' ' || title FROM task WHERE id = ?",
        "inspection": "SELECT i.name FROM inspection v JOIN institution i ON i.id = v.institution WHERE v.id = ?",
    }
    within = {
        "answer": "t.item",
        "answer_row": "t.item",
        "evidence": "coalesce(t.caption, t.file_name)",
        "finding": "t.title",
        "turn": "t.question",
        "document": "t.title || ' ' || t.number",
    }
    query = named.get(table)
    if query is None and table in within:
        query = (
            f"SELECT {within[table]} || '　' || i.name FROM \"{table}\" t JOIN inspection v ON v.id = t.inspection"
            " JOIN institution i ON i.id = v.institution WHERE t.id = ?"
        )
    found = unit.sql(query, (row,)) if query else ()
    return str(found[0][0] or "") if found else ""
