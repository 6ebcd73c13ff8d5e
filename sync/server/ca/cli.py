"""``yanfang-server ca …``: the office's own certificates and time-stamps."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from sync.server.ca import errors
from sync.server.ca.authority import Authority, Issued, Reason
from sync.server.ca.forming import Purpose
from sync.server.ca.place import FOLDER, Place
from sync.server.ca.stamping import Stamping
from sync.server.terminal import (
    AsJson,
    BlobsAddress,
    DatabaseAddress,
    DataFolder,
    DataUnusable,
    NoPlace,
    existing,
    say,
)
from sync.server.world import real_world

T = TypeVar("T")
cli = typer.Typer(name="ca", help="本单位内部证书与时间戳（非依法设立的电子认证服务）", no_args_is_help=True)
CaFolder = Annotated[
    Path | None,
    typer.Option("--ca", envvar="YANFANG_CA", help="证书目录，默认为数据目录下的 ca", file_okay=False),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="根密钥口令所在文件；不给则询问", dir_okay=False, exists=True),
]
_LABEL = "内部证书，不具有依法设立的电子认证服务机构所签发证书的效力，见使用说明。"


def ca_folder(data: Path | None, ca: Path | None) -> Path | None:
    """Return the folder of the authority: the named one, else `ca` in the data folder."""
    return ca if ca is not None else data / FOLDER if data is not None else None


@cli.command()
def init(
    office: Annotated[str, typer.Option(help="本单位全称，写入证书")],
    url: Annotated[str, typer.Option(help="笔记本访问本服务器的地址，写入证书作为吊销列表地址")] = "",
    passphrase_file: PassphraseFile = None,
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """建立根证书和时间戳服务；口令封存根密钥，不可找回。"""
    place = _place(data, ca)
    if place.is_there:
        raise errors.CaExists()
    passphrase = _secret(passphrase_file, "根密钥口令（至少 12 个字符）", twice=True)
    root = _kept(place, lambda: Authority(place, real_world()).begin(office, passphrase, url=url))
    said: dict[str, object] = {
        "root": f"{root.serial_number:X}",
        "until": root.not_valid_after_utc.isoformat(),
        "folder": str(place.folder),
    }
    say(
        said,
        f"已建立根证书，有效至 {root.not_valid_after_utc:%Y-%m-%d}，目录 {place.folder}。\n{_LABEL}",
        as_json=as_json,
    )


@cli.command()
def issue(
    name: Annotated[str, typer.Option(help="人员姓名，或印章所属单位名称")],
    to: Annotated[
        Path,
        typer.Option("--to", help="写出的文件：.p12（含私钥），给出 --request 时为 .cer", dir_okay=False),
    ],
    purpose: Annotated[
        Purpose, typer.Option("--for", help="inspector 检查人员，seal 单位印章")
    ] = Purpose.INSPECTOR,
    days: Annotated[int, typer.Option(help="有效天数", min=1, max=3660)] = 3 * 365,
    request: Annotated[
        Path | None,
        typer.Option(
            "--request", help="UKey 中密钥的证书请求（PKCS#10）；私钥不出 UKey", dir_okay=False, exists=True
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", help=".p12 文件密码所在文件；不给则询问", dir_okay=False, exists=True
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """签发证书；私钥只写入给出的文件，服务器不留存。"""
    place = _standing(data, ca)
    if purpose is Purpose.TSA:
        raise errors.BadName(name=str(purpose))
    passphrase = _secret(passphrase_file, "根密钥口令")
    authority = Authority(place, real_world())
    if request is not None:
        asked = request.read_bytes()
        made = _kept(place, lambda: authority.issue_for(passphrase, asked, name, purpose, days=days))
        file = made.der
    else:
        password = _secret(password_file, ".p12 文件密码（至少 8 个字符）", twice=True)
        made, file = _kept(place, lambda: authority.issue(passphrase, name, purpose, password, days=days))
    _write(to, file)
    say(
        {**_told(made), "file": str(to)},
        f"已签发 {made.name}（序列号 {made.serial}），写入 {to}。\n{_LABEL}",
        as_json=as_json,
    )


@cli.command()
def revoke(
    serial: Annotated[str, typer.Argument(help="证书序列号，见 ca list")],
    reason: Annotated[Reason, typer.Option(help="原因")] = Reason.OTHER,
    passphrase_file: PassphraseFile = None,
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """吊销证书（调离、丢失），并更新吊销列表。"""
    place = _standing(data, ca)
    passphrase = _secret(passphrase_file, "根密钥口令")
    gone = _kept(place, lambda: Authority(place, real_world()).revoke(passphrase, serial, reason))
    say(_told(gone), f"已吊销 {gone.name}（序列号 {gone.serial}），吊销列表已更新。", as_json=as_json)


@cli.command("list")
def show(data: DataFolder = None, ca: CaFolder = None, as_json: AsJson = False) -> None:
    """列出签发过的证书。"""
    found = Authority(_place(data, ca), real_world()).all()
    rows = [
        f"{one.serial}  {one.name}  {one.purpose}  至 {one.not_after:%Y-%m-%d}  {'已吊销' if one.revoked_at else '有效'}"
        for one in found
    ]
    say({"certificates": [_told(one) for one in found]}, "\n".join(rows), as_json=as_json)


@cli.command("crl")
def renew_list(
    days: Annotated[int, typer.Option(help="列表有效天数，到期前须再次运行", min=1, max=366)] = 90,
    passphrase_file: PassphraseFile = None,
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """重新签发吊销列表。"""
    place = _standing(data, ca)
    passphrase = _secret(passphrase_file, "根密钥口令")
    _kept(place, lambda: Authority(place, real_world()).renew_list(passphrase, days))
    say({"days": days}, f"吊销列表已更新，{days} 天内有效。", as_json=as_json)


@cli.command()
def export(
    to: Annotated[Path, typer.Argument(help="写入根证书和吊销列表的目录", file_okay=False)],
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """写出根证书与吊销列表，供不联网的笔记本和阅读软件导入。"""
    place = _standing(data, ca)
    files = [to / name for name in ("root.cer", "root.crl")]
    for file in files:
        _write(file, place.read(file.name))
    say({"files": [str(file) for file in files]}, f"已写入 {files[0]} 和 {files[1]}。", as_json=as_json)


@cli.command("renew-stamp")
def renew_stamping(
    passphrase_file: PassphraseFile = None,
    data: DataFolder = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """为时间戳服务更换密钥和证书；此前的时间戳仍然有效。"""
    place = _standing(data, ca)
    passphrase = _secret(passphrase_file, "根密钥口令")
    made = _kept(place, lambda: Authority(place, real_world()).renew_stamping(passphrase))
    say(_told(made), f"时间戳服务已更换证书（序列号 {made.serial}）。", as_json=as_json)


@cli.command()
def prolong(
    file: Annotated[
        Path | None, typer.Argument(help="一份已签名的 PDF；不给则处理服务器收到的全部", dir_okay=False)
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="写出的 PDF，与 FILE 同用", dir_okay=False)] = None,
    again_after: Annotated[int, typer.Option(help="上次时间戳超过多少天后再加一次", min=1)] = 5 * 365,
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    ca: CaFolder = None,
    as_json: AsJson = False,
) -> None:
    """为已签名的 PDF 追加验证材料与时间戳（PAdES B-LTA），原签名不变。"""
    # Here and not above: reading PDFs takes longer to load than the rest of the server.
    from sync.server.ca.archive import prolong_all
    from sync.server.ca.prolonging import prolong as prolonged
    from sync.server.ca.prolonging import proofs_of

    place, world, pause = _place(data, ca), real_world(), dt.timedelta(days=again_after)
    stamping = Stamping(place, world)
    if file is not None:
        now = dt.datetime.fromtimestamp(world.now_ms() / 1000, dt.UTC)
        try:
            made = prolonged(file.read_bytes(), proofs_of(place), stamping, now, again_after=pause)
        except OSError as problem:
            raise DataUnusable(data=str(file)) from problem
        out = to or file.with_name(f"{file.stem}-长期{file.suffix}")
        _write(out, made.pdf)
        words = "验证材料已足够，未改动" if made.was_enough else "已追加验证材料与时间戳"
        say(
            {"file": str(out), "was_enough": made.was_enough, "signatures": made.signatures},
            f"{words}：{out}",
            as_json=as_json,
        )
        return
    with existing(data, database, blobs) as office:
        done = _kept(place, lambda: prolong_all(office, place, stamping, again_after=pause))
    folder = place.folder / "prolonged"
    said = {
        "prolonged": list(done.prolonged),
        "enough": done.enough,
        "refused": [list(one) for one in done.refused],
    }
    rows = [f"追加 {len(done.prolonged)} 份，已足够 {done.enough} 份，写入 {folder}"]
    rows += [f"未处理 {sha256}（{reason}）" for sha256, reason in done.refused]
    say(said, "\n".join(rows), as_json=as_json)
    if done.refused:
        raise typer.Exit(1)


def _place(data: Path | None, ca: Path | None) -> Place:
    folder = ca_folder(data, ca)
    if folder is None:
        raise NoPlace()
    return Place(folder)


def _standing(data: Path | None, ca: Path | None) -> Place:
    """Return the place of a CA that was made."""
    place = _place(data, ca)
    place.require()
    return place


def _kept(place: Place, call: Callable[[], T]) -> T:
    """Return what a call returns; a disk that refuses is told."""
    try:
        return call()
    except OSError as problem:
        raise DataUnusable(data=str(place.folder)) from problem


def _secret(file: Path | None, asked: str, *, twice: bool = False) -> str:
    if file is not None:
        return file.read_text("utf-8").strip("\r\n")
    return str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice))


def _told(one: Issued) -> dict[str, object]:
    return {
        "serial": one.serial,
        "name": one.name,
        "for": str(one.purpose),
        "not_before": one.not_before.isoformat(),
        "not_after": one.not_after.isoformat(),
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
        "reason": str(one.reason) if one.reason else None,
    }


def _write(file: Path, raw: bytes) -> None:
    try:
        Place(file.absolute().parent).write(raw, file.name)
    except OSError as problem:
        raise DataUnusable(data=str(file)) from problem
