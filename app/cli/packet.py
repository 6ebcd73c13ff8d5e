"""Commands about courier packets and team-mates' laptops."""

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, office, say
from app.core.packets import Exported, Imported, Peer
from app.core.progress import Cancelled, CancelToken
from app.gui import messages
from sync.client.relay import PORT
from sync.protocol.names import printable
from sync.protocol.packets_disk import DEFAULT_VOLUME, LEAST_VOLUME, MOST_VOLUME

cli = typer.Typer(help="不联网时用 U 盘或光盘交换同步包", no_args_is_help=True)
mates = typer.Typer(help="现场队友的设备", no_args_is_help=True)
cli.add_typer(mates, name="mate")
_MIB = 1 << 20
_LOOK_S = 0.5


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
        refused = services.sync.status().refused
    rows = [_imported(one) for one in done]
    if refused:
        rows.append(f"服务器没有采用 {refused} 项，原因见窗口“同步”页的“被拒收”")
    say({"packets": done, "refused": refused}, "\n".join(rows) or "没有找到给本机的同步包", as_json=as_json)
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
def relay(
    minutes: Annotated[int, typer.Option("--minutes", help="多少分钟后自动关闭", min=1, max=720)] = 60,
    host: Annotated[str, typer.Option("--host", help="只在这个本机地址上接收；默认全部")] = "0.0.0.0",
    port: Annotated[int, typer.Option("--port", help="端口；已被占用时自动换一个", min=0, max=65535)] = PORT,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """本机当中转：队友用 `packet meet` 连过来直接交换。按 Ctrl+C 提前关闭。"""
    with office(home) as services:
        now = services.relay.open(minutes, host=host, port=port)
        where = "\n".join(f"地址：{one}" for one in now.addresses)
        say(now, f"{where}\n配对码：{now.code[:4]} {now.code[4:]}\n{minutes} 分钟后自动关闭", as_json=as_json)
        sys.stdout.flush()
        visitors = now.visitors
        with suppress(KeyboardInterrupt):
            while (seen := services.relay.status()) is not None:
                visitors = seen.visitors
                time.sleep(_LOOK_S)
        services.relay.close()
    rows = [f"{one.name}：记录 {one.lines} 行，文件 {one.files} 个{_problem(one.problem)}" for one in visitors]
    say({"visitors": visitors}, "\n".join(rows) or "没有队友连过来", as_json=as_json)


@cli.command()
def meet(
    address: Annotated[str, typer.Argument(help="中转电脑屏幕上的地址")],
    code: Annotated[str, typer.Argument(help="中转电脑屏幕上的配对码")],
    stay: Annotated[int, typer.Option("--stay", help="交换后再等多少分钟，随时收取别人新带来的内容", min=0, max=720)] = 0,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """连到当中转的队友电脑，直接交换；断了再运行一次，接着传。"""
    with office(home) as services:
        token = CancelToken()
        before = signal.signal(signal.SIGINT, lambda *_: token.cancel())
        try:
            done = services.relay.meet(address, code, cancel=token, stay_s=60.0 * stay).value
        except Cancelled:
            raise typer.Exit(130) from None
        finally:
            signal.signal(signal.SIGINT, before)
    left = f"，另有 {done.files_left} 个文件超过上限" if done.files_left else ""
    damaged = f"，{done.damaged} 个文件读不出" if done.damaged else ""
    rows = [f"已交给 {done.relay}：记录 {done.lines} 行，文件 {done.files} 个，{done.size_bytes / _MIB:.1f} MiB{left}{damaged}"]
    rows += [f"已收到：记录 {one.lines} 行，文件 {one.files} 个{_problem(one.code)}" for one in done.imported]
    say(done, "\n".join(rows), as_json=as_json)
    if any(one.code for one in done.imported):
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
        return f"{printable(one.path.name)}：{messages.sentence_of(one.code, dict(one.params or {}))}"
    said = f"{printable(one.path.name)}：{one.sender} 第 {one.n} 包，记录 {one.lines} 行，回执 {one.receipts} 条，文件 {one.files} 个"
    if one.is_stale:
        said += "（已不需要，没有改动）"
    if one.problem:
        said += f"\n  {messages.sentence_of(one.problem, {})}"
    return said


def _problem(code: str) -> str:
    return f"（{messages.sentence_of(code, {})}）" if code else ""


def _peer(one: Peer) -> str:
    return f"{one.name}  {one.fingerprint}  {one.device}"
