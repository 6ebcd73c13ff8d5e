"""What figures are called on paper and in workbooks, and the sentences that reports are made of."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from app.core.coverage import GroupCoverage
from app.core.ids import InstitutionId
from app.core.plan_dates import Every
from app.core.reports import Coming, Entry, Report
from app.core.tallies import Fact, Figure, Line, Measure
from app.services.paper import KIND_TITLES
from forms.kit.wording import day, yuan

FIGURES: Final[Mapping[Figure, str]] = {
    Figure.OBJECTS: "机构数",
    Figure.CHECKED: "已检查机构",
    Figure.VISITS: "检查次数",
    Figure.PROBLEMS: "发现问题",
    Figure.TROUBLED: "有问题的机构",
    Figure.ORDERS: "责令改正",
    Figure.CASES: "立案",
    Figure.REFERRALS: "移送",
    Figure.AMOUNT: "涉及金额（元）",
    Figure.ORDERED: "责令退回（元）",
    Figure.RETURNED: "已退回（元）",
    Figure.FINED: "罚款（元）",
    Figure.SELF_CHECKS: "自查机构",
    Figure.DECLARED: "自查金额（元）",
}
MEASURES: Final[Mapping[Measure, str]] = {
    Measure.VISIT: "现场检查",
    Measure.PROBLEM: "发现问题",
    Measure.PAPER: "制发文书",
    Measure.ORDERED: "责令退回",
    Measure.RETURNED: "退回",
    Measure.FINED: "罚款",
    Measure.SELF_CHECK: "自查",
}
GROUNDS: Final = {"complaint": "投诉举报", "transfer": "转办交办", "data": "数据监测", "request": "企业申请"}
TITLES: Final = {
    Every.WEEK: "检查进展情况周报",
    Every.MONTH: "定点医药机构现场检查全覆盖情况统计表",
    Every.QUARTER: "检查情况季报",
    Every.HALF_YEAR: "检查工作半年排名",
    Every.YEAR: "检查工作年度汇总",
    Every.ONCE: "专项检查总结汇总",
}
ALL_WORK: Final = "本单位全部检查"
NO_LEVEL: Final = "未定级"
NO_DIVISION: Final = "未登记区划"
_ORDINALS: Final = "一二三四"
_JULY: Final = 7
_MOST_NAMED: Final = 12


def rate(share: Fraction | None) -> str:
    """Return a share as `66.7%`, ／ where there is none; never rounded up to what is not reached."""
    if share is None:
        return "／"
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10}%"


def span(every: Every, first: dt.date, last: dt.date) -> str:
    """Return a period as reports name it: `2026年4月`, `2026年第二季度`, `2026年4月3日至2026年4月9日`."""
    match every:
        case Every.MONTH:
            return f"{first.year}年{first.month}月"
        case Every.QUARTER:
            return f"{first.year}年第{_ORDINALS[(first.month - 1) // 3]}季度"
        case Every.HALF_YEAR:
            return f"{first.year}年{'下' if first.month >= _JULY else '上'}半年"
        case Every.YEAR:
            return f"{first.year}年"
        case _:
            return f"{day(first)}至{day(last)}"


def kind(key: str) -> str:
    """Return the name of a kind of institution."""
    return KIND_TITLES.get(key, key)


def level(key: str) -> str:
    """Return the name of a level."""
    return key or NO_LEVEL


def progress(report: Report) -> str:
    """Return what was done (工作开展情况)."""
    told = [
        f"本期现场检查{report.whole.value(Figure.VISITS)}家次，涉及定点医药机构{report.whole.value(Figure.CHECKED)}家"
        f"{_apart(report.lines)}。",
        f"{day(report.since)}以来累计检查{report.whole_so_far.value(Figure.CHECKED)}家，"
        f"占应检查范围内{report.whole_so_far.value(Figure.OBJECTS)}家的{rate(report.whole_so_far.rate)}。",
    ]
    told += [group(one, report.last) for one in report.groups]
    checks = report.whole.value(Figure.SELF_CHECKS)
    if checks:
        told.append(f"收到自查自纠报告{checks}份，自查金额{yuan(report.whole.value(Figure.DECLARED))}元。")
    return "\n".join(told)


def group(one: GroupCoverage, today: dt.date) -> str:
    """Return how far a group of a plan is."""
    told = f"{one.title}：共{len(one.objects)}家，应检查{one.wanted}家，已检查{len(one.done)}家"
    told += f"，尚需检查{one.missing}家" if one.missing else "，已完成"
    if one.visits_wanted > one.wanted:
        told += f"；应检查{one.visits_wanted}次，已检查{len(one.visits)}次"
    left = one.days_left(today)
    if left is not None and one.missing:
        told += f"；距截止日还有{left}天" if left >= 0 else f"；已超过截止日{-left}天"
    return told + "。"


def problems(report: Report, title: Callable[[Entry], str]) -> str:
    """Return what was found (发现的主要问题)."""
    if not report.problems:
        return "本期没有发现问题。"
    told = [
        f"{n}. {title(one)}：{len(one.facts)}件，涉及{len({fact.institution for fact in one.facts})}家"
        + (f"，金额{yuan(one.amount_fen)}元" if one.amount_fen else "")
        for n, one in enumerate(report.problems[:_MOST_NAMED], 1)
    ]
    rest = report.problems[_MOST_NAMED:]
    if rest:
        told.append(f"其他{len(rest)}类问题{sum(len(one.facts) for one in rest)}件")
    return "；\n".join(told) + "。"


def handling(report: Report) -> str:
    """Return what came of it (处理情况)."""
    line = report.whole
    counts = [
        f"{FIGURES[figure]}{line.value(figure)}件"
        for figure in (Figure.ORDERS, Figure.CASES, Figure.REFERRALS)
        if line.value(figure)
    ]
    sums = [
        f"{name}{yuan(line.value(figure))}元"
        for figure, name in (
            (Figure.ORDERED, "责令退回"),
            (Figure.RETURNED, "已退回"),
            (Figure.FINED, "罚款"),
        )
        if line.value(figure)
    ]
    told = ["；".join(filter(None, ("，".join(counts), "，".join(sums)))) + "。"] if counts or sums else []
    return "\n".join((*told, *measures(line))) or "本期没有处理决定。"


def measures(line: Line) -> list[str]:
    """Return what institutions did about what they found themselves (整改措施), the same words once."""
    found = dict.fromkeys(one.words for one in line.why(Figure.SELF_CHECKS) if one.words)
    more = len(found) - _MOST_NAMED
    told = "；".join(list(found)[:_MOST_NAMED]) + (f"；另有{more}家" if more > 0 else "")
    return [f"自查整改措施：{told}。"] if told else []


def following(report: Report) -> str:
    """Return what comes next (下一步工作)."""
    told = [f"下期已安排检查{len(report.coming)}家。" if report.coming else "下期检查任务待安排。"]
    if report.undated:
        told.append(f"另有{len(report.undated)}家已派发任务，尚未确定检查日期。")
    missing = [f"{one.title}{one.missing}家" for one in report.groups if one.missing]
    if missing:
        told.append(f"尚需检查：{'、'.join(missing)}。")
    return "".join(told)


def planned(
    coming: Sequence[Coming], titles: Mapping[str, tuple[str, str]]
) -> tuple[tuple[str, str, str, str], ...]:
    """Return what is planned by group: object, how many, when, whose; in the order of the first day.

    Args:
        titles: Group → title and responsible department.
    """
    by_group: dict[str, list[Coming]] = {}
    for one in sorted(coming, key=lambda one: one.on_day or dt.date.max):
        by_group.setdefault(one.group, []).append(one)
    rows = []
    for key, those in by_group.items():
        title, owner = titles.get(key, ("其他检查", ""))
        days = [one.on_day for one in those if one.on_day is not None]
        when = "" if not days else _days(min(days), max(days))
        rows.append((title, str(len({one.institution for one in those})), when, owner))
    return tuple(rows)


def fact(one: Fact, names: Mapping[InstitutionId, str]) -> tuple[str, str, str, str]:
    """Return a fact as a row: day, institution, what, words."""
    return (
        one.on_day.isoformat(),
        names.get(one.institution, one.institution),
        MEASURES[one.measure],
        one.words,
    )


def grounds(found: Iterable[str]) -> str:
    """Return grounds of exemption in words."""
    return "、".join(GROUNDS.get(one, one) for one in found)


def _apart(lines: Sequence[Line]) -> str:
    told = [f"{kind(one.key)}{one.value(Figure.CHECKED)}家" for one in lines if one.value(Figure.CHECKED)]
    return f"（{'、'.join(told)}）" if len(told) > 1 else ""


def _days(first: dt.date, last: dt.date) -> str:
    begin = f"{first.month}月{first.day}日"
    return begin if first == last else f"{begin}至{last.month}月{last.day}日"
