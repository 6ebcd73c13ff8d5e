"""Commands about institutions and tasks."""

from typing import Annotated

import typer

from app.cli.terms import AsJson, Home, day_of, find_person, find_task, office, say
from app.core import naming
from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.core.tasks import Nature, TaskKind
from app.gui.texts import tr

institutions = typer.Typer(help="定点医药机构", no_args_is_help=True)
tasks = typer.Typer(help="检查任务", no_args_is_help=True)
_ALL = 1_000_000


@institutions.command("list")
def list_institutions(
    text: Annotated[str, typer.Argument(help="名称、代码或地址的一部分")] = "", home: Home = None, as_json: AsJson = False
) -> None:
    """列出机构。"""
    with office(home) as services:
        found = services.institutions.find(text)
    say({"institutions": found}, "\n".join(f"{one.id}  {one.name}" for one in found), as_json=as_json)


@institutions.command("add")
def add_institution(
    name: str,
    kind: Annotated[InstitutionKind, typer.Option(help="机构类别")],
    level: Annotated[str, typer.Option(help="三级、二级、一级、未定级；有等次的写 三级甲等")] = "",
    ownership: Annotated[str, typer.Option(help="public 或 private")] = "",
    address: Annotated[str, typer.Option(help="地址")] = "",
    credit_code: Annotated[str, typer.Option(help="统一社会信用代码")] = "",
    medins_code: Annotated[str, typer.Option(help="医保编码")] = "",
    head: Annotated[str, typer.Option(help="负责人")] = "",
    phone: Annotated[str, typer.Option(help="电话")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记一家机构。"""
    place = Institution(
        InstitutionId(""), name, kind, naming.level(level) or level, ownership, credit_code, medins_code, address, head, head,
        phone, grade=naming.grade(level),
    )
    with office(home) as services:
        saved = services.institutions.save(place).value
    say(saved, f"已登记 {saved.name}：{saved.id}", as_json=as_json)


@tasks.command("list")
def list_tasks(
    state: Annotated[str | None, typer.Option(help="assigned、in_progress、signed、closed、cancelled")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """列出任务、进度和期限。"""
    with office(home) as services:
        found = services.tasks.lines(state)
    lines = []
    for line in found:
        done = "—" if line.progress is None else f"{line.progress[0]}/{line.progress[1]}"
        state = tr(f"tasks.state.{line.task.state}")
        lines.append(f"{line.task.number}  {line.institution_name}  {state}  {done}  期限 {line.task.due_on or '—'}")
    say({"tasks": found}, "\n".join(lines), as_json=as_json)


@tasks.command("create")
def create_task(
    institution: Annotated[str, typer.Argument(help="机构编号或名称")],
    template: Annotated[list[str], typer.Option(help="模板编号，可多次给出")],
    member: Annotated[list[str], typer.Option(help="检查人员，可多次给出")],
    title: Annotated[str, typer.Option(help="任务名称")] = "",
    nature: Annotated[Nature, typer.Option(help="检查性质")] = Nature.ADMINISTRATIVE,
    kind: Annotated[TaskKind, typer.Option(help="任务来源")] = TaskKind.ROUTINE,
    due: Annotated[str | None, typer.Option(help="期限，2026-12-31")] = None,
    past: Annotated[bool, typer.Option("--past", help="期限已经过去，仍按此登记（如补登）")] = False,
    basis: Annotated[str, typer.Option(help="检查依据")] = "",
    approval: Annotated[str, typer.Option(help="审批文号")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """建立检查任务。"""
    with office(home) as services:
        found = services.institutions.find(limit=_ALL)
        places = [one for one in found if institution in (one.id, one.name)]
        if len(places) != 1:
            raise Refused("institution.unknown")
        made = services.tasks.create(
            title=title or f"{places[0].name}现场检查", nature=nature, kind=kind, institution=places[0].id,
            templates=template, members=[find_person(services, one) for one in member],
            due_on=day_of(due) or today(services.clock()), is_late=past, basis=basis, approval_no=approval,
        ).value  # fmt: skip
    say(made, f"已建立任务 {made.number}：{made.id}", as_json=as_json)


@tasks.command("show")
def show_task(task: str, home: Home = None, as_json: AsJson = False) -> None:
    """显示任务。"""
    with office(home) as services:
        found = services.tasks.get(find_task(services, task))
    say(found, f"{found.number} {found.title} {tr(f'tasks.state.{found.state}')}", as_json=as_json)
