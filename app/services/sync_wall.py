"""Where each record, file and line is proven to be: on this laptop, in packets, on the server, in a backup."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.clock import from_ms
from app.core.syncing import Receipt, RecordReceipt, SyncStatus, Wait
from app.db import carried, mates
from app.db.statements import Statements
from app.db.tables import OPEN, PREVIEW, SETTLED, SYNCED
from app.db.unit import ReadUnit
from app.services.sync_conflicts import title_of
from app.services.sync_local import HELD
from sync.protocol.lines import ROWS, op_hash, parse

_REFUSED = ("rejected", "quarantined")
_LOST = {"missing": Wait.MISSING, "damaged": Wait.DAMAGED, "want": Wait.ABSENT}
_RECORDS = (
    f"WITH waiting AS (SELECT owner, count(*) AS n, max(seq) AS last FROM sync_op WHERE {OPEN} AND tbl <> 'custody'"
    "   GROUP BY owner),"
    f" refused AS (SELECT owner, count(*) AS n, max(seq) AS last, group_concat(DISTINCT reason) AS reasons FROM sync_op"
    f"   WHERE {SETTLED} AND state IN ('rejected', 'quarantined') AND tbl <> 'custody' AND NOT (receipt_seq IS NOT NULL"
    "   AND op IN (SELECT op FROM sync_handled)) GROUP BY owner),"
    " handled AS (SELECT o.owner, count(*) AS n, max(o.seq) AS last FROM sync_handled h JOIN sync_op o ON o.op = h.op"
    "   WHERE o.state IN ('rejected', 'quarantined') AND o.receipt_seq IS NOT NULL GROUP BY o.owner),"
    " done AS (SELECT owner, count(*) AS n, max(seq) AS last, max(receipt_seq) AS receipt, max(receipted_at) AS at"
    f"   FROM sync_op WHERE {SETTLED} AND state = 'done' AND tbl <> 'custody' GROUP BY owner),"
    " blobs AS (SELECT owner, count(*) AS n, sum(state = 'remote') AS remote, max(receipt_seq) AS receipt,"
    f"   max(receipted_at) AS at, sum(state IN ('local', 'uploading') AND NOT ({HELD})) AS papers,"
    f"   sum(state IN ('local', 'uploading') AND {HELD}) AS originals, sum(state = 'missing') AS missing,"
    "   sum(state = 'damaged') AS damaged, sum(state = 'want') AS want FROM sync_blob"
    f"   WHERE priority <> {PREVIEW} GROUP BY owner)"
    " SELECT v.id, i.name, t.number, coalesce(d.n, 0) + coalesce(h.n, 0) AS receipted, coalesce(r.n, 0) AS refused, r.reasons,"
    " coalesce(w.n, 0) AS waiting,"
    " max(coalesce(d.last, 0), coalesce(h.last, 0), coalesce(r.last, 0), coalesce(w.last, 0)) AS last,"
    " nullif(max(coalesce(d.receipt, 0), coalesce(b.receipt, 0)), 0) AS receipt,"
    " nullif(max(coalesce(d.at, 0), coalesce(b.at, 0)), 0) AS at, coalesce(b.n, 0) AS files,"
    " coalesce(b.remote, 0) AS remote, coalesce(b.papers, 0) AS papers, coalesce(b.originals, 0) AS originals,"
    " coalesce(b.missing, 0) AS missing, coalesce(b.damaged, 0) AS damaged, coalesce(b.want, 0) AS want"
    " FROM inspection v JOIN task t ON t.id = v.task JOIN institution i ON i.id = v.institution"
    " LEFT JOIN waiting w ON w.owner = v.id LEFT JOIN refused r ON r.owner = v.id"
    " LEFT JOIN done d ON d.owner = v.id LEFT JOIN handled h ON h.owner = v.id LEFT JOIN blobs b ON b.owner = v.id"
    " WHERE v._deleted = 0 ORDER BY v.started_at DESC"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest verified backup: it holds every line up to a place in the journal."""

    op_seq: int = -1
    made_at: Any = None

    def of(self, op_seq: int) -> Any:
        """Return when the backup was made that holds this line, or None."""
        return self.made_at if 0 < op_seq <= self.op_seq else None


def mark(unit: ReadUnit) -> Mark:
    """Return the newest backup that is not known to be gone; one on a stick that is not plugged in counts."""
    for row in unit.sql("SELECT made_at, op_seq, path FROM backup_mark ORDER BY n DESC"):
        path = Path(row.path)
        if path.exists() or not path.parent.exists():
            return Mark(row.op_seq, from_ms(row.made_at))
    return Mark()


def why(status: SyncStatus) -> Wait:
    """Return what everything waits for that could be sent now."""
    if status.enrolment is None:
        return Wait.PACKET if status.by_packet else Wait.ENROLMENT
    if status.policy.is_paused:
        return Wait.PAUSED
    if status.stuck is not None:
        return Wait.SERVER
    return Wait.OFFLINE if status.offline_since is not None else Wait.QUEUE


def records(unit: ReadUnit, status: SyncStatus) -> tuple[RecordReceipt, ...]:
    """Return every inspection, newest first."""
    held, backup, general, others = carried.records(unit), mark(unit), why(status), of_mates(unit)
    return tuple(
        RecordReceipt(
            inspection=row.id,
            title=_record_title(row.name, row.number),
            lines=row.receipted + row.refused + row.waiting,
            receipted=row.receipted,
            refused=row.refused,
            files=row.files,
            files_receipted=row.remote,
            reasons=tuple(row.reasons.split(",")) if row.reasons else (),
            packets=held.get(row.id, ()),
            receipt=row.receipt,
            receipted_at=from_ms(row.at) if row.at else None,
            backup_at=backup.of(row.last),
            waits=(*_waits(row, status, general), *((Wait.MATE,) if row.id in others else ())),
        )
        for row in unit.sql(_RECORDS)
    )


def files(unit: ReadUnit, status: SyncStatus, inspection: str | None = None) -> tuple[Receipt, ...]:
    """Return files, those of the newest inspections first."""
    only, given = ("", ()) if inspection is None else (" AND owner = ?", (inspection,))
    rows = unit.sql(f"SELECT *, {HELD} AS may_wait FROM sync_blob WHERE priority <> {PREVIEW}{only}", given)
    named, titles, held = _file_names(unit, inspection), record_titles(unit), carried.files(unit, inspection)
    general = why(status)
    found = []
    for row in rows:
        what, number, title = named.get(row.sha256, ("pages", None, ""))
        found.append(
            Receipt(
                id=row.sha256, inspection=row.owner or "", record=titles.get(row.owner, ""), what=what, title=title,
                number=number, verb="", size_bytes=row.size_bytes, digest=row.sha256, has_here=row.stored is not None,
                packets=held.get(row.sha256, ()), receipt=row.receipt_seq if row.state == "remote" else None,
                receipted_at=from_ms(row.receipted_at) if row.state == "remote" and row.receipted_at else None,
                feed_seq=None, backup_at=None, reason=None, wait=_file_wait(row, status, general),
            )
        )  # fmt: skip
    order = {record: place for place, record in enumerate(titles)}
    found.sort(key=lambda one: (order.get(one.inspection, len(order)), one.what, one.number or 0, one.id))
    return tuple(found)


def lines(unit: ReadUnit, status: SyncStatus, inspection: str) -> tuple[Receipt, ...]:
    """Return the lines this laptop wrote for one inspection, newest first; before them unconfirmed ones of team-mates."""
    record = record_titles(unit).get(inspection, "")
    held, backup, general = carried.lines(unit), mark(unit), why(status)
    handled = {op for (op,) in unit.tuples("SELECT op FROM sync_handled")}
    names: dict[tuple[str, str], str] = {}
    for row in (rows := _line_rows(unit, inspection)):
        if (key := _about(row)) not in names:
            names[key] = title_of_line(unit, row.tbl, row.row, row.op, record)
    return _mate_lines(unit, inspection, record) + tuple(
        Receipt(
            id=row.op, inspection=inspection, record=record, what=row.tbl, title=names[_about(row)], number=None,
            verb=row.kind, size_bytes=0, digest=row.op_hash, has_here=True, packets=held.of(row.seq),
            receipt=row.receipt_seq if row.state not in ("pending", "acked") else None,
            receipted_at=from_ms(row.receipted_at) if row.state not in ("pending", "acked") and row.receipted_at else None,
            feed_seq=row.feed_seq, backup_at=backup.of(row.seq),
            reason=(row.reason or "refused") if row.state in _REFUSED else None, wait=line_wait(row.state, general),
            is_handled=row.op in handled,
        )
        for row in rows
    )  # fmt: skip


def of_mates(unit: ReadUnit) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Return, by inspection, the rows that show something of a team-mate which no server has numbered."""
    found: dict[str, set[tuple[str, str]]] = {}
    for table in {name for (name,) in unit.tuples(f"SELECT DISTINCT tbl FROM sync_mate_op m WHERE {mates.UNCONFIRMED}")}:
        if table not in SYNCED or (table != "inspection" and "inspection" not in SYNCED[table].c):
            continue
        owner = "id" if table == "inspection" else "inspection"
        for inspection, row in unit.tuples(
            f'SELECT DISTINCT t.{owner}, t.id FROM sync_mate_row r JOIN "{table}" t ON t.id = r.row'
            " JOIN sync_mate_op m ON m.op = r.op AND m.replica = r.replica"
            f" WHERE r.tbl = ? AND {mates.UNCONFIRMED}",
            (table,),
        ):
            found.setdefault(inspection, set()).add((table, row))
    return {inspection: frozenset(rows) for inspection, rows in found.items()}


def title_within(unit: ReadUnit, table: str, row: str, record: str) -> str:
    """Return what a row is, without the name of the record it stands under."""
    title = title_of(unit, table, row)
    return title.replace(record.split("　")[0], "").strip("　") if record else title


def title_of_line(unit: ReadUnit, table: str, row: str, op: str, record: str) -> str:
    """Return what an own line is about, as `title_within`: of rows made at once the first, and how many."""
    if row != ROWS:
        return title_within(unit, table, row, record)
    keys = parse(bytes(unit.tuples("SELECT line FROM sync_op WHERE op = ?", (op,))[0][0])).keys
    return f"{title_within(unit, *keys[0], record)} ×{len(keys)}".strip()


def record_titles(unit: ReadUnit) -> dict[str, str]:
    """Return how each inspection is called, newest first."""
    rows = unit.sql(
        "SELECT v.id, i.name, t.number FROM inspection v JOIN task t ON t.id = v.task"
        " JOIN institution i ON i.id = v.institution ORDER BY v.started_at DESC"
    )
    return {row.id: _record_title(row.name, row.number) for row in rows}


def line_wait(state: str, general: Wait) -> Wait | None:
    """Return what a line waits for."""
    if state == "acked":
        return Wait.RECEIPT
    return general if state == "pending" else None


def _line_rows(unit: ReadUnit, inspection: str) -> list[Any]:
    columns = "seq, op, tbl, row, kind, op_hash, state, reason, feed_seq, receipt_seq, receipted_at"
    rows = unit.sql(
        f"SELECT {columns} FROM sync_op WHERE {SETTLED} AND state IN ('done', 'rejected', 'quarantined') AND owner = ?1"
        f" AND tbl <> 'custody' UNION ALL SELECT {columns} FROM sync_op WHERE {OPEN} AND owner = ?1 AND tbl <> 'custody'",
        (inspection,),
    )
    return sorted(rows, key=lambda row: -int(row.seq))


def _about(row: Any) -> tuple[str, str]:
    return row.tbl, row.op if row.row == ROWS else row.row


def _mate_lines(unit: ReadUnit, inspection: str, record: str) -> tuple[Receipt, ...]:
    rows = of_mates(unit).get(inspection, frozenset())
    if not rows:
        return ()
    names = {row.id: row.name for row in unit.sql("SELECT id, name FROM person")}
    found = {}
    for one in mates.waiting(Statements(unit.connection)):
        if key := next((key for key in one.keys if key in rows), None):
            line = parse(one.data)
            title = f"{title_within(unit, *key, record)}　{names.get(line.author, '')}".strip("　")
            found[one.op] = Receipt(
                id=one.op, inspection=inspection, record=record, what=one.table, title=title, number=None,
                verb=line.kind, size_bytes=0, digest=op_hash(one.data), has_here=True, packets=(), receipt=None,
                receipted_at=None, feed_seq=None, backup_at=None, reason=None, wait=Wait.MATE,
            )  # fmt: skip
    return tuple(found.values())


def _waits(row: Any, status: SyncStatus, general: Wait) -> Iterator[Wait]:
    if row.waiting or row.papers or (row.originals and not status.files_held):
        yield general
    if row.originals and status.files_held:
        yield Wait.WIFI
    for state, wait in _LOST.items():
        if getattr(row, state):
            yield wait


def _file_wait(row: Any, status: SyncStatus, general: Wait) -> Wait | None:
    if row.state == "remote":
        return None
    if row.state in _LOST:
        return _LOST[row.state]
    return Wait.WIFI if status.files_held and row.may_wait else general


def _file_names(unit: ReadUnit, inspection: str | None) -> dict[str, tuple[str, int | None, str]]:
    """Return what each file is: kind, number and name, by digest."""
    only, given = ("", ()) if inspection is None else (" AND x.inspection = ?", (inspection,))
    named: dict[str, tuple[str, int | None, str]] = {}
    for row in unit.sql(
        "SELECT json_extract(x.facts, '$.sha256') AS sha256, x.title FROM document x WHERE x.facts IS NOT NULL" + only, given
    ):
        named[row.sha256] = ("pages", None, row.title or "")
    for row in unit.sql(
        "SELECT x.sha256, d.title FROM document_file x LEFT JOIN document d ON d.id = x.document WHERE 1" + only, given
    ):
        named[row.sha256] = ("paper", None, row.title or "")
    for row in unit.sql(
        "SELECT sha256, position, coalesce(nullif(caption, ''), file_name) AS name FROM evidence x WHERE 1" + only, given
    ):
        named[row.sha256] = ("original", row.position, row.name or "")
    return named


def _record_title(name: str | None, number: str | None) -> str:
    return f"{name or ''}　{number or ''}".strip("　")
