"""Commands about where tasks come from and who goes: draws, look-backs, planned days, briefing sheets, replacements."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.registers import tasks
from app.cli.terms import AsJson, Home, day_of, find_person, find_task, office, say
from app.core.errors import Refused
from app.core.task_views import RecusalGround, TaskView
from app.gui.texts import tr

cli = tasks  # the group of `registers`, with the commands below


@cli.command("from-draw")
def tasks_from_draw(
    draw: Annotated[str, typer.Argument(help="抽取编号")], home: Home = None, as_json: AsJson = False
) -> None:
    """按抽取结果生成任务；重复执行只补缺少的。"""
    with office(home) as services:
        found = [one.id for one in services.draws.of_plan() if draw in (one.id, one.number)]
        made = services.tasks.from_draw(found[0] if len(found) == 1 else draw).value
    lacking = f"，其中 {len(made.without_team)} 项没有抽到检查人员，请指定" if made.without_team else ""
    say(made, f"新建任务 {len(made.made)} 项{lacking}，已有 {made.known} 项，因替补撤销 {made.cancelled} 项", as_json=as_json)


@cli.command("look-back")
def look_back(
    task: Annotated[str, typer.Argument(help="原任务编号")],
    member: Annotated[list[str] | None, typer.Option(help="检查人员，可多次给出；不给则沿用原检查组")] = None,
    due: Annotated[str | None, typer.Option(help="期限，2026-12-31")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """按原任务的不符合项建立回头看任务。"""
    with office(home) as services:
        members = [find_person(services, one) for one in member or ()]
        made = services.tasks.look_back(find_task(services, task), members=members, due_on=day_of(due)).value
    say(made, f"已建立任务 {made.number}：{made.id}", as_json=as_json)


@cli.command("plan-date")
def plan_date(
    task: Annotated[str, typer.Argument(help="任务编号")],
    on: Annotated[str, typer.Argument(help="计划检查日，2026-11-30；“-”取消")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """设定或者取消计划检查日。"""
    with office(home) as services:
        found = services.tasks.plan_date(find_task(services, task), None if on == "-" else day_of(on)).value
        seen = services.tasks.view(found.id)
    lines = [f"{found.number} 计划检查日 {found.planned_on or '—'}", *_warnings(seen)]
    say({"task": found, "warnings": seen.warnings}, "\n".join(lines), as_json=as_json)


@cli.command("number")
def number(
    task: Annotated[str, typer.Argument(help="任务的临时编号")], home: Home = None, as_json: AsJson = False
) -> None:
    """给临时编号的任务补编正式编号；检查已开始或者已出具文书的不改。"""
    with office(home) as services:
        found = services.tasks.assign_number(find_task(services, task)).value
    say(found, f"{found.interim} 补编为 {found.number}", as_json=as_json)


@cli.command("brief")
def brief(
    task: Annotated[str, typer.Argument(help="任务编号")],
    out: Annotated[Path | None, typer.Option(help="任务单 PDF 写到这里", dir_okay=False)] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """显示任务须知：检查组、已知线索、既往检查、纪律；可导出任务单。"""
    with office(home) as services:
        seen = services.tasks.view(find_task(services, task))
        if out is not None:
            services.tasks.export_sheet(seen.task.id, out)
    lines = [f"{seen.task.number} {seen.institution_name} {'、'.join(seen.names)}", *_warnings(seen)]
    lines += [f"已知线索：{one.text}（{one.source}）" for one in (*seen.task.brief.known, *seen.self_check)]
    lines += [f"既往检查：{one.on_day} {one.title} {'、'.join(one.findings)}" for one in seen.history]
    lines += [f"纪律：{one}" for one in seen.discipline]
    say(seen, "\n".join(lines), as_json=as_json)


@cli.command("replace")
def replace(
    task: Annotated[str, typer.Argument(help="任务编号")],
    person: Annotated[str, typer.Argument(help="应当回避的人员")],
    ground: Annotated[RecusalGround, typer.Option(help="回避事由")],
    by: Annotated[str | None, typer.Option(help="接替人员；不给则按备选名单顺序")] = None,
    reason: Annotated[str, typer.Option(help="理由；不按备选名单的必须写明")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="无人可派，先行回避")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记回避并替换人员：先按抽取的备选名单，没有名单的指定人员并写明理由。"""
    with office(home) as services:
        instead = find_person(services, by) if by else None
        who = find_person(services, person)
        made = services.tasks.recuse(find_task(services, task), who, ground, instead, reason, is_nobody=nobody).value
    say(made, f"{made.name} 回避，接替：{made.replaced_by_name or '—'}", as_json=as_json)


@cli.command("calendar")
def calendar(
    first: Annotated[str, typer.Argument(help="起始日")],
    last: Annotated[str, typer.Argument(help="截止日")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """列出一段时间的计划检查、期限和工作量。"""
    start, end = day_of(first), day_of(last)
    if start is None or end is None or end < start:
        raise Refused("cli.date", text=f"{first} {last}")
    with office(home) as services:
        found = services.tasks.agenda(start, end)
    lines = [
        f"{one.day} {one.number} {tr(f'calendar.entry.{one.entry}', title=one.title)} {'、'.join(one.team)}" for one in found.items
    ]
    lines += [f"{one.name}：检查 {one.visits} 次，到期 {one.due} 项" for one in found.loads]
    say(found, "\n".join(lines), as_json=as_json)


def _warnings(seen: TaskView) -> list[str]:
    return [
        f"注意：{tr(f'task_brief.warning.{one.code}', name=one.name, day=one.day.isoformat() if one.day else '')}"
        for one in seen.warnings
    ]
