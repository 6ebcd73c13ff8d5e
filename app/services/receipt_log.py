"""The receipts as a file for others: one row for each line and each file, with hashes and receipt numbers."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.core.clock import from_ms, local
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.core.syncing import SyncStatus
from app.db import carried
from app.db.unit import ReadUnit
from app.services import sync_wall
from app.services.store import Store
from app.services.written import exported_log

COLUMNS = (
    "kind", "record", "what", "verb", "title", "id", "sha256", "size_bytes", "state", "reason", "wait", "receipt",
    "receipted_at", "feed_seq", "packets", "backup_at",
)  # fmt: skip
_EVERY = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ReceiptLog:
    """Write what the receipt wall shows, whole."""

    def __init__(self, store: Store, status: Callable[[], SyncStatus]) -> None:
        self._store, self._status = store, status

    def export(self, to: Path, report: Report = silent, cancel: CancelToken | None = None) -> Outcome[int]:
        """Write all lines and files to a `.csv` (UTF-8 with mark) or `.json` file; return how many rows there are.

        Raises:
            Unavailable: `receipts.not_written` where the place refuses; nothing is left there then.
            Cancelled: If it was stopped; nothing is left there.
        """
        encoding = "utf-8-sig" if to.suffix == ".csv" else "utf-8"
        with exported_log(to) as part, part.open("w", encoding=encoding, newline="") as out, self._store.db.read() as unit:
            rows = _counted(_rows(unit, self._status()), report, cancel)
            count = _write_csv(out, rows) if to.suffix == ".csv" else _write_json(out, rows)
        with self._store.db.write() as unit:
            unit.custody("receipts_exported", "sync", rows=count)
            return Outcome(count, unit.changed)


def cell(value: Any) -> str:
    """Return a cell in which no spreadsheet sees a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(unit: ReadUnit, status: SyncStatus) -> Iterator[dict[str, Any]]:
    titles, general = sync_wall.record_titles(unit), sync_wall.why(status)
    held, backup = carried.lines(unit), sync_wall.mark(unit)
    for row in unit.sql(
        "SELECT seq, op, op_hash, tbl, kind, owner, state, reason, feed_seq, receipt_seq, receipted_at, length(line) AS size"
        " FROM sync_op ORDER BY seq"
    ):
        is_settled = row.state not in ("pending", "acked")
        yield _row(
            kind="line", record=titles.get(row.owner, ""), what=row.tbl, verb=row.kind, title="", id=row.op, sha256=row.op_hash,
            size_bytes=row.size, state=row.state, reason=row.reason, wait=sync_wall.line_wait(row.state, general),
            receipt=row.receipt_seq if is_settled else None,
            receipted_at=_when(from_ms(row.receipted_at)) if is_settled and row.receipted_at else None,
            feed_seq=row.feed_seq, packets=" ".join(map(str, held.of(row.seq))),
            backup_at=_when(backup.of(row.seq)),
        )  # fmt: skip
    for one in sync_wall.files(unit, status):
        yield _row(
            kind="file", record=one.record, what=one.what, verb="", title=one.title, id=one.id, sha256=one.digest,
            size_bytes=one.size_bytes, state="done" if one.is_safe else "here" if one.has_here else "absent",
            reason=one.reason, wait=one.wait, receipt=one.receipt, receipted_at=_when(one.receipted_at), feed_seq=None,
            packets=" ".join(map(str, one.packets)), backup_at=None,
        )  # fmt: skip


def _row(**cells: Any) -> dict[str, Any]:
    return {name: cells[name] for name in COLUMNS}


def _counted(
    rows: Iterator[dict[str, Any]], report: Report, cancel: CancelToken | None
) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        if number % _EVERY == 0:
            report(Progress("receipts", number, 0))
            if cancel is not None:
                cancel.check()
        yield row


def _write_csv(out: io.TextIOBase, rows: Iterator[dict[str, Any]]) -> int:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row.values()])
        count += 1
    return count


def _write_json(out: io.TextIOBase, rows: Iterator[dict[str, Any]]) -> int:
    count = 0
    for row in rows:
        out.write(("[\n" if count == 0 else ",\n") + json.dumps(row, ensure_ascii=False))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def _when(instant: Any) -> str | None:
    return None if instant is None else local(instant).isoformat(timespec="seconds")
