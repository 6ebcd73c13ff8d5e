"""Commands about official papers: what is needed, draft, fill, issue, sign, serve and void."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import paper_numbers
from app.cli.paper_terms import STATES, OfTask, Which, find, task_of, told
from app.cli.paper_values import instant, parse, people
from app.cli.record import hand, read_strokes
from app.cli.terms import AsJson, Home, office, say
from app.core.clock import now
from app.core.documents import SignerRole
from app.core.errors import Refused
from app.core.papers import ServiceMethod

cli = typer.Typer(help="文书：需要哪些、起草、填写、制发、签收、送达、作废和文号", no_args_is_help=True)
cli.add_typer(paper_numbers.cli, name="numbers")
LEVELS = {"required": "应有", "conditional": "视情况", "forbidden": "不得有", "extra": "另有"}
STANDINGS = {"missing": "缺", "drafted": "起草", "issued": "已制发", "signed": "已签字", "served": "已送达"}


@cli.command("kinds")
def kinds_(home: Home = None, as_json: AsJson = False) -> None:
    """列出全部文书种类。"""
    with office(home) as services:
        found = services.papers.kinds()
    text = "\n".join(f"{one}  {title}" for one, title in found)
    say({"kinds": [{"id": one, "title": title} for one, title in found]}, text, as_json=as_json)


@cli.command()
def needed(task: OfTask, home: Home = None, as_json: AsJson = False) -> None:
    """这项任务按其性质应有、视情况应有和不得有的文书，以及各到哪一步。"""
    with office(home) as services:
        found = services.papers.needed(task_of(services, task))
    lines = []
    for one in found:
        mark = "！" if one.is_warned else "　"
        served = f"，{one.served_on} 送达" if one.served_on else ""
        waiting = f"，待签：{'、'.join(one.waiting)}" if one.waiting else ""
        when = f"（{one.when}）" if one.when else ""
        lines.append(f"{mark}{LEVELS[one.level]} {one.title} [{one.kind}]：{STANDINGS[one.standing]}{served}{waiting}{when}")
    say({"needed": found}, "\n".join(lines), as_json=as_json)


@cli.command("list")
def list_(task: OfTask, home: Home = None, as_json: AsJson = False) -> None:
    """列出任务的文书。"""
    with office(home) as services:
        found = services.papers.of_task(task_of(services, task))
    lines = [f"{one.id}  {STATES[one.state]}  {one.title}  {one.number}  {one.void_reason or ''}".rstrip() for one in found]
    say({"papers": found}, "\n".join(lines) or "还没有文书", as_json=as_json)


@cli.command()
def draft(
    task: OfTask,
    kind: Annotated[str, typer.Argument(help="文书种类，如 inspection_notice，见 yanfang paper kinds")],
    about: Annotated[str | None, typer.Option(help="送达回证所送达的文书")] = None,
    again: Annotated[bool, typer.Option("--again", help="这种文书已有，再起草一份")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """起草一份文书，能由数据填写的栏目随即填好。"""
    with office(home) as services:
        served = find(services, about).id if about else None
        made = services.papers.draft(kind, task_of(services, task), about=served, is_only=not again).value
        view = services.papers.view(made.id)
    say(view, told(view), as_json=as_json)


@cli.command()
def show(paper: Which, home: Home = None, as_json: AsJson = False) -> None:
    """显示一份文书：各栏内容与来源、签名、送达，以及制发前的问题。"""
    with office(home) as services:
        view = services.papers.view(find(services, paper).id)
    say(view, told(view), as_json=as_json)


@cli.command()
def fill(
    paper: Which,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="栏目=内容，可多次给出；人员写 姓名/证号,…；表格行用 ; 分、格用 | 分")
    ] = None,
    refill: Annotated[list[str] | None, typer.Option(help="这一栏恢复为数据的内容，可多次给出")] = None,
    refill_changed: Annotated[bool, typer.Option("--refill-changed", help="数据已变、与所写不同的栏目全部恢复为数据的内容")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """填写草稿。人写的内容不会被数据覆盖，除非要求恢复。"""
    with office(home) as services:
        found = find(services, paper)
        fields = {one.id: one for one in services.papers.view(found.id).fields}
        values = {}
        for pair in given or []:
            name, sign, text = pair.partition("=")
            if not sign or name not in fields:
                raise Refused("paper.field_unknown", field=name[:60])
            values[name] = parse(fields[name], text)
        if refill or refill_changed:
            services.papers.refill(found.id, refill or ())
        view = services.papers.fill(found.id, values).value
    say(view, told(view), as_json=as_json)


@cli.command()
def issue(
    paper: Which,
    also: Annotated[list[str] | None, typer.Option(help="本次还要签名的可选签名处，如 receiver，可多次给出")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """制发：定稿、编文号，此后只能更正或作废。"""
    with office(home) as services:
        made = services.papers.issue(find(services, paper).id, also=also or ()).value
    hint = "（临时编号，请在取得号段后补编：yanfang paper numbers assign）" if made.interim else ""
    say(made, f"已制发：{made.title} {made.number}{hint}", as_json=as_json)


@cli.command()
def sign(
    paper: Which,
    place: Annotated[SignerRole | None, typer.Option(help="签名处，如 place_2；不给出时轮到谁签谁")] = None,
    name: Annotated[str, typer.Option(help="签名人姓名，文书上没有时给出")] = "",
    strokes: Annotated[Path | None, typer.Option(help="笔迹文件，格式同 yanfang record sign")] = None,
    rehearsal_hand: Annotated[bool, typer.Option("--rehearsal-hand", help="以演练笔迹签名（仅限演练单位）")] = False,
    refuse: Annotated[str | None, typer.Option(help="拒绝签字的理由")] = None,
    witness: Annotated[str, typer.Option(help="拒签时的见证人")] = "",
    scan: Annotated[Path | None, typer.Option(help="已盖章或手写签名的纸质文书照片")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """签名、记录拒签，或取回盖章签名的纸质文书。"""
    with office(home) as services:
        found = find(services, paper)
        if found.document is None:
            raise Refused("paper.draft", title=found.title)
        view = services.documents.view(found.document)
        role = place or view.next_role
        line = next((one for one in view.signers if one.role is role), None)
        if role is None or line is None:
            raise Refused("document.not_a_signer", role=str(role or ""))
        if refuse is not None:
            services.documents.refuse(found.document, role, refuse, witness)
        elif scan is not None:
            services.documents.paper(found.document, role, scan)
        else:
            left = tuple(page for page in line.pages if page not in line.signed)
            ink = hand(services, line.name or name) if rehearsal_hand else read_strokes(strokes)
            services.documents.sign(found.document, role, left, ink, "" if line.name else name)
        after = services.papers.view(found.id)
    say(after, told(after), as_json=as_json)


@cli.command()
def export(
    paper: Which,
    out: Annotated[Path, typer.Option(help="PDF 文件")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导出 PDF；草稿导出的是预览，没有文号。"""
    with office(home) as services:
        found = find(services, paper)
        if found.document is None:
            out.write_bytes(services.papers.preview(found.id))
        else:
            services.documents.export(found.document, out)
    say({"pdf": out, "paper": found}, f"已导出：{out}", as_json=as_json)


@cli.command()
def void(
    paper: Which,
    reason: Annotated[str, typer.Option(help="作废理由")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """作废已制发的文书：页面、签名和文号保留，文号不再使用。草稿则丢弃。"""
    with office(home) as services:
        found = find(services, paper)
        if found.document is None:
            services.papers.discard(found.id)
            say({"discarded": found}, f"草稿已丢弃：{found.title}", as_json=as_json)
            return
        made = services.papers.void(found.id, reason).value
    say(made, f"已作废：{made.title} {made.number}", as_json=as_json)


@cli.command()
def serve(
    paper: Which,
    method: Annotated[ServiceMethod, typer.Option(help="direct 直接、mail 邮寄、left 留置、electronic 电子、announced 公告")],
    at: Annotated[str | None, typer.Option(help="送达时间，如 2026-03-05 14:30，默认为现在")] = None,
    receiver: Annotated[str, typer.Option(help="收件人")] = "",
    relation: Annotated[str, typer.Option(help="代收人与受送达人的关系")] = "",
    place: Annotated[str, typer.Option(help="送达地点")] = "",
    servers: Annotated[str, typer.Option(help="送达人：姓名/证号,姓名/证号")] = "",
    refused: Annotated[str, typer.Option(help="拒收理由")] = "",
    witness: Annotated[str, typer.Option(help="见证人")] = "",
    recorded: Annotated[bool, typer.Option("--recorded", help="已全程录音录像")] = False,
    consent: Annotated[bool, typer.Option("--consent", help="受送达人已签署电子送达确认书")] = False,
    tracking: Annotated[str, typer.Option(help="邮件号码，或公告的载体")] = "",
    receipt: Annotated[bool, typer.Option("--receipt", help="随即起草送达回证")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记送达；签收日期即送达日期。"""
    with office(home) as services:
        done = services.papers.serve(
            find(services, paper).id, method, served_at=instant(at, "送达时间") if at else now(), receiver=receiver,
            relation=relation, place=place, servers=people(servers), refused_reason=refused, witness=witness,
            is_recorded=recorded, consent=consent, tracking=tracking,
        ).value  # fmt: skip
        made = services.papers.make_receipt(done.id).value if receipt else None
    text = f"送达日期：{done.effective_on}" + ("" if done.is_certain else "（假期安排未知，请核对）")
    say({"service": done, "receipt": made}, text + (f"\n送达回证草稿：{made.id}" if made else ""), as_json=as_json)


@cli.command("office")
def office_(
    given: Annotated[list[str] | None, typer.Option("--set", help="名称=内容，如 phone=0571-12345678，可多次给出")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """文书上印的单位信息：地址、电话、联系人、复议机关、法院、账户等。"""
    with office(home) as services:
        pairs = [pair.partition("=") for pair in given or []]
        if pairs:
            services.papers.set_office_facts({name: text for name, _, text in pairs})
        facts = services.papers.office_facts()
    say({"facts": facts}, "\n".join(f"{name}：{text}" for name, text in sorted(facts.items())), as_json=as_json)
