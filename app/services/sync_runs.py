"""The log of runs, and how this laptop wants to sync; both in the database, so that they outlive the window."""

from app.core.clock import from_ms
from app.core.syncing import RunLine, SyncPolicy
from app.db.unit import ReadUnit, WriteUnit
from sync.client.runs import SyncResult

_KEPT = 2000


def policy(unit: ReadUnit) -> SyncPolicy:
    """Return what was chosen, or what holds where nothing was."""
    rows = unit.sql("SELECT paused, every_min, rate_kib, originals_wifi FROM sync_policy")
    if not rows:
        return SyncPolicy()
    row = rows[0]
    return SyncPolicy(bool(row.paused), row.every_min, row.rate_kib, bool(row.originals_wifi))


def set_policy(unit: WriteUnit, wanted: SyncPolicy) -> None:
    """Keep what was chosen."""
    unit.local(
        "INSERT OR REPLACE INTO sync_policy(one, paused, every_min, rate_kib, originals_wifi) VALUES (1, ?, ?, ?, ?)",
        (int(wanted.is_paused), max(wanted.every_min, 1), max(wanted.rate_kib, 0), int(wanted.originals_wifi)),
    )


def note(unit: WriteUnit, result: SyncResult, began_ms: int, ended_ms: int) -> None:
    """Keep a run. One that did nothing, after another like it, is counted there: the log stays readable for years."""
    failure = result.failure or next(iter(result.file_failures), None)
    code, again = (failure.code, failure.retryable) if failure else (None, True)
    if result.is_cancelled or (result.failure is None and result.file_failures):
        again = True
    did = (result.lines_sent, result.lines_pulled, result.files_sent, result.files_fetched)
    last = next(iter(unit.sql("SELECT * FROM sync_run ORDER BY n DESC LIMIT 1")), None)
    is_same = last is not None and (last.error, last.again) == (code, int(again))
    if last is not None and is_same and not any((*did, last.pushed, last.pulled, last.files_sent, last.files_received)):
        unit.local("UPDATE sync_run SET ended_at = ?, times = times + 1 WHERE n = ?", (ended_ms, last.n))
        return
    unit.local(
        "INSERT INTO sync_run(started_at, ended_at, pushed, pulled, files_sent, files_received, error, again)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (began_ms, ended_ms, *did, code, int(again)),
    )
    unit.local("DELETE FROM sync_run WHERE n <= (SELECT max(n) FROM sync_run) - ?", (_KEPT,))


def newest(unit: ReadUnit, limit: int) -> tuple[RunLine, ...]:
    """Return the newest runs, newest first."""
    return tuple(
        RunLine(
            from_ms(row.started_at), from_ms(row.ended_at), row.times, row.pushed, row.pulled, row.files_sent,
            row.files_received, row.error,
        )
        for row in unit.sql("SELECT * FROM sync_run ORDER BY n DESC LIMIT ?", (limit,))
    )  # fmt: skip
