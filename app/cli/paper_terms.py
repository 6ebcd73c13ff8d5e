"""What the commands about papers share: how a paper is named, and how it reads."""

from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.paper_values import shown
from app.cli.terms import find_inspection, find_task
from app.core.errors import Refused
from app.core.ids import TaskId
from app.core.papers import Paper, PaperId, PaperState, PaperView
from app.gui import messages
from app.gui.texts import tr

Which = Annotated[str, typer.Argument(help="文书编号（或开头几位）、文号，或“任务号:文书种类”")]
OfTask = Annotated[str, typer.Argument(help="任务编号、任务号，或检查编号")]
STATES = {
    PaperState.DRAFT: "草稿", PaperState.ISSUED: "已制发", PaperState.SIGNING: "签字中", PaperState.SIGNED: "已签字",
    PaperState.VOID: "作废",
}  # fmt: skip


def task_of(services: Services, text: str) -> TaskId:
    """Return the task of this id or number, or that of an inspection.

    Raises:
        Refused: `inspection.unknown`.
    """
    try:
        return find_task(services, text)
    except Refused:
        return services.inspections.view(find_inspection(services, text)).inspection.task


def find(services: Services, text: str) -> Paper:
    """Return the paper of this id, beginning of an id, number, or `task:kind`.

    Raises:
        Refused: `paper.unknown`.
    """
    task, sign_, kind = text.partition(":")
    if sign_:
        papers = services.papers.of_task(task_of(services, task))
        found = [one for one in papers if one.kind == kind and one.state is not PaperState.VOID]
        if not found:
            raise Refused("paper.unknown")
        return found[-1]
    for line in services.tasks.lines():
        for one in services.papers.of_task(line.task.id):
            if text in (one.id, one.number, one.interim) or (len(text) >= 8 and one.id.startswith(text)):
                return one
    return services.papers.get(PaperId(text))


def told(view: PaperView) -> str:
    """Return a paper as text."""
    paper = view.paper
    lines = [f"{paper.title} {paper.number}　{STATES[paper.state]}　{paper.id}"]
    for one in view.fields:
        origin = {"data": "数据", "person": "手写", "empty": ""}[one.origin]
        lines.append(f"  {one.label}（{one.id}）：{shown(one.kind, one.value)}" + (f"　［{origin}］" if origin else ""))
        if one.is_outdated:
            lines.append(f"    数据现为：{shown(one.kind, one.data)}（写时为：{shown(one.kind, one.data_then)}）")
        if one.problem:
            lines.append(f"    ✗ {messages.sentence_of(one.problem, {'field': one.label})}")
    for line in view.signers:
        done = "拒签：" + line.refused_reason if line.refused_reason else f"{len(line.signed)}/{len(line.pages)} 页"
        lines.append(f"  签名 {line.role} {line.label} {line.name}：{done}")
    for guard in view.guards:
        told = messages.sentence_of(f"blocker.{guard.code}", dict(guard.params))
        lines.append(f"［{tr(f'inspection.severity_{guard.level}')}］{told}　依据：{guard.source}")
    for service in view.services:
        state = f"（作废：{service.void_reason}）" if service.void_reason else ""
        lines.append(f"  送达 {service.effective_on} {service.receiver} {service.method}{state}")
    return "\n".join(lines)
