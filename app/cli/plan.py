"""Commands about campaign plans."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, office, say
from app.core.errors import Refused
from app.core.ids import InstitutionId, RowId
from app.core.plans import Exemption, Ground, Plan
from app.core.plans_json import tree_of
from app.gui import messages
from app.services import plan_words

cli = typer.Typer(help="检查计划", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="计划编号、标识或名称")]


@cli.command("templates")
def list_templates(home: Home = None, as_json: AsJson = False) -> None:
    """列出计划模板。"""
    with office(home) as services:
        found = services.plans.templates()
    rows = [
        {
            "id": one.id,
            "version": one.version,
            "title": one.title,
            "summary": one.summary,
            "source": one.source,
        }
        for one in found
    ]
    say(
        {"templates": rows},
        "\n".join(f"{one.id}  {one.title}：{one.summary}" for one in found),
        as_json=as_json,
    )


@cli.command("list")
def list_plans(home: Home = None, as_json: AsJson = False) -> None:
    """列出检查计划和下一次报送。"""
    with office(home) as services:
        found = services.plans.lines()
    text = []
    for line in found:
        due = f"  {line.report[0].title} {plan_words.due(line.report[1])}" if line.report else ""
        text.append(
            f"{line.plan.number or line.plan.id}  {line.plan.title}  {plan_words.STATES[line.plan.state]}{due}"
        )
    rows = [
        {
            "id": line.plan.id, "number": line.plan.number, "title": line.plan.title, "year": line.plan.year,
            "state": line.plan.state, "tasks": {"ended": line.tasks[0], "all": line.tasks[1]},
            "next_report": {"title": line.report[0].title, "on": line.report[1].on} if line.report else None,
        }
        for line in found
    ]  # fmt: skip
    say({"plans": rows}, "\n".join(text), as_json=as_json)


@cli.command("new")
def new(
    template: Annotated[str, typer.Option(help="模板编号；不给出则建空白计划")] = "",
    title: Annotated[str, typer.Option(help="计划名称，默认用模板的")] = "",
    year: Annotated[int | None, typer.Option(help="年度，默认本年")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """用模板建一个计划草稿。"""
    with office(home) as services:
        made = services.plans.create(template, title=title, year=year).value
    say(tree_of(made), f"已建立草稿 {made.title}：{made.id}", as_json=as_json)


@cli.command("show")
def show(which: Which, home: Home = None, as_json: AsJson = False) -> None:
    """显示计划、各组在名录中的家数，以及送审前要处理的事项。"""
    with office(home) as services:
        plan = find_plan(services, which)
        counts, remarks = services.plans.counts(plan), services.plans.remarks(plan)
        dues = services.plans.due(plan)
    told = [
        {
            "code": one.code,
            "weight": one.weight,
            "at": one.at,
            "message": messages.sentence_of(one.code, dict(one.params)),
        }
        for one in remarks
    ]
    lines = [f"{plan.title}  {plan_words.STATES[plan.state]}  {plan.number}"]
    lines += [f"  阶段 {one.title}：{plan_words.span(one)}" for one in plan.stages]
    for group, count in zip(plan.groups, counts, strict=True):
        lines.append(
            f"  {group.title}：{plan_words.objects(group.objects)}；{plan_words.coverage(group)}；"
            f"共 {count.objects} 家，查 {count.size} 家；{group.owner}"
        )
    lines += [f"  报送 {one.title}：{plan_words.when(one.rule)} {plan_words.due(due)}" for one, due in dues]
    lines += [f"  ! {one['message']}" for one in told]
    tree: dict[str, Any] = tree_of(plan) | {"counts": counts, "remarks": told}
    say(tree, "\n".join(lines), as_json=as_json)


@cli.command("export")
def export(
    which: Which,
    file: Annotated[Path, typer.Argument(help="写到这个文件")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """把计划写成文件，供其他单位导入或用于抽取。"""
    with office(home) as services:
        services.plans.export_to(find_plan(services, which).id, file)
    say({"file": file}, f"已写出 {file}", as_json=as_json)


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="计划文件")], home: Home = None, as_json: AsJson = False
) -> None:
    """导入计划文件，成为草稿；批准、例外和指定人员不带入。"""
    with office(home) as services:
        made = services.plans.take_file(file).value
    say(tree_of(made), f"已导入草稿 {made.title}：{made.id}", as_json=as_json)


@cli.command("exempt")
def exempt(
    which: Which,
    ground: Annotated[
        Ground, typer.Option(help="投诉举报 complaint、转办交办 transfer、数据监测 data、机构申请 request")
    ],
    note: Annotated[str, typer.Option(help="具体事由，如交办文号")],
    institution: Annotated[str, typer.Option(help="机构标识；不给出则为整个计划")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """写明不受年度频次上限限制的事由。"""
    with office(home) as services:
        plan = find_plan(services, which)
        given = Exemption(RowId(""), ground, note, InstitutionId(institution))
        made = services.plans.exempt(plan.id, given).value
    say(tree_of(made), f"已写明：{note}", as_json=as_json)


@cli.command("print")
def print_(
    which: Which,
    file: Annotated[Path, typer.Argument(help="PDF 写到这里")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """把计划打印成 PDF。"""
    with office(home) as services:
        services.plans.print_to(find_plan(services, which).id, file)
    say({"file": file}, f"已写出 {file}", as_json=as_json)


@cli.command("papers")
def papers(which: Which, home: Home = None, as_json: AsJson = False) -> None:
    """为计划的全部待检任务起草还缺的审批表、检查方案和检查通知书。"""
    with office(home) as services:
        made = services.plan_papers.draft(find_plan(services, which).id).value
    say(made, f"{made.tasks} 个任务，新起草 {made.papers} 份", as_json=as_json)


@cli.command("submit")
def submit(which: Which, home: Home = None, as_json: AsJson = False) -> None:
    """送负责人审批。"""
    with office(home) as services:
        _said(services.plans.submit(find_plan(services, which).id).value, as_json)


@cli.command("send-back")
def send_back(
    which: Which,
    reason: Annotated[str, typer.Option(help="退回原因")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """退回修改。"""
    with office(home) as services:
        _said(services.plans.send_back(find_plan(services, which).id, reason).value, as_json)


@cli.command("approve")
def approve(
    which: Which,
    by: Annotated[str, typer.Option(help="批准的负责人")],
    approval: Annotated[str, typer.Option(help="审批文号")],
    number: Annotated[str, typer.Option(help="计划编号，默认取本年下一个")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记负责人的批准。"""
    with office(home) as services:
        plan = find_plan(services, which)
        _said(services.plans.approve(plan.id, by=by, approval_no=approval, number=number).value, as_json)


@cli.command("start")
def start(which: Which, home: Home = None, as_json: AsJson = False) -> None:
    """开始执行已批准的计划。"""
    with office(home) as services:
        _said(services.plans.start(find_plan(services, which).id).value, as_json)


@cli.command("close")
def close(
    which: Which,
    reason: Annotated[str, typer.Option(help="还有任务没完成时须写明原因")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """结束计划。"""
    with office(home) as services:
        _said(services.plans.close(find_plan(services, which).id, reason).value, as_json)


@cli.command("cancel")
def cancel(
    which: Which,
    reason: Annotated[str, typer.Option(help="取消原因")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """取消计划。"""
    with office(home) as services:
        _said(services.plans.cancel(find_plan(services, which).id, reason).value, as_json)


def find_plan(services: Services, which: str) -> Plan:
    """Return the plan with this id, beginning of an id, number or title.

    Raises:
        Refused: `plan.unknown` where there is none or more than one.
    """
    plans = [line.plan for line in services.plans.lines()]
    found = [one for one in plans if which in (one.id, one.number, one.title)] or [
        one for one in plans if len(which) >= 8 and one.id.startswith(which)
    ]
    if len(found) != 1:
        raise Refused("plan.unknown")
    return services.plans.get(found[0].id)


def _said(plan: Plan, as_json: bool) -> None:
    say(tree_of(plan), f"{plan.title}：{plan_words.STATES[plan.state]} {plan.number}", as_json=as_json)
