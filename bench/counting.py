"""Coverage and a month's report of a large register, against the plain SQL aggregates of the same figures."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path

from app.bootstrap import Services
from app.core.ids import PlanId, RowId
from app.core.places import InstitutionKind
from app.core.plan_dates import Every
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Frequency, Group, Method, Plan, PlanState
from app.core.tallies import Figure
from app.db.repos import plans
from bench.method import SEED, Goal, Section, compared, in_turn, timed
from bench.office import office_at

INSTITUTIONS, INSPECTIONS, ROUNDS = 50_000, 5_000, 5
DAY = dt.date(2026, 6, 30)
_GOAL = Goal("at_most", 4, "≤ 4×")
_DIVISIONS = tuple(f"5301{number:02}" for number in range(1, 25))
_LEVELS = ("三级", "二级", "一级", "未定级")
_MS = 86_400_000
# What the report says, as a report writer would ask it: by kind, level and district, of the plan and of the month.
_COUNT = (
    "SELECT i.{key}, count(DISTINCT i.id), count(DISTINCT v.institution), count(DISTINCT v.id), count(f.id), sum(f.amount_fen)"
    " FROM institution i LEFT JOIN (SELECT v.id, v.institution FROM inspection v JOIN task t ON t.id = v.task"
    " WHERE v.ended_at BETWEEN ? AND ? AND v._deleted = 0 AND v._voided IS NULL AND t.nature <> 'self_check'"
    " AND t._deleted = 0 AND t.plan = 'plan') v ON v.institution = i.id"
    " LEFT JOIN finding f ON f.inspection = v.id AND f._deleted = 0"
    " WHERE i._deleted = 0 AND coalesce(i.status, '') IN ('', 'active') GROUP BY i.{key}"
)
_PLAN = Plan(
    PlanId("plan"), "全覆盖", 2026, state=PlanState.RUNNING, period_from=dt.date(2026, 1, 1),
    period_to=dt.date(2026, 12, 31), lock_days=90, yearly_cap=2,
    groups=(
        Group(
            RowId("all"), "定点零售药店", ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),)), method=Method.ALL,
            frequency=Frequency("1.5"),
        ),
        Group(RowId("third"), "其他", ObjectFilter((Clause(levels=_LEVELS),)), ratio=Ratio("1/3")),
    ),
)  # fmt: skip


def measure(folder: Path) -> Section:
    """Count 50,000 institutions and 5,000 visits as the screen does, in turn with the aggregates in SQL."""
    with office_at(folder / "office") as (services, _):
        _fill(services)
        start, end = (int(dt.datetime(2026, month, 1, tzinfo=dt.UTC).timestamp() * 1000) for month in (1, 7))
        report = services.statistics.overview(Every.MONTH, DAY, PlanId("plan")).report

        def ours() -> None:
            services.statistics.overview(Every.MONTH, DAY, PlanId("plan"))

        def plain() -> None:
            with services.statistics._store.db.read() as unit:
                for key in ("kind", "level", "division"):
                    for first in (start, end - 30 * _MS):
                        unit.tuples(_COUNT.format(key=key), (first, end))

        with services.statistics._store.db.read() as unit:
            counted = unit.tuples(_COUNT.format(key="kind"), (0, 2**53))
        if sum(row[3] for row in counted) != report.whole_so_far.value(Figure.VISITS):
            raise RuntimeError("the two do not count the same")
        found = in_turn({"ours": timed(ours), "SQL": timed(plain)}, ROUNDS)
    what = f"month's report of {INSTITUTIONS:,} institutions, {INSPECTIONS:,} visits"
    return Section(
        "Counting",
        (compared(what, found["ours"], ("six aggregates in SQL", found["SQL"]), _GOAL),),
        (
            "Ours keeps the rows behind every figure and runs in a reader's thread; SQL gives the figures alone.",
        ),
    )


def _fill(services: Services) -> None:
    """Write rows past the journal: what is measured is reading."""
    store = services.statistics._store
    chance = random.Random(SEED)
    with store.db.write() as unit:
        unit.put("plan", _PLAN.id, plans.head(_PLAN))
        for position, group in enumerate(_PLAN.groups):
            unit.put("plan_group", group.id, plans.part("groups", _PLAN.id, group, position))
    rows = {
        "institution(id, name, kind, level, division, _ver)": _institutions(chance),
        "task(id, number, title, nature, kind, institution, plan, plan_group, state, _ver)": _tasks(
            random.Random(SEED + 1)
        ),
        "inspection(id, task, institution, inspectors, started_at, ended_at, _ver)": _visits(chance),
        "finding(id, inspection, violation, title, amount_fen, _ver)": _findings(chance),
    }
    with store.db.marked("pull") as connection:
        for table, values in rows.items():
            marks = ", ".join("?" * (table.count(",") + 1))
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", list(values))


def _institutions(chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in range(INSTITUTIONS):
        kind = "pharmacy" if number % 5 < 3 else chance.choice(("hospital", "clinic", "community"))
        level = "" if kind == "pharmacy" else chance.choice(_LEVELS)
        yield f"i{number}", f"第{number}家定点机构", kind, level or None, chance.choice(_DIVISIONS), "{}"


def _tasks(chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in range(INSPECTIONS):
        where = chance.randrange(INSTITUTIONS)
        group = "all" if where % 5 < 3 else "third"
        yield (
            f"t{number}",
            f"{number}号",
            "全覆盖检查",
            "administrative",
            "random",
            f"i{where}",
            "plan",
            group,
            "signed",
            "{}",
        )


def _visits(chance: random.Random) -> Iterator[tuple[object, ...]]:
    first = int(dt.datetime(2026, 1, 5, tzinfo=dt.UTC).timestamp() * 1000)
    places = [row[5] for row in _tasks(random.Random(SEED + 1))]
    for number, place in enumerate(places):
        start = first + chance.randrange(175) * _MS
        yield f"v{number}", f"t{number}", place, json.dumps(["p"]), start, start + 3_600_000, "{}"


def _findings(chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in range(INSPECTIONS):
        for part in range(chance.randrange(3)):
            yield (
                f"f{number}-{part}",
                f"v{number}",
                f"V{chance.randrange(20):02}",
                "重复收费",
                chance.randrange(10**6),
                "{}",
            )
