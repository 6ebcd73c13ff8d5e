"""Reports on official papers: the values of their fields, from figures."""

from collections.abc import Callable, Mapping
from typing import Final

from app.core.errors import Refused
from app.core.papers import Value
from app.core.plan_dates import Every
from app.core.reports import Entry, Report
from app.core.tallies import MONEY, Figure, Line, Rank
from app.services.statistics import words
from forms.kit.wording import day, yuan

COVERAGE_TABLE, STATISTICS, RANKING = "coverage_table", "statistics_table", "ranking_notice"
WORK_REPORTS: Final = ("weekly_report", "monthly_report", "quarterly_report", "summary_report")
# Which papers a period is reported on, the usual one first.
OF: Final[Mapping[Every, tuple[str, ...]]] = {
    Every.WEEK: ("weekly_report",),
    Every.MONTH: (COVERAGE_TABLE, "monthly_report", STATISTICS),
    Every.QUARTER: ("quarterly_report", STATISTICS),
    Every.HALF_YEAR: (RANKING, "summary_report", STATISTICS),
    Every.YEAR: ("summary_report", RANKING, STATISTICS),
    Every.ONCE: ("summary_report", STATISTICS, COVERAGE_TABLE),
}
_COVERAGE: Final = (Figure.TROUBLED, Figure.ORDERS, Figure.CASES, Figure.REFERRALS, Figure.RETURNED)
_STATISTICS: Final = (
    Figure.OBJECTS, Figure.CHECKED, Figure.PROBLEMS, Figure.ORDERS, Figure.CASES, Figure.REFERRALS, Figure.RETURNED,
    Figure.FINED,
)  # fmt: skip


def values(
    paper: str, report: Report, title: Callable[[Entry], str], place: Callable[[str], str]
) -> dict[str, Value]:
    """Return what figures say for the fields of a paper; what they cannot say (典型案例, 填表人) is left to a person.

    Args:
        title: Names a violation.
        place: Names a district.

    Raises:
        Refused: `report.paper_unknown`.
    """
    plan = report.plan
    found: dict[str, Value] = {
        "period": words.span(report.every, report.first, report.last),
        "receiver": next((one.recipient for one in plan.reports if one.paper == paper), "") if plan else "",
    }
    campaign = plan.title if plan else words.ALL_WORK
    if paper in WORK_REPORTS:
        found |= _work(report, title) | {"campaign": campaign}
    elif paper == COVERAGE_TABLE:
        found |= {"campaign": campaign, "figures": _coverage(report), "planned": _planned(report)}
        counted = f"“本期检查”为本期数，其余各栏为{day(report.since)}以来的累计数。"
        left = report.undated or any(one.missing for one in report.groups)
        found["remarks"] = counted + (words.following(report) if left else "")
    elif paper == STATISTICS:
        found["figures"] = tuple((words.kind(one.key), *_cells(one, _STATISTICS)) for one in report.lines)
        del found["receiver"]
    elif paper == RANKING:
        found |= {"campaign": campaign, "ranks": tuple(_rank(one, place) for one in report.districts)}
        found["rule"] = "按已检查机构占应检查机构的比例由高到低排列，比例相同的名次相同。"
    else:
        raise Refused("report.paper_unknown", paper=paper[:60])
    return {name: value for name, value in found.items() if value not in ("", ())}


def _work(report: Report, title: Callable[[Entry], str]) -> dict[str, Value]:
    return {
        "institutions": report.whole.value(Figure.CHECKED),
        "found": report.whole.value(Figure.PROBLEMS),
        "recovered": report.whole.value(Figure.RETURNED),
        "fined": report.whole.value(Figure.FINED),
        "progress": words.progress(report),
        "problems": words.problems(report, title),
        "handling": words.handling(report),
        "next": words.following(report),
    }


def _coverage(report: Report) -> tuple[tuple[str, ...], ...]:
    now = {one.key: one for one in report.lines}
    return tuple(
        (
            words.kind(one.key), str(one.value(Figure.OBJECTS)), str(now[one.key].value(Figure.CHECKED)),
            str(one.value(Figure.CHECKED)), words.rate(one.rate), *_cells(one, _COVERAGE),
        )
        for one in report.so_far
    )  # fmt: skip


def _planned(report: Report) -> tuple[tuple[str, ...], ...]:
    groups = report.plan.groups if report.plan else ()
    return words.planned(report.coming, {str(one.id): (one.title, one.owner) for one in groups})


def _rank(one: Rank, place: Callable[[str], str]) -> tuple[str, ...]:
    line = one.line
    return (
        str(one.place) if one.place else "／", place(line.key),
        *_cells(line, (Figure.OBJECTS, Figure.CHECKED)), words.rate(line.rate),
        *_cells(line, (Figure.VISITS, Figure.PROBLEMS, Figure.RETURNED)),
    )  # fmt: skip


def _cells(line: Line, figures: tuple[Figure, ...]) -> tuple[str, ...]:
    return tuple(
        yuan(line.value(one)).replace(",", "") if one in MONEY else str(line.value(one)) for one in figures
    )
