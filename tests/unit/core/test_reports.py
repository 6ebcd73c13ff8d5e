import dataclasses
import datetime as dt

from app.core.ids import InstitutionId, PlanId, RowId
from app.core.places import Institution, InstitutionKind
from app.core.plan_dates import Every, ReportRule
from app.core.plans import Group, Method, Plan, PlanState
from app.core.plans import Report as Asked
from app.core.reports import Coming, Survey, due_reports, report
from app.core.tallies import Fact, Figure, Measure
from app.core.workdays import Calendar

DAY = dt.date
PLACES = (
    Institution(InstitutionId("a"), "甲药店", InstitutionKind.PHARMACY, division="530102001"),
    Institution(InstitutionId("b"), "乙药店", InstitutionKind.PHARMACY, division="530102"),
    Institution(InstitutionId("c"), "丙医院", InstitutionKind.HOSPITAL, "三级", division="530103"),
    Institution(InstitutionId("d"), "丁诊所", InstitutionKind.CLINIC, division="530103", status="closed"),
)
PLAN = Plan(
    PlanId("p"), "全覆盖", 2026, state=PlanState.RUNNING, groups=(Group(RowId("g"), "全部", method=Method.ALL),),
    period_from=DAY(2026, 3, 1), period_to=DAY(2026, 11, 30),
)  # fmt: skip


def fact(measure: Measure, who: str, day: dt.date, subject: str = "", fen: int = 0, plan: str = "p") -> Fact:
    return Fact(
        measure,
        InstitutionId(who),
        day,
        "t",
        f"{measure}-{who}-{day}",
        subject,
        subject,
        plan,
        "g",
        "task",
        fen,
    )


FACTS = (
    fact(Measure.VISIT, "a", DAY(2026, 3, 20), "random"),
    fact(Measure.VISIT, "b", DAY(2026, 4, 2), "random"),
    fact(Measure.VISIT, "a", DAY(2026, 4, 30), "random"),
    fact(Measure.VISIT, "c", DAY(2026, 4, 10), "random", plan="other"),
    fact(Measure.PROBLEM, "a", DAY(2026, 3, 20), "V01", 1_000),
    fact(Measure.PROBLEM, "b", DAY(2026, 4, 2), "V01", 200),
    fact(Measure.PROBLEM, "b", DAY(2026, 4, 2), "V02", 30),
    fact(Measure.PAPER, "b", DAY(2026, 4, 15), "rectification_order"),
    fact(Measure.RETURNED, "b", DAY(2026, 5, 2), "rectification_report", 200),
)
COMING = (
    Coming("t1", InstitutionId("c"), DAY(2026, 5, 6), "p", "g"),
    Coming("t2", InstitutionId("a"), DAY(2026, 6, 6), "p", "g"),
    Coming("t3", InstitutionId("a"), None, "p", "g"),
    Coming("t4", InstitutionId("a"), DAY(2026, 5, 6), "other", "x"),
)


def survey(plan: Plan | None = PLAN) -> Survey:
    return Survey(DAY(2026, 4, 30), "某局", PLACES, FACTS, COMING, plan, {}, lock_days=90, yearly_cap=1)


def test_a_month_counts_what_happened_in_it_and_since_the_plan_began() -> None:
    april = report(survey(), Every.MONTH, DAY(2026, 4, 30))
    assert (april.first, april.last, april.since) == (DAY(2026, 4, 1), DAY(2026, 4, 30), DAY(2026, 3, 1))
    assert [april.whole.value(one) for one in (Figure.OBJECTS, Figure.CHECKED, Figure.VISITS, Figure.AMOUNT)] == [
        3, 2, 2, 230,
    ]  # fmt: skip
    assert [april.whole_so_far.value(one) for one in (Figure.CHECKED, Figure.VISITS, Figure.AMOUNT)] == [
        2,
        3,
        1_230,
    ]
    by_kind = {one.key: (one.value(Figure.OBJECTS), one.value(Figure.CHECKED)) for one in april.so_far}
    assert by_kind == {"pharmacy": (2, 2), "hospital": (1, 0)}
    assert april.groups[0].missing == 1


def test_the_checks_of_next_month_are_its_planned_tasks_and_those_without_a_day_are_named() -> None:
    april = report(survey(), Every.MONTH, DAY(2026, 4, 30))
    assert [one.task for one in april.coming] == ["t1"]
    assert [one.task for one in april.undated] == ["t3"]


def test_problems_and_papers_stand_with_the_most_frequent_first() -> None:
    whole = report(survey(), Every.ONCE, DAY(2026, 5, 31))
    assert [(one.subject, len(one.facts), one.amount_fen) for one in whole.problems] == [
        ("V01", 2, 1_200),
        ("V02", 1, 30),
    ]
    assert [(one.subject, len(one.facts)) for one in whole.papers] == [("rectification_order", 1)]
    assert whole.whole.value(Figure.RETURNED) == 200


def test_districts_are_ranked_by_the_first_six_digits() -> None:
    ranks = report(survey(), Every.HALF_YEAR, DAY(2026, 6, 30)).districts
    assert [(one.place, one.line.key, one.line.value(Figure.OBJECTS)) for one in ranks] == [
        (1, "530102", 2), (2, "530103", 1),
    ]  # fmt: skip


def test_a_district_with_nobody_on_the_register_is_listed_without_a_place() -> None:
    known = dataclasses.replace(survey(), districts=("530102", "530103", "530111"))
    ranks = report(known, Every.HALF_YEAR, DAY(2026, 6, 30)).districts
    assert [(one.place, one.line.key) for one in ranks] == [(1, "530102"), (2, "530103"), (0, "530111")]


def test_without_a_plan_everybody_in_service_and_every_check_of_the_year_counts() -> None:
    year = report(survey(None), Every.YEAR, DAY(2026, 4, 30))
    assert (year.whole.value(Figure.OBJECTS), year.whole.value(Figure.CHECKED)) == (3, 3)
    assert year.groups == ()


def test_repeats_and_checks_over_the_cap_of_the_period_are_named() -> None:
    april = report(survey(), Every.MONTH, DAY(2026, 4, 30))
    assert [(one.institution, one.days) for one in april.repeats] == [("a", 41)]
    assert [(one.institution, one.counted) for one in april.over_cap] == [("a", 2)]


WEEKLY = Asked(RowId("r"), "进展情况", ReportRule(Every.WEEK, weekday=4, at="17:00"), "市局", "weekly_report")


def _due(
    today: dt.date, papers: tuple[Fact, ...] = (), plan: Plan | None = None
) -> list[tuple[dt.date, int]]:
    reporting = plan or dataclasses.replace(PLAN, reports=(WEEKLY,))
    found = due_reports((reporting,), Calendar({}), today, papers)
    return [(one.due.on, len(one.handed_in)) for one in found]


def test_a_weekly_report_is_due_on_thursday_and_the_last_one_without_a_paper_is_named_too() -> None:
    assert _due(DAY(2026, 4, 22)) == [(DAY(2026, 4, 16), 0), (DAY(2026, 4, 23), 0)]


def test_a_paper_issued_late_settles_the_last_report_and_not_the_next() -> None:
    late = fact(Measure.PAPER, "a", DAY(2026, 4, 17), "weekly_report")
    assert _due(DAY(2026, 4, 22), (late,)) == [(DAY(2026, 4, 23), 0)]
    early = fact(Measure.PAPER, "a", DAY(2026, 4, 22), "weekly_report")
    assert _due(DAY(2026, 4, 22), (late, early)) == [(DAY(2026, 4, 23), 1)]


def test_a_draft_plan_asks_for_nothing_and_one_that_is_over_for_nothing_more() -> None:
    draft = dataclasses.replace(PLAN, reports=(WEEKLY,), state=PlanState.DRAFT)
    assert _due(DAY(2026, 4, 22), plan=draft) == []
    assert _due(DAY(2026, 12, 20)) == []
