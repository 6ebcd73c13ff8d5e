"""``yanfang-server org|user|device|task|quarantine``: offices, people and devices from the server's own command line."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from sync.protocol.policy import Role, Standing
from sync.server import words
from sync.server.people.access import CONSOLE
from sync.server.people.passwords import provisioning_uri
from sync.server.people.quarantine import AsideLine, Quarantine
from sync.server.people.registers import Person
from sync.server.routes import Office
from sync.server.terminal import AsJson, BlobsAddress, DatabaseAddress, DataFolder, existing, say
from sync.server.upload_limits import day_use

_DAY_MS = 24 * 3_600_000
User = Annotated[str, typer.Argument(help="账号")]
Feed = Annotated[str, typer.Argument(help="专项任务的数据范围，如 x:2026-feijian-03")]
By = Annotated[str, typer.Option("--by", help="办理人账号，须有相应权限")]
ByConsole = Annotated[str, typer.Option("--by", help="办理人账号；不填为服务器控制台")]
RoleOf = Annotated[Role, typer.Option("--role", help="岗位")]
At = Annotated[str, typer.Option("--at", help="机构代码，或专项任务的数据范围（x:…）")]
DeviceId = Annotated[str, typer.Argument(help="设备编号，见 device list")]


def _group(name: str, help_text: str) -> typer.Typer:
    return typer.Typer(name=name, help=help_text, no_args_is_help=True, add_completion=False)


def groups() -> tuple[typer.Typer, ...]:
    """Return the sub-commands to hang into the program."""
    return (_org(), _user(), _device(), _task(), _quarantine())


def _org() -> typer.Typer:
    group = _group("org", "机构")

    @group.command()
    def add(
        code: Annotated[str, typer.Argument(help="机构代码，通常是行政区划代码，如 610100")],
        name: Annotated[str, typer.Option(help="机构名称")],
        parent: Annotated[str | None, typer.Option(help="上级机构代码；不填则按区划代码归入")] = None,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """新增机构。"""
        with existing(data, database, blobs) as office:
            made = office.devices.people.registers.add_org(code, name, parent)
        say(asdict(made), f"已新增机构：{made.name}（{made.path}）", as_json=as_json)

    @group.command("list")
    def show(
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False
    ) -> None:
        """按上下级列出机构。"""
        with existing(data, database, blobs) as office:
            found = office.devices.people.registers.orgs()
        rows = [f"{'  ' * one.path.count('/')}{one.code}  {one.name}" for one in found]
        say({"orgs": [asdict(one) for one in found]}, "\n".join(rows) or "尚无机构", as_json=as_json)

    return group


def _user() -> typer.Typer:
    group = _group("user", "人员与岗位")

    @group.command()
    def add(
        user: User, name: Annotated[str, typer.Option(help="姓名")], org: Annotated[str, typer.Option(help="所在机构代码")],
        role: Annotated[list[Role] | None, typer.Option(help="在该机构的岗位，可多次给出")] = None,
        by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """新增人员。"""
        with existing(data, database, blobs) as office:
            registers = office.devices.people.registers
            made = registers.add_person(user, name, org, by)
            for one in role or ():
                made = registers.grant(user, Standing(one, org), by=by)
        say(_person(made), f"已新增人员：{made.user}（{made.name}），请设置密码", as_json=as_json)

    @group.command("list")
    def show(
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False
    ) -> None:
        """列出人员及其岗位。"""
        with existing(data, database, blobs) as office:
            found = office.devices.people.registers.people()
        rows = [_row(one) for one in found]
        say({"users": [_person(one) for one in found]}, "\n".join(rows) or "尚无人员", as_json=as_json)

    @group.command()
    def password(
        user: User,
        stdin: Annotated[bool, typer.Option("--stdin", help="从标准输入读一行")] = False,
        by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """设置密码（至少 12 个字符）；已登录的设备须重新登录。"""
        # Never an argument: it would stand in the shell's history and in the list of processes.
        given = sys.stdin.readline().rstrip("\r\n") if stdin else typer.prompt(
            "新密码", hide_input=True, confirmation_prompt="再输入一次"
        )
        with existing(data, database, blobs) as office:
            office.devices.people.registers.set_password(user, given, by)
        say({"user": user}, f"已设置密码：{user}", as_json=as_json)

    @group.command()
    def totp(
        user: User, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """设置动态口令（组长、管理员必须）；密钥只显示这一次。"""
        with existing(data, database, blobs) as office:
            secret = office.devices.people.registers.set_totp(user, by)
        uri = provisioning_uri(secret, user)
        say({"user": user, "secret": secret, "uri": uri}, f"请在验证器中录入：\n{secret}\n{uri}", as_json=as_json)

    @group.command()
    def disable(
        user: User, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """停用人员：立即失去全部权限。"""
        with existing(data, database, blobs) as office:
            gone = office.devices.people.registers.disable(user, by)
        say(_person(gone), f"已停用人员：{user}", as_json=as_json)

    @group.command()
    def enable(
        user: User, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """恢复已停用的人员。"""
        with existing(data, database, blobs) as office:
            back = office.devices.people.registers.enable(user, by)
        say(_person(back), f"已恢复人员：{user}", as_json=as_json)

    @group.command()
    def grant(
        user: User, role: RoleOf, at: At,
        days: Annotated[int | None, typer.Option(help="多少天后自动到期；不填为长期", min=1, max=3660)] = None,
        by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """授予岗位。"""
        with existing(data, database, blobs) as office:
            until = None if days is None else office.world.now_ms() + days * _DAY_MS
            changed = office.devices.people.registers.grant(user, Standing(role, at), to_ms=until, by=by)
        say(_person(changed), f"已授予岗位：{_row(changed)}", as_json=as_json)

    @group.command()
    def end(
        user: User, role: RoleOf, at: At, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """收回岗位。"""
        with existing(data, database, blobs) as office:
            changed = office.devices.people.registers.end(user, Standing(role, at), by)
        say(_person(changed), f"已收回岗位：{_row(changed)}", as_json=as_json)

    return group


def _device() -> typer.Typer:
    group = _group("device", "设备")

    @group.command("list")
    def show(
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False
    ) -> None:
        """列出等待批准的设备、已登记的设备和警报。"""
        with existing(data, database, blobs) as office:
            admissions = office.devices.people.admissions
            waiting, inside, alarms = admissions.waiting(), office.devices.all(), admissions.alarms()
            with office.database.read() as unit:
                came = day_use(unit, office.world.now_ms())
        said: dict[str, object] = {
            "waiting": [asdict(one) for one in waiting],
            "devices": [
                {"device": one.id, "name": one.name, "user": one.user, "scopes": one.grants, "revoked": one.is_revoked,
                 "confirm_until_ms": one.confirm_until_ms, "login_until_ms": one.login_until_ms,
                 "bytes_24h": came.get(one.id, 0)}
                for one in inside
            ],
            "alarms": [asdict(one) for one in alarms],
        }  # fmt: skip
        rows = [f"待批准  {one.device}  {one.name}  指纹 {one.fingerprint}  来自 {one.source or '—'}" for one in waiting]
        rows += [
            f"{'已停用' if one.is_revoked else '在用'}  {one.id}  {one.user}  {one.name}"
            + (f"  24 小时内送来 {words.size(came[one.id])}" if one.id in came else "")
            for one in inside
        ]
        rows += [f"警报  {one.device}  {words.ALARMS.get(one.kind, one.kind)}  {one.detail}" for one in alarms]
        say(said, "\n".join(rows) or "尚无设备", as_json=as_json)

    @group.command()
    def approve(
        device: DeviceId, user: Annotated[str, typer.Option(help="使用人账号")],
        fingerprint: Annotated[str, typer.Option(help="设备屏幕上显示的 24 位数字，须当面或电话核对")], by: By,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """批准设备；不得由使用人本人办理。"""
        with existing(data, database, blobs) as office:
            office.devices.people.admissions.approve(device, user, fingerprint, by)
        say({"device": device, "user": user}, f"已批准设备：{device}（{user}），90 天后须复核", as_json=as_json)

    @group.command()
    def refuse(
        device: DeviceId, by: By,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """拒绝等待批准的设备。"""
        with existing(data, database, blobs) as office:
            office.devices.people.admissions.refuse(device, by)
        say({"device": device}, f"已拒绝设备：{device}", as_json=as_json)

    @group.command("refuse-all")
    def refuse_all(
        by: By,
        source: Annotated[str, typer.Option("--from", help="只拒绝来自这个网络地址的，见 device list")] = "",
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """拒绝全部等待批准的设备，或来自一个网络地址的全部。"""
        with existing(data, database, blobs) as office:
            count = office.devices.people.admissions.refuse_many(by, source)
        say({"refused": count}, f"已拒绝设备 {count} 台", as_json=as_json)

    @group.command()
    def confirm(
        device: DeviceId, by: By,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """复核设备，再用 90 天；不得由使用人本人办理。"""
        with existing(data, database, blobs) as office:
            until = office.devices.people.admissions.confirm(device, by)
        say({"device": device, "confirm_until_ms": until}, f"已复核设备：{device}", as_json=as_json)

    @group.command()
    def revoke(
        device: DeviceId, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """停用设备（遗失、调离）；它此前签名的记录仍可送来，先行隔离。"""
        with existing(data, database, blobs) as office:
            gone = office.devices.revoke(device, by)
        say({"device": gone.id, "revoked": True}, f"设备已停用：{gone.id}", as_json=as_json)

    @group.command("lift-limit")
    def lift_limit(
        device: DeviceId, by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """放开到了上限的设备：可以再送一天的量；没有传完的文件从头再传。"""
        with existing(data, database, blobs) as office:
            known = office.devices.managed(device, by)
            office.blobs.lift(known.id)
        say({"device": known.id, "lifted": True}, f"已放开上限：{known.id}", as_json=as_json)

    return group


def _task() -> typer.Typer:
    group = _group("task", "专项任务的参与范围与回避")

    @group.command("open")
    def open_for(
        task: Feed, org: Annotated[str, typer.Option(help="机构代码")], by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """向一个机构的人员开放专项任务。"""
        with existing(data, database, blobs) as office:
            office.devices.people.registers.open_task(task, org, by)
        say({"task": task, "org": org}, f"已向 {org} 开放 {task}", as_json=as_json)

    @group.command()
    def exclude(
        task: Feed, user: Annotated[str, typer.Option(help="回避人员账号")], reason: Annotated[str, typer.Option(help="事由")],
        by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """使人员回避专项任务。"""
        with existing(data, database, blobs) as office:
            office.devices.people.registers.exclude(user, task, reason, by)
        say({"task": task, "user": user}, f"{user} 已回避 {task}", as_json=as_json)

    @group.command()
    def include(
        task: Feed, user: Annotated[str, typer.Option(help="人员账号")], by: ByConsole = CONSOLE,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """解除回避。"""
        with existing(data, database, blobs) as office:
            office.devices.people.registers.include(user, task, by)
        say({"task": task, "user": user}, f"{user} 不再回避 {task}", as_json=as_json)

    return group


def _quarantine() -> typer.Typer:
    group = _group("quarantine", "隔离的记录")

    @group.command("list")
    def show(
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False
    ) -> None:
        """按设备、数据范围和原因列出隔离的记录。"""
        with existing(data, database, blobs) as office:
            found = _aside(office).aside()
        rows = [f"{one.device}  {one.user}  {one.feed}  {_reason(one.reason)}  {one.lines} 行" for one in found]
        say({"quarantine": [asdict(one) for one in found]}, "\n".join(rows) or "没有隔离的记录", as_json=as_json)

    @group.command()
    def lines(
        device: DeviceId,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """逐行列出一台设备被隔离的记录：谁写的、关于什么、为什么隔离；不显示内容。"""
        with existing(data, database, blobs) as office:
            found = _aside(office).lines(device)
        text = "\n".join(_line(one) for one in found) or "没有隔离的记录"
        say({"lines": [asdict(one) for one in found]}, text, as_json=as_json)

    @group.command()
    def release(
        device: DeviceId, by: By,
        line: Annotated[str | None, typer.Option("--line", help="只放行这一行；编号见 quarantine lines")] = None,
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """放行一台设备被隔离的记录（组长或机构管理员）；停用之后写成的记录不予放行。"""
        with existing(data, database, blobs) as office:
            done = _aside(office).release(device, by, line)
        text = f"已放行 {done.released} 行，仍隔离 {sum(done.kept.values())} 行"
        text += "".join(f"\n{count} 行：{_reason(why)}" for why, count in done.kept.items())
        say(asdict(done), text, as_json=as_json)

    @group.command()
    def leave(
        line: Annotated[str, typer.Argument(help="记录编号，见 quarantine lines")], by: By,
        reason: Annotated[str, typer.Option(help="理由")],
        data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False,
    ) -> None:  # fmt: skip
        """看过一行之后仍留在隔离区，记下理由。"""
        with existing(data, database, blobs) as office:
            _aside(office).leave(line, by, reason)
        say({"line": line}, f"已留在隔离区：{line}", as_json=as_json)

    return group


def _aside(office: Office) -> Quarantine:
    return Quarantine(office.database, office.world, office.terms, office.devices)


def _reason(code: str) -> str:
    return words.REASONS.get(code, code)


def _line(one: AsideLine) -> str:
    what = f"{words.TABLES.get(one.table, one.table)} {words.KINDS.get(one.kind, one.kind)}"
    told = f"{one.op}  {one.author}  {one.feed}  {what}  写于 {words.moment(one.written_ms)}  {_reason(one.reason)}"
    return told if one.left is None else f"{told}  {one.left.by} 留下：{one.left.why}"


def _person(one: Person) -> dict[str, object]:
    return {
        "user": one.user, "name": one.name, "org": one.org, "disabled": one.is_disabled,
        "password": one.has_password, "totp": one.has_totp, "needs_totp": one.needs_totp,
        "roles": [{"role": str(held.role), "at": held.place} for held in one.standings],
    }  # fmt: skip


def _row(one: Person) -> str:
    roles = "、".join(f"{held.role}@{held.place}" for held in one.standings) or "无岗位"
    return f"{one.user}  {one.name}  {one.org}  {'已停用' if one.is_disabled else roles}"
