"""Commands about self-checks (自查), for the office and for the institution."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services, open_services
from app.cli.terms import AsJson, Home, day_of, find_inspection, office, say, secret
from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import SelfCheckId
from app.core.money import format_cny, parse_cny
from app.core.self_checks import CheckedKind, Contractor, DueStyle, SelfCheckLine, due_day
from app.services.selfcheck.anomaly_lists import read_anomalies, write_template

cli = typer.Typer(help="自查自纠：发出、填报、导入、催报、对照", no_args_is_help=True)
_ALL = 1_000_000
_STATES = {"issued": "待交回", "returned": "已交回", "compared": "已对照", "cancelled": "已撤回"}
_VERDICTS = {
    "both_clean": "均无问题", "both_found": "均有，金额相符", "found_more": "检查发现更多", "found_only": "自查未报",
    "declared_only": "仅自查有", "found_clean": "检查无问题，自查未查", "not_looked_at": "检查未涉及",
}  # fmt: skip
_ITEM_STATES = {"pass": "符合", "fail": "不符合", "na": "不适用", "open": "未检查"}


def _find(services: Services, text: str) -> SelfCheckId:
    known = services.self_checks.lines()
    found = [one.check.id for one in known if text in (one.check.id, one.institution_name)]
    found = found or [one.check.id for one in known if len(text) >= 8 and one.check.id.startswith(text)]
    if len(found) != 1:
        raise Refused("selfcheck.unknown")
    return found[0]


@cli.command("issue")
def issue(
    institution: Annotated[str, typer.Argument(help="机构编号或名称")],
    out: Annotated[Path, typer.Option(help="自查包写到这个文件，如 自查包.zip")],
    title: Annotated[str, typer.Option(help="自查名称")],
    kind: Annotated[CheckedKind, typer.Option(help="三类机构：定点医药机构、经办机构、第三方承办机构")] = CheckedKind.INSTITUTION,
    contractor: Annotated[Contractor | None, typer.Option(help="第三方承办的业务：商保、信息技术、会计师事务所等")] = None,
    due: Annotated[str | None, typer.Option(help="期限，2026-05-31")] = None,
    due_style: Annotated[DueStyle, typer.Option(help="没有给期限时：每季度第二个月末、末月20日、季度末")] = DueStyle.SECOND_MONTH_END,
    basis: Annotated[str, typer.Option(help="自查依据")] = "",
    template: Annotated[list[str] | None, typer.Option(help="清单编号，可多次给出；不给出时按机构类别选定")] = None,
    anomalies: Annotated[Path | None, typer.Option(help="异常数据表（xlsx、csv）")] = None,
    plan: Annotated[str, typer.Option(help="所属检查计划的编号")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """向一家机构发出自查包。"""
    asked = read_anomalies(anomalies) if anomalies is not None else ()
    with office(home) as services:
        places = [one for one in services.institutions.find(limit=_ALL) if institution in (one.id, one.name)]
        if len(places) != 1:
            raise Refused("institution.unknown")
        desk = services.self_checks
        by = str(contractor) if contractor is not None else ""
        made = desk.issue(
            places[0].id, kind=kind, contractor=by, title=title, basis=basis, anomalies=asked, plan=plan,
            due_on=day_of(due) or due_day(due_style, today(services.clock())),
            templates=[desk.ref(one, by) for one in template or ()],
        ).value  # fmt: skip
        desk.export(made.id, out)
        told = {"self_check": made, "file": out, "fingerprint": desk.fingerprint(), "anomalies": len(asked)}
    say(told, f"已发出 {made.id}，期限 {made.due_on}：{out}\n本机指纹：{told['fingerprint']}", as_json=as_json)


@cli.command("list")
def list_all(
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未交回的")] = False, home: Home = None, as_json: AsJson = False
) -> None:
    """列出自查：谁应交、已交、逾期、金额和退款承诺。"""
    with office(home) as services:
        found = [one for one in services.self_checks.lines() if one.is_overdue or not overdue]
        rule = services.self_checks.neglected()[0] if any(one.is_overdue for one in found) else None
    lines = [_told(one) for one in found]
    if rule is not None:
        lines.append(f"提示：{rule.text}（{rule.clause}）。由承办人判断。")
    say({"self_checks": found, "rule": rule}, "\n".join(lines), as_json=as_json)


def _told(line: SelfCheckLine) -> str:
    check = line.check
    state = f"逾期 {-line.days_left} 天" if line.is_overdue and line.days_left is not None else _STATES[check.state]
    amounts = f"  自查 {format_cny(check.declared_cny)}" if check.declared_cny is not None else ""
    promised = f"  承诺 {format_cny(line.promised_cny)}、已退 {format_cny(line.paid_cny)}" if line.promised_cny else ""
    return f"{check.id}  {line.institution_name}  {check.due_on}  {state}{amounts}{promised}{'  承诺逾期' if line.is_broken else ''}"


@cli.command("show")
def show(self_check: str, home: Home = None, as_json: AsJson = False) -> None:
    """显示一份自查和交回的内容。"""
    with office(home) as services:
        found = services.self_checks.view(_find(services, self_check))
        names = services.self_checks.items_of(found.line.check)
    lines = [_told(found.line)]
    for one in found.filled.answers:
        amount = f"  {format_cny(one.amount_cny)}" if one.amount_cny is not None else ""
        lines.append(f"  {one.item} {names.get((one.template, one.item), '')}  {_ITEM_STATES[one.state]}{amount}")
    say(found, "\n".join(lines), as_json=as_json)


@cli.command("import")
def take_back(
    file: Annotated[Path, typer.Argument(help="机构交回的自查结果，或填好的自查表（xlsx）")],
    proofs: Annotated[Path | None, typer.Option(help="佐证材料所在的文件夹，默认为自查表所在的文件夹")] = None,
    late_note: Annotated[str, typer.Option(help="逾期仍接收的情况说明")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="替换已交回的一份")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导入机构交回的内容：全部导入，或一点也不导入。"""
    with office(home) as services:
        back = services.self_checks.take_back(file, proofs=proofs, late_note=late_note, replace=replace).value
    told = "已导入过，没有改动" if back.was_known else f"已导入，自查金额 {format_cny(back.check.declared_cny or Decimal(0))}"
    left = f"，未检查 {back.open_items} 项、异常数据未答复 {back.unreplied} 条" if back.open_items or back.unreplied else ""
    absent = "\n".join(f"没有随附：{one}" for one in back.absent)
    say(back, f"{told}{left}\n{absent}".strip(), as_json=as_json)


@cli.command("remind")
def remind(
    self_check: str,
    method: Annotated[str, typer.Option(help="电话、书面、约谈、通报")],
    note: Annotated[str, typer.Option(help="情况")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记一次催报。"""
    with office(home) as services:
        found = services.self_checks.remind(_find(services, self_check), method, note).value
    say(found.line, f"已登记，共催报 {found.line.reminders} 次", as_json=as_json)


@cli.command("paid")
def paid(
    self_check: str,
    amount: Annotated[str, typer.Argument(help="至今已退的总额")],
    number: Annotated[int, typer.Option(help="第几项承诺")] = 1,
    on: Annotated[str | None, typer.Option(help="退回日期，默认今天")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记退款承诺的兑现。"""
    with office(home) as services:
        check = _find(services, self_check)
        promises = services.self_checks.view(check).filled.promises
        if not 1 <= number <= len(promises):
            raise Refused("selfcheck.promise_unknown")
        day = day_of(on) or today(services.clock())
        made = services.self_checks.paid(check, promises[number - 1].id, parse_cny(amount), day).value
    say(made, f"承诺 {format_cny(made.amount_cny)}，已退 {format_cny(made.paid_cny or Decimal(0))}", as_json=as_json)


@cli.command("cancel")
def cancel(
    self_check: str, reason: Annotated[str, typer.Option(help="原因")], home: Home = None, as_json: AsJson = False
) -> None:
    """撤回还没有交回的自查。"""
    with office(home) as services:
        made = services.self_checks.cancel(_find(services, self_check), reason).value
    say(made, "已撤回", as_json=as_json)


@cli.command("compare")
def compare(
    self_check: str,
    inspection: Annotated[str | None, typer.Option(help="现场检查，默认为发出以后最近的一次")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """把自查与现场检查的结果逐项对照；只列事实和规定，不作判断。"""
    with office(home) as services:
        visit = find_inspection(services, inspection) if inspection else None
        found = services.self_checks.compare(_find(services, self_check), visit)
    lines = [f"{found.institution_name}：自查 {format_cny(found.declared_cny)}，检查 {format_cny(found.found_cny)}"]
    for one in found.lines:
        declared = "" if one.declared_cny is None else format_cny(one.declared_cny)
        seen = "" if one.found_cny is None else format_cny(one.found_cny)
        states = f"自查{_ITEM_STATES[one.declared_state]}{declared}  检查{_ITEM_STATES[one.found_state]}{seen}"
        lines.append(f"  {one.item or '—'} {one.title}  {states}  {_VERDICTS[one.verdict]}")
    lines += [f"提示：{one.text}（{one.clause}）。由承办人判断。" for one in found.hints]
    say(found, "\n".join(lines), as_json=as_json)


@cli.command("form")
def form(
    self_check: str, out: Annotated[Path, typer.Option(help="写到这个文件")], home: Home = None, as_json: AsJson = False
) -> None:
    """单独导出一份自查的 Excel 自查表。"""
    with office(home) as services:
        services.self_checks.export_form(_find(services, self_check), out)
    say({"file": out}, f"已写出：{out}", as_json=as_json)


@cli.command("export-register")
def export_register(
    out: Annotated[Path, typer.Argument(help="写到这个文件（xlsx）")], home: Home = None, as_json: AsJson = False
) -> None:
    """把自查登记写成 Excel 表，用于汇总上报。"""
    with office(home) as services:
        rows = services.self_checks.export_register(out).value
    say({"file": out, "rows": rows}, f"已写出 {rows} 行：{out}", as_json=as_json)


@cli.command("anomaly-table")
def anomaly_table(out: Annotated[Path, typer.Argument(help="写到这个文件")], as_json: AsJson = False) -> None:
    """写出异常数据的空表，填好后用于 issue --anomalies。"""
    write_template(out)
    say({"file": out}, f"已写出：{out}", as_json=as_json)


@cli.command("open")
def open_package(
    package: Annotated[Path, typer.Argument(help="收到的自查包")],
    person: Annotated[str, typer.Option(help="负责人姓名")],
    home: Annotated[Path, typer.Option("--home", help="机构自己的数据目录", file_okay=False)],
    as_json: AsJson = False,
) -> None:
    """机构：在自己的加密数据目录里打开自查包。恢复密钥只显示一次。"""
    services = open_services(home)
    try:
        asked, fingerprint = services.filling.read(package)
        recovery = ""
        if services.vault.state().exists:
            services.vault.unlock(secret())
            services.filling.take_in(package)
        else:
            recovery = services.filling.setup(package, person, secret(ask="设置 PIN 或口令")).value
    finally:
        services.close()
    told = {"self_check": asked.package.id, "office": asked.package.office, "fingerprint": fingerprint, "recovery_key": recovery}
    words = f"{asked.package.office}的《{asked.package.title}》，期限 {asked.package.due_on}\n发出单位指纹：{fingerprint}"
    say(told, f"{words}\n恢复密钥（请抄写）：{recovery}" if recovery else words, as_json=as_json)


@cli.command("export")
def export(
    out: Annotated[Path, typer.Option(help="自查结果写到这个文件")],
    home: Annotated[Path, typer.Option("--home", help="机构自己的数据目录", file_okay=False)],
    report: Annotated[Path | None, typer.Option(help="另把《自查自纠报告》写到这个文件（PDF）")] = None,
    as_json: AsJson = False,
) -> None:
    """机构：导出最近一份自查的结果。"""
    with office(home) as services:
        known = services.filling.all()
        if not known:
            raise Refused("selfcheck.unknown")
        missing = services.filling.missing(known[0].id)
        filled = services.filling.export(known[0].id, out).value
        if report is not None:
            services.filling.save_report(known[0].id, report)
    told = {"file": out, "declared_cny": filled.declared_cny, "missing": missing}
    say(told, f"已写出：{out}，自查金额 {format_cny(filled.declared_cny)}", as_json=as_json)
