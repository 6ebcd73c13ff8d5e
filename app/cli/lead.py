"""Commands about leads (举报线索). The reporter is read from standard input, never from arguments that others can see."""

import json
import os
import sys
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, day_of, find_person, office, say, when
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.leads import Channel, Decision, Keeper, LeadLine, Reporter
from app.core.money import parse_cny
from app.core.tasks import Nature
from app.gui.texts import tr

cli = typer.Typer(help="举报线索", no_args_is_help=True)
KEEPER_PIN = "YANFANG_KEEPER_PIN"
_FIELDS = ("name", "phone", "id_no", "address", "note")
_ALL = 1_000_000
Lead = Annotated[str, typer.Argument(help="线索编号")]


@cli.command("add")
def add(
    content: Annotated[str, typer.Argument(help="举报内容，不写举报人")],
    channel: Annotated[Channel, typer.Option(help="举报渠道：电话、来信、网络、来访、转办")],
    institution: Annotated[str, typer.Option(help="名录中的机构编号或名称")] = "",
    named: Annotated[str, typer.Option(help="举报人所称的机构名称")] = "",
    received: Annotated[str | None, typer.Option(help="收到日，默认今天")] = None,
    amount: Annotated[str, typer.Option(help="涉及金额（元）")] = "",
    handler: Annotated[str, typer.Option(help="承办人")] = "",
    reporter: Annotated[
        bool, typer.Option("--reporter", help="从标准输入读取举报人（JSON：name、phone、id_no、address、note），密封保存")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记一条举报线索。"""
    who = _reporter(sys.stdin.read()) if reporter else None
    with office(home) as services:
        lead = services.leads.add(
            channel=channel, content=content, named=named, institution=_institution(services, institution),
            received_on=day_of(received), amount_cny=parse_cny(amount) if amount else None,
            handler=find_person(services, handler) if handler else None, reporter=who,
        ).value  # fmt: skip
        line = services.leads.line(lead)
    say(line, f"已登记 {line.lead.number}：{lead}，核查期限 {line.lead.due_on}{_alike(line)}", as_json=as_json)


@cli.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="registered、accepted、checked、closed、rejected、transferred")] = None,
    text: Annotated[str, typer.Option(help="编号、内容、机构的一部分；举报人不参与查找")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """列出举报线索和期限。"""
    with office(home) as services:
        found = services.leads.lines(state, text)
    say({"leads": found}, "\n".join(map(_words, found)), as_json=as_json)


@cli.command("show")
def show(lead: Lead, home: Home = None, as_json: AsJson = False) -> None:
    """显示一条线索和查阅举报人的记录；举报人本身不显示。"""
    with office(home) as services:
        line = services.leads.line(services.leads.find(lead))
        looks = services.leads.wall.looks(line.lead.id)
    seen = [f"{when(one.at)} {one.name} 查阅举报人：{one.reason}" for one in looks]
    say({"line": line, "looks": looks}, "\n".join((_words(line), f"{line.lead.content}{_alike(line)}", *seen)), as_json=as_json)


@cli.command("reporter")
def reporter(
    lead: Lead,
    reason: Annotated[str, typer.Option(help="查阅理由，记入查阅记录")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """显示举报人；须由保管人以口令打开，先留下查阅记录。"""
    with office(home) as services:
        found = services.leads.wall.look(services.leads.find(lead), reason, _pin()).value
    given = {name: getattr(found, name) for name in _FIELDS}
    say(given, "\n".join(f"{name}: {text}" for name, text in given.items() if text), as_json=as_json)


@cli.command("accept")
def accept(
    lead: Lead, handler: Annotated[str, typer.Option(help="承办人")] = "", home: Home = None, as_json: AsJson = False
) -> None:
    """受理。"""
    with office(home) as services:
        who = find_person(services, handler) if handler else None
        found = services.leads.accept(services.leads.find(lead), who).value
    say(found, f"已受理 {found.number}", as_json=as_json)


@cli.command("reject")
def reject(lead: Lead, reason: Annotated[str, typer.Option(help="理由")], home: Home = None, as_json: AsJson = False) -> None:
    """不予受理，写明理由。"""
    with office(home) as services:
        found = services.leads.reject(services.leads.find(lead), reason).value
    say(found, f"不予受理 {found.number}", as_json=as_json)


@cli.command("transfer")
def transfer(
    lead: Lead,
    to: Annotated[str, typer.Option(help="移送给哪个单位")],
    reason: Annotated[str, typer.Option(help="理由")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """移送有权处理的单位。"""
    with office(home) as services:
        found = services.leads.transfer(services.leads.find(lead), to, reason).value
    say(found, f"{found.number} 已移送 {found.transfer}", as_json=as_json)


@cli.command("extend")
def extend(lead: Lead, reason: Annotated[str, typer.Option(help="批准情况")], home: Home = None, as_json: AsJson = False) -> None:
    """延长核查期限一次。"""
    with office(home) as services:
        found = services.leads.extend(services.leads.find(lead), reason).value
    say(found, f"{found.number} 核查期限延长至 {found.due_on}", as_json=as_json)


@cli.command("task")
def task(
    lead: Lead,
    template: Annotated[list[str], typer.Option(help="模板编号，可多次给出")],
    member: Annotated[list[str], typer.Option(help="检查人员，可多次给出")],
    nature: Annotated[Nature, typer.Option(help="检查性质")] = Nature.ADMINISTRATIVE,
    due: Annotated[str | None, typer.Option(help="期限，默认为线索核查期限")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """由线索建立检查任务；任务中没有举报人。"""
    with office(home) as services:
        made = services.leads.task(
            services.leads.find(lead), templates=template, members=[find_person(services, one) for one in member],
            nature=nature, due_on=day_of(due),
        ).value  # fmt: skip
    say(made, f"已建立任务 {made.number}：{made.id}", as_json=as_json)


@cli.command("check")
def check(
    lead: Lead,
    outcome: Annotated[str, typer.Option(help="核查结果")],
    decision: Annotated[Decision, typer.Option(help="filed 立案，not_filed 不立案")],
    on: Annotated[str | None, typer.Option(help="决定日，默认今天")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记核查结果和立案与否。"""
    with office(home) as services:
        found = services.leads.checked(services.leads.find(lead), outcome, decision, day_of(on)).value
        line = services.leads.line(found.id)
    tell = f"，{line.answer.due} 前告知举报人" if line.answer else ""
    say(line, f"{found.number} 核查完毕{tell}", as_json=as_json)


@cli.command("reply")
def reply(
    lead: Lead,
    words: Annotated[str, typer.Option(help="告知情况，不写举报人")],
    on: Annotated[str | None, typer.Option(help="告知日，默认今天")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记告知举报人的情况。"""
    with office(home) as services:
        found = services.leads.reply(services.leads.find(lead), words, day_of(on)).value
    say(found, f"{found.number} 已于 {found.replied_on} 告知", as_json=as_json)


@cli.command("close")
def close(
    lead: Lead,
    unanswered: Annotated[str, typer.Option(help="实名举报未能告知的理由")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """办结。"""
    with office(home) as services:
        found = services.leads.close(services.leads.find(lead), unanswered=unanswered).value
    say(found, f"已办结 {found.number}", as_json=as_json)


@cli.command("keepers")
def keepers(home: Home = None, as_json: AsJson = False) -> None:
    """列出举报人信息保管人。"""
    with office(home) as services:
        found = services.leads.wall.keepers()
    say({"keepers": found}, "\n".join(map(_keeper, found)), as_json=as_json)


@cli.command("keep")
def keep(home: Home = None, as_json: AsJson = False) -> None:
    """在这台电脑上为本人设置保管人口令；第一名即为保管人，其后的由已有保管人同意。"""
    with office(home) as services:
        made = services.leads.wall.become_keeper(_pin()).value
    say(made, _keeper(made), as_json=as_json)


@cli.command("end-keeper")
def end_keeper(
    fingerprint: Annotated[str, typer.Argument(help="保管人的校对码")], home: Home = None, as_json: AsJson = False
) -> None:
    """停用一名保管人：此后不再向其密封，以前的仍能打开。"""
    with office(home) as services:
        ended = services.leads.wall.end_keeper(_known(services, fingerprint).id).value
    say(ended, _keeper(ended), as_json=as_json)


@cli.command("admit")
def admit(
    fingerprint: Annotated[str, typer.Argument(help="新保管人的校对码，先当面或者电话核对")], home: Home = None, as_json: AsJson = False
) -> None:
    """同意一名新的保管人，并为其重新密封本人能打开的举报人信息。"""
    with office(home) as services:
        found = _known(services, fingerprint)
        count = services.leads.wall.admit(found.id, _pin()).value
    say({"keeper": found.id, "resealed": count}, f"{found.name} 已成为保管人，重新密封 {count} 条", as_json=as_json)


def _words(line: LeadLine) -> str:
    lead = line.lead
    due = line.check or line.answer
    named = "实名" if lead.is_real_name else "匿名"
    return f"{lead.number}  {line.institution_name}  {tr(f'leads.state.{lead.state}')}  期限 {due.due if due else '—'}  {named}"


def _alike(line: LeadLine) -> str:
    return "\n" + tr("leads.alike", numbers="、".join(line.alike)) if line.alike else ""


def _keeper(one: Keeper) -> str:
    state = "停用" if one.ended_at else "保管人" if one.is_active else "待同意"
    return f"{one.name}  {state}  {one.fingerprint}{'  本机' if one.is_here else ''}"


def _known(services: Services, text: str) -> Keeper:
    wanted = text.replace(" ", "")
    found = [one for one in services.leads.wall.keepers() if wanted in (one.fingerprint.replace(" ", ""), one.id)]
    if len(found) != 1:
        raise Refused("lead.keeper_unknown")
    return found[0]


def _pin() -> str:
    given = os.environ.get(KEEPER_PIN)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused("cli.keeper_pin_missing")
    return str(typer.prompt("保管人口令", hide_input=True, err=True))


def _reporter(text: str) -> Reporter:
    try:
        tree = json.loads(text)
        if not tree or set(tree) - set(_FIELDS):  # a field by another name must not get lost in silence
            raise ValueError(sorted(tree))
        return Reporter(**{name: str(tree.get(name) or "") for name in _FIELDS})
    except (ValueError, AttributeError, TypeError) as error:
        raise Refused("cli.reporter_json") from error


def _institution(services: Services, text: str) -> InstitutionId | None:
    if not text:
        return None
    found = [one.id for one in services.institutions.find(text, limit=_ALL) if text in (one.id, one.name)]
    found = found or [one.id for one in services.institutions.find(limit=_ALL) if text == one.id]
    if len(found) != 1:
        raise Refused("institution.unknown")
    return found[0]
