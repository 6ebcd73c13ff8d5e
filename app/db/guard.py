"""Refuse writes that bypass the journal, in the database itself.

Temporary triggers on each writing connection look for the marker row that only a `WriteUnit` puts there: a
permanent trigger may not look into `temp`. `local` may not touch a signed row; `pull` rebuilds rows from the fold.
"""

from typing import Any

from app.db.tables import META_COLUMNS, SYNCED, fields_of

BYPASS = "write outside the journal"
LOCKED = "row is signed"


def arm(cursor: Any) -> None:
    """Create the marker table and the triggers on one new connection."""
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS _txn(mode TEXT NOT NULL)")
    for name, table in SYNCED.items():
        for verb in ("INSERT", "UPDATE", "DELETE"):
            cursor.execute(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "{name}_{verb.lower()}_journal" BEFORE {verb} ON main."{name}" '
                f"WHEN NOT EXISTS (SELECT 1 FROM temp._txn) BEGIN SELECT RAISE(ABORT, '{BYPASS}'); END"
            )
        columns = ", ".join(f'"{field}"' for field in (*fields_of(table), *META_COLUMNS))
        cursor.execute(
            f'CREATE TEMP TRIGGER IF NOT EXISTS "{name}_locked" BEFORE UPDATE OF {columns} ON main."{name}" '
            "WHEN OLD._locked IS NOT NULL AND NOT EXISTS (SELECT 1 FROM temp._txn WHERE mode = 'pull') "
            f"BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
        )
