"""Commands about courier packets and team-mates' laptops."""

from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, office, say
from app.core.packets import Exported, Imported, Peer
from app.gui import messages
from sync.protocol.packets_disk import DEFAULT_VOLUME, LEAST_VOLUME, MOST_VOLUME

cli = typer.Typer(help="不联网时用 U 盘或光盘交换同步包", no_args_is_help=True)
mates = typer.Typer(help="现场队友的设备", no_args_is_help=True)
cli.add_typer(mates, name="mate")
_MIB = 1 << 20


@cli.command()
def export(
    to: Annotated[Path, typer.Option("--to", help="写入的目录（U 盘）", file_okay=False)],
    volume_mb: Annotated[
        int, typer.Option("--volume-mb", help="每个文件的上限 (MiB)", min=LEAST_VOLUME // _MIB, max=MOST_VOLUME // _MIB)
    ] = DEFAULT_VOLUME // _MIB,
    mate: Annotated[list[str] | None, typer.Option("--mate", help="写给队友：设备编号、名称，或 all；不给出时写给中心服务器")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导出同步包：交给中心服务器，或交给现场的队友。"""
    with office(home) as services:
        if mate is None:
            done = [services.packets.export(to, volume_mb * _MIB).value]
        else:
            done = [services.packets.export_to_mate(one, to, volume_mb * _MIB).value for one in _devices(services, mate)]
    say({"packets": done}, "\n".join(_exported(one) for one in done), as_json=as_json)


@cli.command("import")
def take(
    files: Annotated[list[Path], typer.Argument(help="同步包文件，或存放它们的目录")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导入中心服务器的回执或队友的同步包。重复、迟到、乱序都无妨。"""
    with office(home) as services:
        done = services.packets.take(files).value
    say({"packets": done}, "\n".join(_imported(one) for one in done) or "没有找到给本机的同步包", as_json=as_json)
    if any(one.code for one in done):
        raise typer.Exit(1)


@cli.command()
def exchange(
    folder: Annotated[Path, typer.Argument(help="共享目录：网线或热点上的共享文件夹，或轮流使用的 U 盘", file_okay=False)],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """与现场队友在共享目录里交换：先收，再写给每位队友。"""
    with office(home) as services:
        done = services.packets.exchange(folder).value
        told = len(services.packets.mates())
    rows = [*(_imported(one) for one in done), f"已写给 {told} 位队友"]
    say({"packets": done, "told": told}, "\n".join(rows), as_json=as_json)
    if any(one.code for one in done):
        raise typer.Exit(1)


@cli.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """显示等待回执的同步包、收到而尚未入库的队友记录，以及认识的设备。"""
    with office(home) as services:
        now = services.packets.status()
        days = (services.clock() - now.waiting_since).days if now.waiting_since else 0
    rows = ["没有等待回执的同步包" if now.waiting is None else f"等待第 {now.waiting} 包回执 {days} 天"]
    if now.unconfirmed:
        rows.append(f"队友的记录 {now.unconfirmed} 行尚未进入中心服务器")
    rows += [f"  {'服务器' if one.is_server else '队友'} {one.name}  {one.fingerprint}  {one.device}" for one in now.peers]
    say(now, "\n".join(rows), as_json=as_json)


@cli.command()
def card(home: Home = None, as_json: AsJson = False) -> None:
    """显示本机名片与指纹，供队友添加。"""
    with office(home) as services:
        text, own = services.packets.card_text(), services.packets.card()
    say({"card": text, "fingerprint": own.fingerprint}, f"{text}\n本机指纹：{own.fingerprint}", as_json=as_json)


@cli.command()
def join(
    invitation: Annotated[str, typer.Argument(help="管理员给的邀请全文，或存放它的文件")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """接受中心服务器的邀请，供从不联网的笔记本使用。"""
    with office(home) as services:
        server = services.packets.join(_text(invitation)).value
    say(server, f"服务器指纹：{server.fingerprint}（请与管理员核对）", as_json=as_json)


@mates.command("add")
def add_mate(
    text: Annotated[str, typer.Argument(help="队友名片全文，或存放它的文件")], home: Home = None, as_json: AsJson = False
) -> None:
    """添加队友的设备。"""
    with office(home) as services:
        added = services.packets.add_mate(_text(text)).value
    say(added, f"已添加 {added.name}，指纹：{added.fingerprint}（请与对方屏幕核对）", as_json=as_json)


@mates.command("list")
def list_mates(home: Home = None, as_json: AsJson = False) -> None:
    """列出队友的设备。"""
    with office(home) as services:
        known = services.packets.mates()
    say({"mates": known}, "\n".join(_peer(one) for one in known) or "尚无队友", as_json=as_json)


@mates.command("refresh")
def refresh_mates(home: Home = None, as_json: AsJson = False) -> None:
    """联网向中心服务器询问同单位的设备。"""
    with office(home) as services:
        known = services.packets.refresh_mates().value
    say({"mates": known}, "\n".join(_peer(one) for one in known) or "尚无队友", as_json=as_json)


@mates.command("remove")
def remove_mate(
    device: Annotated[str, typer.Argument(help="设备编号或名称")], home: Home = None, as_json: AsJson = False
) -> None:
    """移除队友的设备；已收到的记录保留。"""
    with office(home) as services:
        gone = _devices(services, [device])
        for one in gone:
            services.packets.remove_mate(one)
    say({"removed": gone}, "已移除", as_json=as_json)


def _devices(services: Services, named: list[str]) -> list[str]:
    known = services.packets.mates()
    if named == ["all"]:
        return [one.device for one in known]
    found = {one: next((mate.device for mate in known if one in (mate.device, mate.name)), one) for one in named}
    return list(found.values())


def _text(given: str) -> str:
    path = Path(given)
    try:
        return path.read_text(encoding="utf-8")[:10_000] if len(given) < 200 and path.is_file() else given
    except (OSError, ValueError):
        return given


def _exported(one: Exported) -> str:
    left = f"，另有 {one.files_left} 个文件超过每个文件的上限" if one.files_left else ""
    damaged = f"，{one.damaged} 个文件读不出" if one.damaged else ""
    names = "\n".join(f"  {path}" for path in one.paths)
    return f"第 {one.n} 包：记录 {one.lines} 行，文件 {one.files} 个，{one.size_bytes / _MIB:.1f} MiB{left}{damaged}\n{names}"


def _imported(one: Imported) -> str:
    if one.code and not one.sender:
        return f"{one.path.name}：{messages.sentence_of(one.code, dict(one.params or {}))}"
    said = f"{one.path.name}：{one.sender} 第 {one.n} 包，记录 {one.lines} 行，回执 {one.receipts} 条，文件 {one.files} 个"
    if one.is_stale:
        said += "（已不需要，没有改动）"
    if one.problem:
        said += f"\n  {messages.sentence_of(one.problem, {})}"
    return said


def _peer(one: Peer) -> str:
    return f"{one.name}  {one.fingerprint}  {one.device}"
