"""``yanfang-server packet …``: take packets from a stick and write the replies beside them."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sync.protocol.errors import SyncError
from sync.protocol.names import printable
from sync.protocol.packets_disk import DEFAULT_VOLUME, LEAST_VOLUME, MOST_VOLUME, packets_in
from sync.server import packet_replies
from sync.server.devices import DEFAULT_GRANTS
from sync.server.packet_cards import Cards
from sync.server.packet_invites import invite
from sync.server.packets import Packets
from sync.server.people.quarantine import Quarantine
from sync.server.sentences import sentence
from sync.server.terminal import (
    AsJson,
    BlobsAddress,
    DatabaseAddress,
    DataFolder,
    Owner,
    Scopes,
    existing,
    say,
)

cli = typer.Typer(name="packet", help="光盘或 U 盘同步包", no_args_is_help=True)
_MIB = 1 << 20
Volume = Annotated[
    int, typer.Option("--volume-mb", help="每个文件的上限（MiB）", min=LEAST_VOLUME // _MIB, max=MOST_VOLUME // _MIB)
]


@cli.command("import")
def take(
    places: Annotated[list[Path], typer.Argument(help="同步包文件，或存放它们的目录")],
    to: Annotated[Path | None, typer.Option("--to", help="回执写入的目录，默认与同步包放在一起", file_okay=False)] = None,
    volume_mb: Volume = DEFAULT_VOLUME // _MIB,
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    as_json: AsJson = False,
) -> None:
    """导入同步包，并立即为每台设备写好回执。"""
    said: list[dict[str, object]] = []
    rows: list[str] = []
    replies: list[dict[str, object]] = []
    with existing(data, database, blobs) as office, _quarantine(data) as aside:
        packets = Packets(office, Path(aside))
        homes: dict[str, Path] = {}
        for path in packets_in(places):
            try:
                taken = packets.take(path)
            except (SyncError, OSError) as refused:
                code = refused.code if isinstance(refused, SyncError) else "packet.unreadable"
                params = refused.params if isinstance(refused, SyncError) else {}
                if code == "packet.other_receiver" and len(places) == 1 and places[0].is_dir():
                    continue  # replies and other people's packets lie on the same stick
                said.append({"path": str(path), "code": code, "message": sentence(code, params)})
                rows.append(f"{printable(path.name)}：{sentence(code, params)}")
                continue
            homes[taken.device] = to or path.parent
            said.append({"path": str(path), **asdict(taken)})
            again = "（此前已导入过）" if taken.is_repeated else ""
            rows.append(
                f"{printable(path.name)}：{taken.name} 第 {taken.n} 包，记录 {taken.lines} 行，转交 {taken.carried} 行，"
                f"文件 {taken.files} 个{again}"
            )
            if taken.answered.problem is not None:
                rows.append(f"  {sentence(taken.answered.problem.code, taken.answered.problem.params)}")
        for device, folder in homes.items():
            try:
                replies.append(_reply(packets, device, folder, volume_mb, rows))
            except SyncError as refused:  # locked out, or not confirmed in time: the others get theirs
                why = sentence(refused.code, refused.params)
                replies.append({"device": device, "code": refused.code, "message": why})
                rows.append(f"没有为 {office.devices.find(device).name} 写回执：{why}")
        kept = Quarantine(office.database, office.world, office.terms, office.devices).aside()
        aside_now = [asdict(one) for one in kept if one.device in homes]
        if aside_now:
            count = sum(one.lines for one in kept if one.device in homes)
            rows.append(f"这些设备共有 {count} 行记录在隔离区，没有计入；原因见 quarantine list")
    told: dict[str, object] = {"packets": said, "replies": replies, "quarantine": aside_now}
    say(told, "\n".join(rows) or "没有找到同步包", as_json=as_json)
    if any("code" in one for one in (*said, *replies)):
        raise typer.Exit(1)


@cli.command()
def reply(
    device: Annotated[str, typer.Option(help="设备编号，见 device list")],
    to: Annotated[Path, typer.Option("--to", help="回执写入的目录", file_okay=False)],
    volume_mb: Volume = DEFAULT_VOLUME // _MIB,
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    as_json: AsJson = False,
) -> None:
    """再写一次某台设备的回执，内容为此刻最新。"""
    rows: list[str] = []
    with existing(data, database, blobs) as office, _quarantine(data) as aside:
        said = _reply(Packets(office, Path(aside)), device, to, volume_mb, rows)
    say(said, "\n".join(rows), as_json=as_json)


@cli.command("invite")
def invitation(
    user: Owner = "inspector",
    scope: Scopes = None,
    valid_hours: Annotated[int, typer.Option(help="有效小时数", min=1, max=24 * 90)] = 24 * 14,
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    as_json: AsJson = False,
) -> None:
    """为从不联网的笔记本签发邀请，含服务器公钥与一次性登记码。"""
    with existing(data, database, blobs) as office:
        made = invite(office, user, tuple(scope or DEFAULT_GRANTS), valid_hours * 3_600_000)
    said: dict[str, object] = {"invitation": made.text, "fingerprint": made.card.fingerprint}
    say(said, f"{made.text}\n服务器指纹：{made.card.fingerprint}", as_json=as_json)


@cli.command()
def card(
    data: DataFolder = None, database: DatabaseAddress = None, blobs: BlobsAddress = None, as_json: AsJson = False
) -> None:
    """显示服务器的名片与指纹，供与笔记本上的核对。"""
    with existing(data, database, blobs) as office:
        own = Cards(office.database, office.devices, office.world).own
    say({"card": own.text, "fingerprint": own.fingerprint}, f"{own.text}\n服务器指纹：{own.fingerprint}", as_json=as_json)


def _quarantine(data: Path | None) -> "tempfile.TemporaryDirectory[str]":
    """Return a folder of our own for copies, on the disk of the data where there is one: packets are large."""
    return tempfile.TemporaryDirectory(prefix="packets-", dir=data, ignore_cleanup_errors=True)


def _reply(packets: Packets, device: str, folder: Path, volume_mb: int, rows: list[str]) -> dict[str, object]:
    folder.mkdir(parents=True, exist_ok=True)
    done = packet_replies.reply(packets, device, folder, volume_mb * _MIB)
    left = f"，另有 {done.files_left} 个文件未装下" if done.files_left else ""
    rows.append(
        f"回执：{done.path}（{done.name}，记录 {done.lines} 行，回执 {done.receipts} 条，文件 {done.files} 个{left}）"
    )
    return {**asdict(done), "path": str(done.path)}
