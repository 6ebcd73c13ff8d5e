"""A large inspection opened from the store, against the plain SELECTs of the same rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bench.method import Goal, Section, compared, in_turn, timed
from bench.office import ITEMS, PHOTOS, Big, add_findings, add_photos, big_inspection, office_at
from bench.pictures import small_photos

ROUNDS, TIMES = 15, 10
_GOAL = Goal("at_most", 3.0, "≤ 3×")
_READS = (
    "SELECT * FROM inspection WHERE id = ?",
    "SELECT template, version, digest, position FROM sheet WHERE inspection = ? AND _deleted = 0 ORDER BY position",
    "SELECT template, item, state, value, count, amount_fen, detail, note, answered_at, answered_by"
    " FROM answer WHERE inspection = ? AND _deleted = 0",
    "SELECT id, template, item, cells FROM answer_row WHERE inspection = ? AND _deleted = 0 ORDER BY position",
    "SELECT * FROM evidence WHERE inspection = ? AND _deleted = 0 ORDER BY position",
    "SELECT evidence, target_kind, target FROM evidence_link WHERE inspection = ? AND _deleted = 0",
    "SELECT * FROM finding WHERE inspection = ? AND _deleted = 0 ORDER BY position",
    "SELECT b.sha256, b.state, b.stored FROM evidence e JOIN sync_blob b ON b.sha256 = e.sha256 WHERE e.inspection = ?",
    "SELECT t.* FROM task t JOIN inspection v ON v.task = t.id WHERE v.id = ?",
    "SELECT i.* FROM institution i JOIN inspection v ON v.institution = i.id WHERE v.id = ?",
    "SELECT * FROM person WHERE ? <> ''",
)


def measure(folder: Path) -> Section:
    """Open an inspection of 300 answered items and 50 photos through the services, and read its rows raw."""
    with office_at(folder / "office") as (services, made):
        big = big_inspection(services, made.inspectors)
        add_photos(services, big, small_photos(PHOTOS))
        add_findings(services, big)

        def ours() -> None:
            for _ in range(TIMES):
                view = services.inspections.view(big.inspection)
                evidence = services.evidence.of(big.inspection)
                services.findings.of(big.inspection)
                assert sum(len(sheet.answers) for sheet in view.sheets) >= ITEMS
                assert len(evidence) == PHOTOS

        # The service keeps its engine to itself; the raw reads must go to the same file under the same key.
        store: Any = services.inspections
        spent = in_turn(
            {"ours": timed(ours), "raw": timed(_raw(store._store.db.engine, big))}, ROUNDS, warm_ups=3
        )
    each = {name: [seconds / TIMES for seconds in samples] for name, samples in spent.items()}
    what = f"inspection of {ITEMS} items and {PHOTOS} photos opened"
    row = compared(what, each["ours"], ("raw SELECTs, SQLCipher", each["raw"]), _GOAL)
    return Section("An inspection opened from the store", (row,))


def _raw(engine: Engine, big: Big) -> Callable[[], None]:
    def read() -> None:
        raw: Any = engine.raw_connection()
        cursor = raw.driver_connection.cursor()
        for _ in range(TIMES):
            rows = [cursor.execute(text, (big.inspection,)).fetchall() for text in _READS]
            assert len(rows[2]) == ITEMS
            assert len(rows[4]) == PHOTOS
        cursor.close()
        raw.close()

    return read
