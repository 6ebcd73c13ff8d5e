"""Commands about the central server."""

import os
import sys
from typing import Annotated

import typer

from app.cli.terms import AsJson, Home, office, say, when
from app.core.errors import Refused
from app.core.membership import Limit, Membership
from app.gui.texts import tr

PASSWORD = "YANFANG_PASSWORD"
_LIMITS = {
    Limit.READ_ONLY: "30 天没有连到服务器：不能开始新的检查",
    Limit.LOCKED: "60 天没有连到服务器：只能做完已开始的检查",
    Limit.REVOKED: "这台电脑已被管理员停用：只能做完已开始的检查",
}


def enrol(
    server: Annotated[str, typer.Argument(help="服务器地址，如 https://sync.example:8765")],
    code: Annotated[str | None, typer.Argument(help="一次性登记码；不给出时申请由管理员批准")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """在中心服务器登记本机，或申请由管理员批准。"""
    with office(home) as services:
        if code is not None:
            enrolled = services.sync.enrol(server, code).value
            lines = [f"已登记：{enrolled.server}", *_member(services.memberships.get())]
            say(enrolled, "\n".join(lines), as_json=as_json)
            return
        member = services.memberships.ask(server).value
    say(member, "\n".join(_member(member)), as_json=as_json)


def login(
    user: Annotated[str | None, typer.Argument(help="账号；不给出时用服务器给本机的账号")] = None,
    totp: Annotated[str, typer.Option(help="六位动态口令，岗位需要时")] = "",
    status: Annotated[bool, typer.Option("--status", help="只显示账号、岗位和期限，不联网")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登录中心服务器，30 天有效。密码另行询问，或取自 YANFANG_PASSWORD，本机不保存。"""
    with office(home) as services:
        member = services.memberships.get()
        if not status:
            member = services.memberships.log_in(user or member.user, _password(), totp).value
    say(member, "\n".join(_member(member)), as_json=as_json)


def logout(home: Home = None, as_json: AsJson = False) -> None:
    """退出登录；记录都在本机。"""
    with office(home) as services:
        member = services.memberships.log_out().value
    say(member, "已退出登录", as_json=as_json)


def sync(
    status: Annotated[bool, typer.Option("--status", help="只显示状态，不联网")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """与中心服务器同步，并逐条给出回执。"""
    with office(home) as services:
        report = None if status else services.sync.run().value
        now = services.sync.status()
        receipts = services.sync.receipts()
    lines = []
    if report is not None:
        lines.append(f"已发送 {report.pushed} 条、文件 {report.files_sent} 个")
        lines.append(f"收到 {report.pulled} 条、文件 {report.files_received} 个")
        if report.files_at_work:
            lines.append(tr("sync.done.at_work", files=report.files_at_work))
    lines.append(f"待发送 {now.pending} 条、文件 {now.files_pending} 个；被拒 {now.refused} 条；冲突 {now.conflicts} 处")
    for one in receipts:
        lines.append(f"  {one.title}：{one.receipted}/{one.lines} 条，文件 {one.files_receipted}/{one.files}")
    say({"report": report, "status": now, "receipts": receipts}, "\n".join(lines), as_json=as_json)


def _password() -> str:
    given = os.environ.get(PASSWORD)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused("cli.password_missing")
    return str(typer.prompt("密码", hide_input=True, err=True))


def _member(member: Membership) -> list[str]:
    asking = member.asking
    if asking is not None and asking.is_refused:
        return ["管理员没有批准这台电脑，请与管理员联系，改用一次性登记码"]
    if asking is not None:
        return [f"已提出申请，等待管理员批准。请把指纹念给管理员核对：{asking.fingerprint}", "批准后执行 yanfang sync 和 yanfang login"]
    lines = [f"账号 {member.user or '—'}；岗位 {'、'.join(f'{role}@{place}' for role, place in member.roles) or '—'}"]
    if member.is_person:
        lines.append("需要登录" if member.needs_login else f"登录有效至 {when(member.login_until)}")
    if member.limit is not Limit.NONE:
        lines.append(_LIMITS[member.limit])
    if member.is_elsewhere:
        lines.append(tr("sync.member.denied.elsewhere", office=member.office))
    elif member.denied:
        lines.append(f"服务器不接受：{'、'.join(tr(f'sync.member.deed.{one}') for one in sorted(member.denied))}")
    lines += [f"{one.feed} 的权限已收回，移除 {one.rows} 条记录、{one.files} 份别人的文件" for one in member.left]
    return lines


COMMANDS = (enrol, login, logout, sync)
