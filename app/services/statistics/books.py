"""Reports as workbooks: every figure, and on the last sheet the rows that it was counted from."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from app.core.coverage import GroupCoverage
from app.core.ids import InstitutionId
from app.core.reports import Entry, Report
from app.core.tallies import MONEY, Fact, Figure, Line
from app.services.statistics import words
from app.sheets.writing import Cell, SheetOut

_FIGURES: Final = tuple(one for one in Figure if one is not Figure.OBJECTS)
_COUNTED: Final = (Figure.OBJECTS, *_FIGURES)
_NAME_WIDTH: Final = 28

Names = Callable[[InstitutionId], str]


def sheets(
    report: Report,
    names: Names,
    title: Callable[[Entry], str],
    paper: Callable[[str], str],
    place: Callable[[str], str],
) -> tuple[SheetOut, ...]:
    """Return the sheets of a report.

    Args:
        names, title, paper, place: Name an institution, a violation, a kind of paper and a district.
    """
    head = f"{report.plan.title if report.plan else words.ALL_WORK}　{words.span(report.every, report.first, report.last)}"
    since = f"{head}（累计自{report.since.isoformat()}）"
    return (
        SheetOut("本期", ("机构类别", *_titles()), _lines(report.lines, report.whole, words.kind), (_NAME_WIDTH,), head),
        SheetOut(
            "累计", ("机构类别", *_titles(), "覆盖率（%）"),
            _lines(report.so_far, report.whole_so_far, words.kind, with_rate=True), (_NAME_WIDTH,), since,
        ),
        SheetOut("按等级", ("等级", *_titles(), "覆盖率（%）"), _lines(report.levels, None, words.level, with_rate=True),
                 (_NAME_WIDTH,), since),
        SheetOut("排名", ("名次", "县（市、区）", *_titles(), "覆盖率（%）"), _ranks(report, place), (8, _NAME_WIDTH), since),
        SheetOut("分组进度", _GROUP_HEAD, map(_group(report), report.groups), (_NAME_WIDTH, 18), since),
        SheetOut("问题", ("问题", "件数", "机构数", "金额（元）"), (_entry(one, title(one)) for one in report.problems),
                 (48,), head),
        SheetOut("文书", ("文书", "份数", "机构数"), (_entry(one, paper(one.subject))[:3] for one in report.papers),
                 (48,), head),
        SheetOut("自查", ("机构", "交回日期", "自查金额（元）", "整改措施"), (
            (names(one.institution), one.on_day.isoformat(), one.amount_fen / 100, one.words)
            for one in report.whole.why(Figure.SELF_CHECKS)
        ), (_NAME_WIDTH, 12, 16, 60), head),
        SheetOut("下期计划", ("检查对象", "计划检查", "时间", "责任科室"), _planned(report), (_NAME_WIDTH, 12, 24, 24), head),
        SheetOut("重复检查", ("机构", "前一次", "本次", "相隔天数", "豁免事由"), (
            (names(one.institution), one.before.on_day.isoformat(), one.again.on_day.isoformat(), one.days,
             words.grounds(one.grounds)) for one in report.repeats
        ), (_NAME_WIDTH,), head),
        SheetOut("年度频次", ("机构", "年份", "检查次数", "计入上限的次数", "豁免事由"), (
            (names(one.institution), one.year, len(one.visits), one.counted, words.grounds(one.grounds))
            for one in report.over_cap
        ), (_NAME_WIDTH,), head),
        SheetOut("明细", ("日期", "机构", "事项", "内容", "金额（元）"), (
            _fact(one, names) for one in sorted(report.whole_so_far.facts, key=_by_day)
        ),
                 (12, 40, 12, 60), since),
    )  # fmt: skip


_GROUP_HEAD: Final = (
    "检查对象", "责任科室", "机构数", "应检查", "已抽取或派发", "已检查", "完成率（%）", "尚缺", "应检查次数", "已检查次数",
    "截止日", "剩余天数",
)  # fmt: skip


def _titles() -> tuple[str, ...]:
    return tuple(words.FIGURES[one] for one in _COUNTED)


def _lines(
    lines: Sequence[Line], whole: Line | None, name: Callable[[str], str], *, with_rate: bool = False
) -> Iterator[Sequence[Cell]]:
    rows = [(name(one.key), one) for one in lines]
    if whole is not None:
        rows.append(("合计", whole))
    for label, one in rows:
        yield (label, *_cells(one), *((_percent(one.rate),) if with_rate else ()))


def _ranks(report: Report, place: Callable[[str], str]) -> Iterator[Sequence[Cell]]:
    for one in report.districts:
        yield (one.place or None, place(one.line.key), *_cells(one.line), _percent(one.line.rate))


def _group(report: Report) -> Callable[[GroupCoverage], Sequence[Cell]]:
    return lambda one: (
        one.title, one.owner, len(one.objects), one.wanted, len(one.chosen), len(one.done),
        _percent(one.fulfilled), one.missing, one.visits_wanted, len(one.visits),
        one.until.isoformat() if one.until else "待定", one.days_left(report.last),
    )  # fmt: skip


def _planned(report: Report) -> Iterator[Sequence[Cell]]:
    groups = report.plan.groups if report.plan else ()
    for what, count, when, owner in words.planned(
        report.coming, {str(one.id): (one.title, one.owner) for one in groups}
    ):
        yield what, int(count), when, owner


def _entry(one: Entry, title: str) -> tuple[Cell, ...]:
    return title, len(one.facts), len({fact.institution for fact in one.facts}), one.amount_fen / 100


def _by_day(one: Fact) -> tuple[str, str, str]:
    return one.on_day.isoformat(), one.institution, one.row


def _fact(one: Fact, names: Names) -> Sequence[Cell]:
    return (
        one.on_day.isoformat(), names(one.institution), words.MEASURES[one.measure], one.words,
        one.amount_fen / 100 if one.amount_fen else None,
    )  # fmt: skip


def _cells(line: Line) -> tuple[Cell, ...]:
    return tuple(line.value(one) / 100 if one in MONEY else line.value(one) for one in _COUNTED)


def _percent(share: Fraction | None) -> Cell:
    return None if share is None else float(words.rate(share).removesuffix("%"))
