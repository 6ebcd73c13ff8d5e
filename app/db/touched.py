"""Which institutions were written since the search last read them.

Screens, imports, pulls, snapshots and refusals write the same table by different ways. A trigger on each writing
connection sees them all, in the transaction of the write itself, so that a reader never misses one.
"""

from typing import Any


def arm(cursor: Any) -> None:
    """Create the triggers on one new connection."""
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        cursor.execute(
            f'CREATE TEMP TRIGGER IF NOT EXISTS "institution_{verb.lower()}_touched" AFTER {verb} ON main.institution'
            f" BEGIN INSERT INTO institution_touched(row) VALUES ({row}.id); END"
        )
