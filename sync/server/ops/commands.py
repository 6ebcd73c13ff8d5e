"""The administrator's commands: backup, restore, recover, doctor, scrub."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from sync.server import epochs, seals
from sync.server.app import DATABASE_NAME, key_beside
from sync.server.ca.cli import CaFolder, ca_folder
from sync.server.ca.copies import copy_folder
from sync.server.ca.place import FOLDER, Place
from sync.server.ca.warnings import ca_warnings
from sync.server.ops import anchors, backups, doctor, keys, scrub
from sync.server.sentences import sentence
from sync.server.store.door import open_store
from sync.server.terminal import (
    AsJson,
    BlobsAddress,
    DatabaseAddress,
    DataFolder,
    DataUnusable,
    NoPlace,
    existing,
    key_file,
    say,
)
from sync.server.world import real_world

_DAY_MS = 86_400_000


def register(cli: typer.Typer) -> None:
    """Add the commands to the program."""
    cli.command()(backup)
    cli.command()(restore)
    cli.command()(recover)
    cli.command("new-key")(new_key)
    cli.command("doctor")(examine)
    cli.command("scrub")(read_files)


def backup(
    to: Annotated[Path, typer.Option("--to", help="备份文件夹；多次备份共用，已有的文件不再复制", file_okay=False)],
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """备份数据库、全部文件和内部证书，不必停止服务器。"""
    authority = ca_folder(data, ca)
    with existing(data, database, blobs) as office:
        try:
            made = backups.make(office, to)
            copied = copy_folder(authority, to / made.name / FOLDER) if authority is not None else 0
        except OSError as problem:
            raise DataUnusable(data=str(to)) from problem
        key = office.devices.seal.path
    said = f"备份完成：{to / made.name}（记录 {made.entries} 条，文件 {made.files} 个）" + _absent(made.absent)
    if made.key:
        said += f"\n密钥文件 {key} 不在备份里，请另外保管一份；恢复时需要它。"
    if copied:
        said += "\n内部证书已备份，不含时间戳服务的密钥；恢复后用 ca renew-stamp 更换。"
    told = {**asdict(made), "ca_files": copied, "folder": str(to / made.name), "key_file": None if key is None else str(key)}
    say(told, said, as_json=as_json)
    _fail_if(bool(made.absent))


def restore(
    source: Annotated[Path, typer.Option("--from", help="一次备份的文件夹", file_okay=False)],
    key: Annotated[Path | None, typer.Option(help="另外保管的密钥文件（server.key）", dir_okay=False)] = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="密钥已丢失：动态口令全部作废，同步包的密钥更换")] = False,
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """把备份恢复到一个空的位置；之后须运行 recover。"""
    authority = ca_folder(data, ca)
    place, files = (data / DATABASE_NAME, data) if data is not None else (database, blobs)
    if place is None or files is None:
        raise NoPlace()
    world, target = real_world(), key_file() or key_beside(files)
    try:
        found, is_lost = _key_of(source, target, key, without_key=without_key)
        got = backups.restore(source.absolute(), place, open_store(files, world.random_bytes), world)
        if found is not None and target is not None:
            seals.write_key(target, found)
        is_kept = authority is None or Place(authority).is_there  # an authority that stands is never written over
        copied = 0 if is_kept or authority is None else copy_folder(source / FOLDER, authority)
    except OSError as problem:
        raise DataUnusable(data=str(files)) from problem
    said = f"已恢复备份 {got.name}（文件 {got.files} 个）。请接着运行 recover。" + _absent(got.absent)
    if copied:
        said += "\n内部证书已恢复；时间戳服务须用 ca renew-stamp 更换密钥后才能使用。"
    if is_lost:
        with existing(data, database, blobs) as office:
            said += "\n" + _renewed(keys.renew(office.database, office.devices.seal, world))
    say({**asdict(got), "ca_files": copied}, said, as_json=as_json)
    _fail_if(bool(got.absent))


def recover(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    reason: Annotated[str, typer.Option(help="原因，记入服务器的历史")] = "restored",
    as_json: AsJson = False,
) -> None:
    """数据恢复后开始新的纪元：各设备核对全部记录，补回服务器缺少的。"""
    with existing(data, database, blobs) as office:
        epoch = epochs.recover(office.database, office.world, reason)
        anchors.keep(office.blobs.store, anchors.standing(office.database, office.world.now_ms()))
    say({"epoch": epoch}, f"新的纪元已开始：{epoch}。现在可以启动服务器。", as_json=as_json)


def new_key(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    as_json: AsJson = False,
) -> None:
    """密钥文件丢失时另立新的：动态口令全部作废，同步包的密钥更换；密钥完好时不作任何改动。"""
    with existing(data, database, blobs) as office:
        try:
            done = keys.renew(office.database, office.devices.seal, office.world)
        except OSError as problem:
            raise DataUnusable(data=str(office.devices.seal.path)) from problem
    say(asdict(done), _renewed(done), as_json=as_json)


def examine(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """核对全部编号、链、签名、数据、回执和文件，不作任何改动。"""
    with existing(data, database, blobs) as office:
        found = doctor.examine(office)
        authority = ca_folder(data, ca)
        if authority is not None:
            found = replace(found, warnings=found.warnings + ca_warnings(authority, office.world))
    head = f"数据范围 {found.feeds} 个，记录 {found.lines} 条，数据行 {found.rows} 行，回执 {found.receipts} 份，文件 {found.files} 个"
    shown = [f"✗ {sentence(one.code, one.params)}" for one in found.findings[:200]] or ["✓ 全部相符"]
    shown += [f"! {sentence(one.code, one.params)}" for one in found.warnings]
    say({**asdict(found), "is_whole": found.is_whole}, "\n".join((head, *shown)), as_json=as_json)
    _fail_if(not found.is_whole)


def read_files(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    older_than_days: Annotated[int, typer.Option(help="只读上次核对早于这么多天的文件", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """重新读取文件，核对内容与其摘要是否一致。"""
    with existing(data, database, blobs) as office:
        done = scrub.scrub(office, older_than_days * _DAY_MS)
    said = f"已核对文件 {done.files} 个" + ("，全部完好" if not done.damaged else "".join(f"\n✗ {one}" for one in done.damaged))
    said += "".join(f"\n✗ {one}（文件完好，记录中的 SM3 不符）" for one in done.other_sm3)
    said += f"\n已清除停顿的上传 {done.expired} 个" if done.expired else ""
    say(asdict(done), said, as_json=as_json)
    _fail_if(bool(done.damaged or done.other_sm3))


def _key_of(source: Path, target: Path | None, given: Path | None, *, without_key: bool) -> tuple[bytes | None, bool]:
    """Return the key to put beside the restored server, if one has to be, and whether it is lost."""
    wanted = backups.read(source).key
    try:
        return keys.find(wanted, target, given), False
    except keys.KeyNeeded:
        if not without_key:
            raise
        return None, True


def _renewed(done: keys.Renewed) -> str:
    said = f"已另立新的密钥，请另外保管一份，并重新启动服务器。{done.people} 人的动态口令作废，须重新设置。"
    return said + ("同步包和检查点的签名密钥已更换，不联网的电脑须重新核对服务器指纹。" if done.packets else "")


def _absent(names: tuple[str, ...]) -> str:
    return "" if not names else f"\n✗ 缺少或损坏的文件 {len(names)} 个：\n" + "\n".join(names)


def _fail_if(is_bad: bool) -> None:
    if is_bad:
        raise typer.Exit(1)
