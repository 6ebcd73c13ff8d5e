"""A plan put straight into the store, for tests that are not about planning."""

import dataclasses
import datetime as dt
from typing import Any

from app.core.ids import PlanId, RowId
from app.core.places import InstitutionKind
from app.core.plan_dates import Every, ReportRule
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Frequency, Group, Method, Plan, PlanState, Report
from app.db.repos import plans

COVERAGE = Plan(
    PlanId("plan-coverage"), "定点医药机构现场检查全覆盖", 2026, number="云医保〔2026〕76号", state=PlanState.RUNNING,
    period_from=dt.date(2026, 1, 1), period_to=dt.date(2026, 12, 31), lock_days=90, yearly_cap=2,
    groups=(
        Group(
            RowId("group-pharmacies"), "定点零售药店", ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),)),
            method=Method.ALL, frequency=Frequency("1.5"), owner="医保中心",
        ),
        Group(RowId("group-half"), "督查抽查", ratio=Ratio("50%"), owner="待遇科"),
    ),
    reports=(
        Report(RowId("r-week"), "进展情况", ReportRule(Every.WEEK, weekday=4, at="17:00"), "云岭市医疗保障局", "weekly_report"),
        Report(
            RowId("r-month"), "全覆盖情况统计表", ReportRule(Every.MONTH, working=True), "云岭市医疗保障局", "coverage_table"
        ),
    ),
)  # fmt: skip


def store_plan(services: Any, plan: Plan = COVERAGE, **changes: Any) -> Plan:
    """Write a plan's rows as the service would."""
    made = dataclasses.replace(plan, **changes)
    with services.statistics._store.db.write() as unit:
        unit.put("plan", made.id, plans.head(made))
        for name, (table, _) in plans.PARTS.items():
            for position, part in enumerate(getattr(made, name)):
                unit.put(table, part.id, plans.part(name, made.id, part, position))
    return made
