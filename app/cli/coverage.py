"""Commands about coverage, reports of work and past checks."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.terms import AsJson, Home, day_of, find_task, office, say
from app.core.coverage import GroupCoverage, PastCheck
from app.core.errors import Refused
from app.core.ids import PastCheckId, PlanId
from app.core.plan_dates import Every
from app.core.tallies import Fact, Figure, Line
from app.gui.messages import sentence_of
from app.services.statistics import words
from app.services.statistics.desk import Overview, Statistics
from app.services.statistics.papers import OF

cli = typer.Typer(help="覆盖率、进度和统计报表：按计划和按期间，数字都能查到来自哪几行", no_args_is_help=True)
past = typer.Typer(help="既往检查：启用本程序以前，或者由其他单位做的现场检查", no_args_is_help=True)
cli.add_typer(past, name="past")

OfPlan = Annotated[
    str | None, typer.Option("--plan", help="计划的编号、文号或名称；不给出时统计本单位全部检查")
]
Until = Annotated[str | None, typer.Option(help="统计到哪一天所在的期间，2026-04-30，默认为今天")]
Xlsx = Annotated[Path | None, typer.Option(help="另存为 Excel 工作簿，末页为明细", dir_okay=False)]
Pdf = Annotated[Path | None, typer.Option(help="另存为 PDF 报表", dir_okay=False)]
OfPaper = Annotated[str | None, typer.Option("--paper", help="报表的文书种类，默认为该期间通常所用的一种")]
OfTask = Annotated[
    str | None, typer.Option("--draft-in", help="在这项任务的文书中起草该报表，以便补充、编号和签发")
]
Why = Annotated[Figure | None, typer.Option(help="列出这个数字由哪几行得来")]


@cli.command()
def show(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, why: Why = None, home: Home = None,
         as_json: AsJson = False) -> None:  # fmt: skip
    """截至某一天的覆盖率：各组应检查、已检查、尚缺和剩余天数，各类机构的累计数。"""
    _tell(Every.ONCE, plan, until, xlsx, None, None, None, why, home, as_json)


@cli.command()
def week(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, pdf: Pdf = None, paper: OfPaper = None,
         draft_in: OfTask = None, why: Why = None, home: Home = None, as_json: AsJson = False) -> None:  # fmt: skip
    """周报：到计划规定的星期几（通常为周四）为止的七天。"""
    _tell(Every.WEEK, plan, until, xlsx, pdf, paper, draft_in, why, home, as_json)


@cli.command()
def month(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, pdf: Pdf = None, paper: OfPaper = None,
          draft_in: OfTask = None, why: Why = None, home: Home = None, as_json: AsJson = False) -> None:  # fmt: skip
    """月报：《定点医药机构现场检查全覆盖情况统计表》和下月检查计划。"""
    _tell(Every.MONTH, plan, until, xlsx, pdf, paper, draft_in, why, home, as_json)


@cli.command()
def quarter(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, pdf: Pdf = None, paper: OfPaper = None,
            draft_in: OfTask = None, why: Why = None, home: Home = None, as_json: AsJson = False) -> None:  # fmt: skip
    """季报。"""
    _tell(Every.QUARTER, plan, until, xlsx, pdf, paper, draft_in, why, home, as_json)


@cli.command("half-year")
def half_year(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, pdf: Pdf = None, paper: OfPaper = None,
              draft_in: OfTask = None, why: Why = None, home: Home = None, as_json: AsJson = False) -> None:  # fmt: skip
    """半年报，含各县（市、区）排名。"""
    _tell(Every.HALF_YEAR, plan, until, xlsx, pdf, paper, draft_in, why, home, as_json)


@cli.command()
def summary(plan: OfPlan = None, until: Until = None, xlsx: Xlsx = None, pdf: Pdf = None, paper: OfPaper = None,
            draft_in: OfTask = None, why: Why = None, home: Home = None, as_json: AsJson = False) -> None:  # fmt: skip
    """专项总结：自计划开始以来的问题、退回金额和处理情况。"""
    _tell(Every.ONCE, plan, until, xlsx, pdf, paper, draft_in, why, home, as_json)


@cli.command()
def due(home: Home = None, as_json: AsJson = False) -> None:
    """各项计划接下来要报送的报表和期限，以及刚过期限还没有制发的。"""
    with office(home) as services:
        found, day = services.statistics.due(), services.statistics.today()
    lines = [
        f"{one.due.on}{' ' + one.due.at if one.due.at else ''}  {_left((one.due.on - day).days)}  {one.plan.title}：{one.report.title}"
        + (f"  报{one.report.recipient}" if one.report.recipient else "") + ("  已制发" if one.handed_in else "")
        for one in found
    ]  # fmt: skip
    tree = [
        {
            "plan": one.plan.id, "title": one.report.title, "paper": one.report.paper, "recipient": one.report.recipient,
            "on": one.due.on, "hand_in": one.due.hand_in, "at": one.due.at, "is_certain": one.due.is_certain,
            "handed_in": [fact.row for fact in one.handed_in],
        }
        for one in found
    ]  # fmt: skip
    say({"due": tree}, "\n".join(lines) or "没有要报送的报表", as_json=as_json)


@past.command("list")
def list_past(home: Home = None, as_json: AsJson = False) -> None:
    """列出既往检查。"""
    with office(home) as services:
        found = services.past_checks.of()
        names = (
            {one.id: one.name for one in services.institutions.find(limit=10**9)}
            if found and not as_json
            else {}
        )
    lines = [
        f"{one.id}  {one.on_day}  {names.get(one.institution, one.institution)}  {one.by_whom}  {one.outcome}"
        for one in found
    ]
    say({"past_checks": found}, "\n".join(lines) or "还没有登记既往检查", as_json=as_json)


@past.command()
def add(
    institution: Annotated[str, typer.Argument(help="机构的编号、医保编码或名称")],
    on: Annotated[str, typer.Argument(help="检查日期，2025-03-04")],
    by_whom: Annotated[str, typer.Option(help="检查单位")],
    plan: Annotated[str, typer.Option(help="检查计划或专项的名称")] = "",
    outcome: Annotated[str, typer.Option(help="结果")] = "",
    source: Annotated[str, typer.Option(help="来源")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记一次既往检查。"""
    made_on = day_of(on)
    if made_on is None:
        raise Refused("cli.date", text=on)
    with office(home) as services:
        found = [
            one.id
            for one in services.institutions.find(institution, limit=10)
            if institution in (one.id, one.medins_code, one.credit_code, one.name)
        ] or [services.institutions.get(institution).id]  # type: ignore[arg-type]
        if len(found) > 1:
            raise Refused("past_check.ambiguous", text=institution)
        check = PastCheck(PastCheckId(""), found[0], made_on, by_whom, plan, outcome, source)
        saved = services.past_checks.save(check).value
    say(saved, f"已登记：{saved.id}", as_json=as_json)


@past.command("import")
def import_past(
    file: Annotated[
        Path, typer.Argument(help="Excel 或 CSV 文件，要有机构名称（或编码）和检查日期两列", dir_okay=False)
    ],
    by_whom: Annotated[str, typer.Option(help="文件中没有写明时的检查单位")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """从表格导入既往检查；没有导入的行逐行说明原因。"""
    with office(home) as services:
        told = services.past_checks.import_file(file, by_whom=by_whom).value
    lines = [f"读取 {told.read} 行：导入 {told.imported}，已有 {told.known}，未导入 {len(told.rejected)}"]
    lines += [
        f"第 {one.row} 行：{sentence_of(one.code, {'text': one.text, 'day': one.text})}"
        for one in told.rejected
    ]
    say(told, "\n".join(lines), as_json=as_json)


@past.command()
def remove(
    check: Annotated[str, typer.Argument(help="编号，见 yanfang coverage past list")], home: Home = None
) -> None:
    """撤销一条误登的既往检查；登记过的内容仍留在日志里。"""
    with office(home) as services:
        services.past_checks.remove(PastCheckId(check))
    say({}, "已撤销", as_json=False)


def _tell(
    every: Every, plan: str | None, until: str | None, xlsx: Path | None, pdf: Path | None, paper: str | None,
    draft_in: str | None, why: Figure | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    with office(home) as services:
        desk = services.statistics
        found = desk.overview(every, day_of(until), _plan(desk, plan))
        kind = paper or OF[every][0]
        if xlsx is not None:
            desk.write_book(xlsx, found)
        if pdf is not None:
            desk.print_to(pdf, kind, found)
        drafted = desk.draft(kind, found, find_task(services, draft_in)).value.id if draft_in else None
    tree = {**_tree(found), "drafted": drafted}
    facts = found.report.whole.why(why) if why is not None else ()
    if why is not None:
        tree["facts"] = [_fact(one, found) for one in facts]
    say(tree, _text(found, facts), as_json=as_json)


def _plan(desk: Statistics, text: str | None) -> PlanId | None:
    if not text:
        return None
    found = [one.id for one in desk.plans() if text in (one.id, one.number, one.title)]
    if len(found) != 1:
        raise Refused("plan.unknown")
    return found[0]


def _tree(found: Overview) -> dict[str, Any]:
    report = found.report
    return {
        "plan": report.plan.id if report.plan else None,
        "period": {"every": report.every, "first": report.first, "last": report.last, "since": report.since},
        "whole": _figures(report.whole),
        "so_far": _figures(report.whole_so_far),
        "kinds": [{"key": one.key, "title": words.kind(one.key), **_figures(one)} for one in report.lines],
        "kinds_so_far": [{"key": one.key, "title": words.kind(one.key), **_figures(one)} for one in report.so_far],
        "levels": [{"key": one.key, "title": words.level(one.key), **_figures(one)} for one in report.levels],
        "districts": [
            {"place": one.place, "key": one.line.key, "title": found.district(one.line.key), **_figures(one.line)}
            for one in report.districts
        ],
        "groups": [_group(one, report.last) for one in report.groups],
        "problems": [
            {"violation": one.subject, "title": found.problem(one), "count": len(one.facts), "amount_fen": one.amount_fen}
            for one in report.problems
        ],
        "papers": [{"kind": one.subject, "title": found.paper(one.subject), "count": len(one.facts)} for one in report.papers],
        "coming": report.coming,
        "undated": len(report.undated),
        "repeats": [
            {"institution": one.institution, "name": found.name(one.institution), "before": one.before.on_day,
             "again": one.again.on_day, "days": one.days, "grounds": one.grounds}
            for one in report.repeats
        ],
        "over_cap": [
            {"institution": one.institution, "name": found.name(one.institution), "year": one.year,
             "visits": len(one.visits), "counted": one.counted, "grounds": one.grounds}
            for one in report.over_cap
        ],
    }  # fmt: skip


def _figures(line: Line) -> dict[str, Any]:
    share = line.rate
    return {
        **{str(one): line.value(one) for one in Figure},
        "rate": None if share is None else [share.numerator, share.denominator],
    }


def _group(one: GroupCoverage, day: dt.date) -> dict[str, Any]:
    return {
        "group": one.group, "title": one.title, "owner": one.owner, "objects": len(one.objects), "wanted": one.wanted,
        "chosen": len(one.chosen), "done": len(one.done), "missing": one.missing, "visits_wanted": one.visits_wanted,
        "visits": len(one.visits), "elsewhere": len(one.elsewhere), "until": one.until, "days_left": one.days_left(day),
    }  # fmt: skip


def _fact(one: Fact, found: Overview) -> dict[str, Any]:
    return {
        "measure": one.measure, "on_day": one.on_day, "institution": one.institution, "name": found.name(one.institution),
        "table": one.table, "row": one.row, "subject": one.subject, "words": one.words, "amount_fen": one.amount_fen,
    }  # fmt: skip


def _text(found: Overview, facts: Sequence[Fact]) -> str:
    report = found.report
    lines = [
        f"{report.plan.title if report.plan else words.ALL_WORK}　{words.span(report.every, report.first, report.last)}"
    ]
    lines.append(words.progress(report))
    lines.append(words.problems(report, found.problem))
    lines.append(words.handling(report))
    if report.every is Every.HALF_YEAR:
        lines += [
            f"{one.place or '／'}  {found.district(one.line.key)}  {words.rate(one.line.rate)}"
            for one in report.districts
        ]
    lines += ["  ".join(words.fact(one, found.names)) for one in facts]
    return "\n".join(lines)


def _left(days: int) -> str:
    return f"还有{days}天" if days > 0 else "今天" if days == 0 else f"已过{-days}天"
