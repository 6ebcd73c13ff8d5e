"""Commands about a visit: start, answer, findings, photos, show, close."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, find_inspection, find_person, find_task, office, plain, say
from app.core.errors import Refused
from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId, RowId
from app.core.inspections import Party
from app.core.money import format_cny, parse_cny
from app.gui import messages
from app.gui.texts import tr

cli = typer.Typer(help="现场检查", no_args_is_help=True)
Visit = Annotated[str, typer.Argument(help="检查编号，或任务号")]
STATES = {"符合": "pass", "不符合": "fail", "不适用": "na", "未检查": "open"}


@cli.command()
def start(
    task: Annotated[str, typer.Argument(help="任务编号或任务号")],
    inspector: Annotated[list[str] | None, typer.Option(help="检查人员（至少两名），默认为任务成员")] = None,
    recorder: Annotated[str | None, typer.Option(help="记录人，默认为第二名检查人员")] = None,
    party: Annotated[str, typer.Option(help="现场负责人姓名")] = "",
    post: Annotated[str, typer.Option(help="现场负责人职务")] = "",
    phone: Annotated[str, typer.Option(help="现场负责人电话")] = "",
    place: Annotated[str, typer.Option(help="检查地点，默认为机构地址")] = "",
    licence_shown: Annotated[bool, typer.Option("--licence-shown", help="已出示执法证件")] = False,
    recusal: Annotated[str, typer.Option(help="对回避告知的答复")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """开始检查。"""
    with office(home) as services:
        task_id = find_task(services, task)
        named = [find_person(services, one) for one in inspector or []] or list(services.tasks.get(task_id).members[:2])
        keeps = find_person(services, recorder) if recorder else named[-1]
        inspection = services.inspections.start(
            task_id, inspectors=named, recorder=keeps, place=place, party=Party(party, "", "", post, phone),
            licence_shown=licence_shown, recusal_answer=recusal,
        ).value  # fmt: skip
    say({"inspection": inspection}, f"检查已开始：{inspection}", as_json=as_json)


@cli.command()
def answer(
    inspection: Visit,
    item: Annotated[str, typer.Argument(help="检查项编号，如 SGF-1.04")],
    state: Annotated[str, typer.Argument(help="符合、不符合、不适用、未检查，或 pass、fail、na、open")],
    template: Annotated[str | None, typer.Option(help="模板编号，多张检查表有同号项时给出")] = None,
    value: Annotated[str | None, typer.Option(help="数值、百分比、日期、选项或文字")] = None,
    count: Annotated[int | None, typer.Option(help="例数")] = None,
    amount: Annotated[str | None, typer.Option(help="涉及金额，元")] = None,
    detail: Annotated[str | None, typer.Option(help="明细说明")] = None,
    note: Annotated[str | None, typer.Option(help="备注")] = None,
    row: Annotated[list[str] | None, typer.Option(help="明细行：列名=值,列名=值，可多次给出")] = None,
    remove_row: Annotated[list[str] | None, typer.Option(help="去掉的明细行编号（见 inspection show），可多次给出")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """填写一项检查结果。"""
    given: dict[str, Any] = {"state": STATES.get(state, state)}
    given |= {name: one for name, one in (("value", value), ("count", count), ("detail", detail), ("note", note)) if one is not None}
    if amount is not None:
        given["amount_cny"] = parse_cny(amount)
    with office(home) as services:
        visit = find_inspection(services, inspection)
        sheet = template or _sheet_of(services, visit, item)
        rows = [_cells(text) for text in row or []]
        _check_columns(services, visit, sheet, item, rows)
        saved = services.inspections.answer(visit, sheet, item, **given).value
        for old in remove_row or []:
            saved = services.inspections.remove_row(visit, RowId(old)).value
        for cells in rows:
            saved = services.inspections.put_row(visit, sheet, item, cells).value
    say(saved, f"{item} 已保存：{state}", as_json=as_json)


@cli.command()
def details(
    inspection: Visit,
    opinion: Annotated[str | None, typer.Option(help="当事人意见")] = None,
    situation: Annotated[str | None, typer.Option(help="检查情况概述")] = None,
    witness: Annotated[str | None, typer.Option(help="见证人")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """填写当事人意见、检查情况和见证人。"""
    given = {"party_opinion": opinion, "situation": situation, "witness": witness}
    with office(home) as services:
        visit = find_inspection(services, inspection)
        saved = services.inspections.set_details(visit, **{k: v for k, v in given.items() if v is not None}).value
    say(saved, "已保存", as_json=as_json)


@cli.command()
def finding(
    inspection: Visit,
    item: Annotated[list[str] | None, typer.Option(help="对应检查项，可多次给出；第一项用于预填")] = None,
    violation: Annotated[str | None, typer.Option(help="案由代码，如 V04")] = None,
    title: Annotated[str | None, typer.Option(help="违规名称")] = None,
    facts: Annotated[str | None, typer.Option(help="事实")] = None,
    amount: Annotated[str | None, typer.Option(help="涉及金额，元")] = None,
    persons: Annotated[int | None, typer.Option(help="涉及人数")] = None,
    cases: Annotated[int | None, typer.Option(help="例次")] = None,
    opinion: Annotated[str | None, typer.Option(help="agree 或 object")] = None,
    evidence: Annotated[list[int] | None, typer.Option(help="证据序号，可多次给出")] = None,
    change: Annotated[str | None, typer.Option(help="修改这一条（违规事实编号，见 inspection show）")] = None,
    remove: Annotated[str | None, typer.Option(help="与 --change 同用：去掉这一条的理由")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记、修改或去掉一条违规事实。"""
    given: dict[str, Any] = {
        "violation": violation, "title": title, "facts": facts, "persons": persons, "cases": cases, "opinion": opinion,
        "amount_cny": parse_cny(amount) if amount is not None else None,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    with office(home) as services:
        visit = find_inspection(services, inspection)
        targets = tuple(f"{_sheet_of(services, visit, one)}/{one}" for one in item or [])
        if change is not None:
            known = {str(one.id): one for one in services.findings.of(visit)}
            if change not in known:
                raise Refused("finding.unknown")
            if remove is not None:
                services.findings.remove(known[change].id, remove)
                say({"removed": change}, "已去掉", as_json=as_json)
                return
            draft = dataclasses.replace(known[change], items=targets or known[change].items)
        elif targets:
            draft = dataclasses.replace(
                services.findings.draft_from_item(visit, *targets[0].split("/", 1)), items=targets
            )
        else:
            draft = Finding(FindingId(""), visit, "", "")
        if evidence:
            draft = dataclasses.replace(draft, evidence=tuple(evidence))
        saved = services.findings.save(dataclasses.replace(draft, **given)).value
    amount_text = format_cny(saved.amount_cny) if saved.amount_cny is not None else "—"
    say(saved, f"已登记：{saved.title} {amount_text}", as_json=as_json)


@cli.command()
def photo(
    inspection: Visit,
    files: Annotated[list[Path], typer.Argument(help="照片或文件")],
    item: Annotated[list[str] | None, typer.Option(help="关联的检查项，可多次给出")] = None,
    place: Annotated[str, typer.Option(help="拍摄地点")] = "",
    caption: Annotated[str, typer.Option(help="说明")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """取入照片或文件作为证据。"""
    with office(home) as services:
        visit = find_inspection(services, inspection)
        links = [Link(TargetKind.ITEM, f"{_sheet_of(services, visit, one)}/{one}") for one in item or []]
        results = services.evidence.take(visit, files, links=links, place=place).value
        for result in results:
            if caption and result.evidence is not None:
                services.evidence.caption(result.evidence, caption)
    say({"files": results}, "\n".join(f"{one.file_name}：{one.status} {one.reason or ''}" for one in results), as_json=as_json)
    if any(one.evidence is None for one in results):
        raise typer.Exit(1)


@cli.command()
def show(inspection: Visit, home: Home = None, as_json: AsJson = False) -> None:
    """显示检查的全部内容和签字前的问题。"""
    with office(home) as services:
        visit = find_inspection(services, inspection)
        view = services.inspections.view(visit)
        blockers = services.inspections.blockers(visit)
        found = services.findings.of(visit)
        proofs = services.evidence.of(visit)
    lines = [f"{view.institution_name}  {view.task_number}"]
    for sheet in view.sheets:
        lines += [f"  {code}  {tr(f'inspection.state_{one.state}')}  {one.detail}" for code, one in sorted(sheet.answers.items())]
    lines += [f"违规事实：{one.title} {one.amount_cny or ''}" for one in found]
    lines += [f"证{one.number}：{one.caption or one.file_name} {one.sha256[:12]}" for one in proofs]
    for one in blockers:
        severity = tr(f"inspection.severity_{one.severity}")
        lines.append(f"［{severity}］{one.item} {_told(one.code, one.message, dict(one.params))}")
    result = {**plain(view), "blockers": blockers, "findings": found, "evidence": proofs}
    say(result, "\n".join(lines), as_json=as_json)


@cli.command()
def close(inspection: Visit, home: Home = None, as_json: AsJson = False) -> None:
    """全部签字后办结检查。"""
    with office(home) as services:
        closed = services.inspections.close(find_inspection(services, inspection)).value
    say(closed, "检查已办结", as_json=as_json)


def _told(code: str, message: str, params: dict[str, object]) -> str:
    return message or messages.sentence_of(f"blocker.{code}", params)


def _sheet_of(services: Services, visit: InspectionId, item: str) -> str:
    for sheet in services.inspections.view(visit).sheets:
        template = services.checklists.pinned(sheet.ref)
        if any(one.code == item for one in template.items):
            return template.id
    raise Refused("item.unknown", item=item)


def _check_columns(services: Services, visit: InspectionId, sheet: str, item: str, rows: list[dict[str, str]]) -> None:
    """Refuse all rows where one is wrong, before any is saved."""
    refs = [one.ref for one in services.inspections.view(visit).sheets if one.ref.template == sheet]
    asked = next((one for ref in refs for one in services.checklists.pinned(ref).items if one.code == item), None)
    columns = {column.name for column in asked.columns} if asked is not None else set()
    for cells in rows:
        if unknown := sorted(cells.keys() - columns):
            raise Refused("row.unknown_column", column=unknown[0])


def _cells(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign for _, sign, _ in pairs):
        raise Refused("cli.row", text=text)
    return {name.strip(): value.strip() for name, _, value in pairs}
