"""One answer saved, against the least that makes a row durable: SQLite, one upsert, one commit."""

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.method import Goal, Row, Section, length, paired_ratio, percentile
from bench.office import Big, big_inspection, office_at

ROUNDS, SAVES, WARM_UPS = 7, 400, 200
_GOALS = ((0.5, "p50", Goal("at_most", 4.0, "≤ 4×")), (0.99, "p99", Goal("at_most", 5.0, "≤ 5×")))
_STATES = ("pass", "fail", "na")
_TABLE = (
    "CREATE TABLE answer(id TEXT PRIMARY KEY, inspection TEXT NOT NULL, template TEXT, item TEXT, state TEXT,"
    " note TEXT, answered_at INTEGER, answered_by TEXT)"
)
_UPSERT = (
    "INSERT INTO answer VALUES (?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET state = excluded.state,"
    " answered_at = excluded.answered_at, answered_by = excluded.answered_by"
)


def measure(folder: Path) -> Section:
    """Save answers through the services and through plain SQLite in turn, one each."""
    with office_at(folder / "office") as (services, made):
        big = big_inspection(services, made.inspectors)
        raw = _raw(folder / "raw.db", big)
        step = itertools.count()

        def ours() -> None:
            number = next(step)
            template, item = big.items[number % len(big.items)]
            services.inspections.answer(big.inspection, template, item, state=_state(number, len(big.items)))

        theirs = _saver(raw, big)
        rounds = list(_rounds(ours, theirs))
        raw.close()
    return Section("One answer saved, durable, with its journal line", tuple(_rows(rounds)))


def _rounds(
    ours: Callable[[], None], theirs: Callable[[], None]
) -> Iterator[tuple[list[float], list[float]]]:
    for _ in range(WARM_UPS):
        ours()
        theirs()
    for _ in range(ROUNDS):
        spent: tuple[list[float], list[float]] = ([], [])
        for number in range(SAVES):
            pair = ((ours, spent[0]), (theirs, spent[1]))
            for save, seconds in pair if number % 2 else pair[::-1]:
                start = time.perf_counter()
                save()
                seconds.append(time.perf_counter() - start)
        yield spent


def _rows(rounds: list[tuple[list[float], list[float]]]) -> Iterator[Row]:
    for share, name, goal in _GOALS:
        ours = [percentile(spent[0], share) for spent in rounds]
        theirs = [percentile(spent[1], share) for spent in rounds]
        ratio = paired_ratio(ours, theirs)
        ours_all = percentile([one for spent in rounds for one in spent[0]], share)
        theirs_all = percentile([one for spent in rounds for one in spent[1]], share)
        yield Row(
            f"one answer saved, {name}", length(ours_all), f"raw SQLite, WAL, FULL: {length(theirs_all)}",
            f"{ratio:.2f}×", goal.words, goal.verdict(ratio),
        )  # fmt: skip


def _raw(path: Path, big: Big) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute(_TABLE)
    raw.execute("CREATE INDEX answer_inspection ON answer(inspection)")
    rows = [
        (f"{big.inspection}/{t}/{i}", big.inspection, t, i, "pass", "现场核实一致", 0, "")
        for t, i in big.items
    ]
    raw.executemany(_UPSERT, rows)
    return raw


def _saver(raw: sqlite3.Connection, big: Big) -> Callable[[], None]:
    step = itertools.count()

    def save() -> None:
        number = next(step)
        template, item = big.items[number % len(big.items)]
        state = _state(number, len(big.items))
        row = (f"{big.inspection}/{template}/{item}", big.inspection, template, item, state, "", number, "me")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(_UPSERT, row)
        raw.execute("COMMIT")

    return save


def _state(number: int, count: int) -> str:
    # Another state each time round, and never the one that was there: every save changes the row.
    return _STATES[number // count % len(_STATES)]
