"""What reports count, read from the rows that say it: visits, problems, papers, money, self-checks."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Final

from app.core.clock import from_ms, today
from app.core.ids import InstitutionId
from app.core.reports import Coming
from app.core.tallies import Fact, Measure
from app.db.repos.values import in_record, read_day
from app.db.unit import ReadUnit

PAST: Final = "past"
# Fields of issued papers that say an amount, in fen.
AMOUNTS: Final[Mapping[tuple[str, str], Measure]] = {
    ("penalty_decision", "return_amount"): Measure.ORDERED,
    ("audit_opinion", "recovered"): Measure.ORDERED,
    ("rectification_report", "returned"): Measure.RETURNED,
    ("penalty_decision", "fine"): Measure.FINED,
    ("spot_penalty_decision", "fine"): Measure.FINED,
}
# A self-check is nobody's visit; a visit that was voided, or has not ended, is none either.
_ENDED = "v.ended_at IS NOT NULL AND v._deleted = 0 AND v._voided IS NULL AND coalesce(t.nature, '') <> 'self_check'"
_VISITS = (
    "SELECT v.id, v.institution, v.ended_at, t.kind, t.title, t.plan, t.plan_group, v.task"
    f" FROM inspection v LEFT JOIN task t ON t.id = v.task WHERE {_ENDED}"
)
_PAST = "SELECT id, institution, on_day, by_whom, outcome, plan FROM past_check WHERE _deleted = 0 AND _voided IS NULL"
_PROBLEMS = (
    "SELECT f.id, v.institution, v.ended_at, f.violation, f.title, t.plan, t.plan_group, v.task, f.amount_fen"
    " FROM finding f JOIN inspection v ON v.id = f.inspection LEFT JOIN task t ON t.id = v.task"
    f" WHERE {_ENDED} AND f._deleted = 0 AND f._voided IS NULL AND {in_record('f')}"
)
_ISSUED = (
    " FROM paper p JOIN task t ON t.id = p.task WHERE p.issued_at IS NOT NULL AND p._deleted = 0"
    " AND NOT EXISTS (SELECT 1 FROM paper_void x WHERE x.paper = p.id AND x._deleted = 0)"
)
_PAPERS = (
    "SELECT p.id, t.institution, p.issued_at, p.kind, p.title || coalesce(' ' || p.number, ''), t.plan, t.plan_group,"
    f" t.id{_ISSUED}"
)
_PAPER_AMOUNTS = (
    "SELECT p.id, t.institution, p.issued_at, p.kind, p.title || coalesce(' ' || p.number, ''), t.plan, t.plan_group,"
    " t.id, f.name, f.value"
    + _ISSUED.replace(" WHERE", " JOIN paper_field f ON f.paper = p.id WHERE", 1)
    + " AND f._deleted = 0 AND f.name IN ("
    + ", ".join(f"'{name}'" for name in sorted({field for _, field in AMOUNTS}))
    + ")"
)
_PROMISES = (
    "SELECT r.id, s.institution, r.paid_on, s.title, s.plan, r.paid_fen FROM refund_promise r"
    " JOIN self_check s ON s.id = r.self_check WHERE r.paid_fen > 0 AND r.paid_on <> '' AND r._deleted = 0"
    " AND r._voided IS NULL AND s._deleted = 0 AND s._voided IS NULL AND s.institution <> ''"
)
_SELF_CHECKS = (
    "SELECT id, institution, returned_at, kind, coalesce(nullif(measures, ''), title), plan, amount_fen FROM self_check"
    " WHERE returned_at IS NOT NULL AND _deleted = 0 AND _voided IS NULL AND institution <> '' AND state <> 'cancelled'"
)


def visits(unit: ReadUnit) -> Iterator[Fact]:
    """Yield every on-site check: visits that ended here and those entered as past; a self-check is none."""
    for row, institution, ended_at, kind, title, plan, group, task in unit.tuples(_VISITS):
        yield Fact(
            Measure.VISIT, institution, _day(ended_at), "inspection", row, kind or "", title or "", plan or "",
            group or "", task or "",
        )  # fmt: skip
    for row, institution, on_day, by_whom, outcome, plan in unit.tuples(_PAST):
        words = "：".join(filter(None, (by_whom, outcome)))
        day = dt.date.fromisoformat(on_day)
        yield Fact(Measure.VISIT, institution, day, "past_check", row, PAST, words, plan or "")


def facts(unit: ReadUnit) -> tuple[Fact, ...]:
    """Return everything that reports count."""
    return (*visits(unit), *_problems(unit), *papers(unit), *_self_checks(unit))


def chosen(unit: ReadUnit, plan: str) -> Mapping[str, tuple[InstitutionId, ...]]:
    """Return by group of a plan who was drawn, reserves only once they stepped in, and who has a task."""
    found: dict[str, dict[InstitutionId, None]] = {}
    rows = unit.tuples(
        "SELECT k.plan_group, k.institution FROM draw_pick k JOIN draw d ON d.id = k.draw WHERE d.plan = ?1"
        " AND d.state = 'drawn' AND d._deleted = 0 AND d._voided IS NULL AND k._deleted = 0"
        " AND (coalesce(k.reserve, 0) = 0 OR k.used = 1)"
        " UNION SELECT plan_group, institution FROM task WHERE plan = ?1 AND _deleted = 0 AND state <> 'cancelled'"
        " UNION SELECT '', institution FROM self_check WHERE plan = ?1 AND _deleted = 0 AND state <> 'cancelled'"
        " AND institution <> ''",
        (plan,),
    )
    for group, institution in rows:
        found.setdefault(group or "", {})[institution] = None
    return {group: tuple(sorted(those)) for group, those in found.items()}


def coming(unit: ReadUnit) -> tuple[Coming, ...]:
    """Return the tasks that have not begun: on the day planned, else by the day they are due."""
    rows = unit.tuples(
        "SELECT id, institution, coalesce(nullif(planned_on, ''), nullif(due_on, '')), plan, plan_group, title FROM task"
        " WHERE state = 'assigned' AND nature <> 'self_check' AND _deleted = 0 AND _voided IS NULL ORDER BY id"
    )
    return tuple(
        Coming(row, institution, read_day(on_day), plan or "", group or "", title or "")
        for row, institution, on_day, plan, group, title in rows
    )


def _problems(unit: ReadUnit) -> Iterator[Fact]:
    for row, institution, ended_at, violation, title, plan, group, task, amount in unit.tuples(_PROBLEMS):
        yield Fact(
            Measure.PROBLEM, institution, _day(ended_at), "finding", row, violation or "", title or "", plan or "",
            group or "", task or "", amount or 0,
        )  # fmt: skip


def papers(unit: ReadUnit) -> Iterator[Fact]:
    """Yield every paper issued and not voided, and the amounts that they say."""
    for row, institution, issued_at, kind, title, plan, group, task in unit.tuples(_PAPERS):
        yield Fact(
            Measure.PAPER, institution, _day(issued_at), "paper", row, kind, title, plan or "", group or "", task
        )
    for row, institution, issued_at, kind, title, plan, group, task, name, value in unit.tuples(
        _PAPER_AMOUNTS
    ):
        measure = AMOUNTS.get((kind, name))
        amount = json.loads(value) if value else 0
        if measure is not None and isinstance(amount, int) and amount:
            yield Fact(
                measure, institution, _day(issued_at), "paper", row, kind, title, plan or "", group or "", task, amount
            )


def _self_checks(unit: ReadUnit) -> Iterator[Fact]:
    for row, institution, paid_on, title, plan, paid in unit.tuples(_PROMISES):
        day = dt.date.fromisoformat(paid_on)
        yield Fact(
            Measure.RETURNED, institution, day, "refund_promise", row, "self_check", title or "", plan or "",
            amount_fen=paid,
        )  # fmt: skip
    for row, institution, returned_at, kind, title, plan, amount in unit.tuples(_SELF_CHECKS):
        yield Fact(
            Measure.SELF_CHECK, institution, _day(returned_at), "self_check", row, kind or "", title or "", plan or "",
            amount_fen=amount or 0,
        )  # fmt: skip


def _day(ms: int) -> dt.date:
    return today(from_ms(ms))
