"""Commands about people: licences, absences, declared interests, and third parties that only assist."""

from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, day_of, find_person, office, say
from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.places import Person, Role
from app.core.staff import Absence, Interest, ThirdParty, ThirdPartyKind

cli = typer.Typer(help="检查人员、专家和第三方", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="姓名、执法证号或编号")]
_SAID = {Role.INSPECTOR: "检查人员", Role.EXPERT: "专家", Role.ASSISTANT: "辅助人员"}


@cli.command("list")
def list_people(
    text: Annotated[str, typer.Argument(help="姓名、首字母、执法证号、单位或专长")] = "", home: Home = None, as_json: AsJson = False
) -> None:
    """列出人员、执法证，今日是否能参加检查，请假和利害关系。"""
    with office(home) as services:
        found, staff, day = services.people.find(text), services.staff.all(), today(services.clock())
    people = [
        {
            "person": one,
            "may_inspect_today": one.is_active and one.may_inspect_on(day) and staff.away(one.id, day) is None,
            "absences": [away for away in staff.absences if away.person == one.id],
            "interests": [tie for tie in staff.interests if tie.person == one.id],
        }
        for one in found
    ]
    lines = []
    for entry, one in zip(people, found, strict=True):
        why = "不在岗" if not one.is_active else "执法证未登记或者不在有效期" if one.role is Role.INSPECTOR else "—"
        able = "可检查" if entry["may_inspect_today"] else "请假" if staff.away(one.id, day) else why
        lines.append(f"{one.id}  {one.name}  {_SAID[one.role]}  {one.licence_no or '—'}  {one.licence_to or ''}  {able}".rstrip())
    say({"people": people}, "\n".join(lines), as_json=as_json)


@cli.command("add")
def add_person(
    name: str,
    licence: Annotated[str, typer.Option(help="执法证号")] = "",
    valid_from: Annotated[str | None, typer.Option(help="有效期起，2026-01-01")] = None,
    valid_to: Annotated[str | None, typer.Option(help="有效期止")] = None,
    role: Annotated[Role | None, typer.Option(help="身份，默认检查人员；第三方人员为辅助人员")] = None,
    unit: Annotated[str, typer.Option(help="所在单位")] = "",
    speciality: Annotated[list[str] | None, typer.Option(help="专业特长，可多次给出")] = None,
    division: Annotated[str, typer.Option(help="常驻区划代码")] = "",
    party: Annotated[str, typer.Option(help="所属第三方机构的名称")] = "",
    issuer: Annotated[str, typer.Option(help="发证机关")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记一人。"""
    with office(home) as services:
        organisation = _party(services, party).id if party else ""
        wanted = role or (Role.ASSISTANT if organisation else Role.INSPECTOR)
        person = Person(
            PersonId(""), name, wanted, licence, day_of(valid_from), day_of(valid_to), unit=unit,
            specialities=tuple(speciality or ()), division=division, organisation=organisation, issuer=issuer,
        )  # fmt: skip
        saved = services.people.save(person).value
    say(saved, f"已登记 {saved.name}：{saved.id}", as_json=as_json)


@cli.command("absence")
def absence(
    person: Who,
    first: Annotated[str | None, typer.Option("--from", help="起始日，2026-11-20；不给则列出")] = None,
    last: Annotated[str | None, typer.Option("--to", help="截止日；不给为未定")] = None,
    reason: Annotated[str, typer.Option(help="原因")] = "",
    remove: Annotated[str, typer.Option(help="删除这一条（编号）")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记、删除或列出一人的请假。"""
    with office(home) as services:
        who = find_person(services, person)
        if remove:
            services.staff.remove_absence(remove)
        begin = day_of(first)
        if begin is not None:
            services.staff.save_absence(Absence("", who, begin, day_of(last), reason))
        found = [one for one in services.staff.all().absences if one.person == who]
    lines = [f"{one.id}  {one.from_on} 至 {one.to_on or '未定'}  {one.reason}".rstrip() for one in found]
    say({"absences": found}, "\n".join(lines) or "没有请假", as_json=as_json)


@cli.command("interest")
def interest(
    person: Who,
    institution: Annotated[str, typer.Option(help="机构名称或代码")] = "",
    chain: Annotated[str, typer.Option(help="连锁或集团的名称")] = "",
    ground: Annotated[str, typer.Option(help="事由，如近亲属任职")] = "",
    declared: Annotated[str | None, typer.Option(help="申报日，默认今天")] = None,
    until: Annotated[str | None, typer.Option(help="终止日")] = None,
    remove: Annotated[str, typer.Option(help="删除这一条（编号）")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """申报、删除或列出一人的利害关系。"""
    with office(home) as services:
        who = find_person(services, person)
        if remove:
            services.staff.remove_interest(remove)
        if institution or chain or ground:
            place = _institution(services, institution) if institution else InstitutionId("")
            services.staff.save_interest(Interest("", who, place, chain, ground, day_of(declared), day_of(until)))
        found = [one for one in services.staff.all().interests if one.person == who]
        names = {one.institution: services.institutions.get(one.institution).name for one in found if one.institution}
    lines = [
        f"{one.id}  {names.get(one.institution) or one.chain}  {one.ground}  {one.declared_on} 起  {one.until_on or ''}".rstrip()
        for one in found
    ]
    say({"interests": found}, "\n".join(lines) or "没有申报", as_json=as_json)


@cli.command("party")
def third_party(
    name: Annotated[str, typer.Argument(help="第三方机构名称；不给则列出")] = "",
    kind: Annotated[ThirdPartyKind, typer.Option(help="类型")] = ThirdPartyKind.OTHER,
    contract: Annotated[str, typer.Option(help="委托合同")] = "",
    valid_to: Annotated[str | None, typer.Option(help="合同到期日")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记或列出第三方机构。其人员只能协助，不得实施检查。"""
    with office(home) as services:
        if name:
            services.staff.save_third_party(ThirdParty("", name, kind, contract, day_of(valid_to)))
        found, people = services.staff.third_parties(), services.people.find()
    lines = []
    for one in found:
        sent = "、".join(person.name for person in people if person.organisation == one.id)
        lines.append(f"{one.id}  {one.name}  {one.contract or '—'}  {one.valid_to or ''}  {sent}".rstrip())
    say({"third_parties": found}, "\n".join(lines) or "没有第三方机构", as_json=as_json)


def _party(services: Services, name: str) -> ThirdParty:
    for one in services.staff.third_parties():
        if name in (one.id, one.name):
            return one
    raise Refused("third_party.unknown")


def _institution(services: Services, text: str) -> InstitutionId:
    found = services.institutions.find(text)
    exact = [one for one in found if text in (one.name, one.credit_code, one.medins_code)] or list(found)
    if len(exact) != 1:
        raise Refused("institution.unknown")
    return exact[0].id
