"""Commands about certificates: what this laptop signs with, signing by certificate, judging such signatures."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.record import Which, find_document
from app.cli.terms import AsJson, Home, office, say
from app.core.clock import local
from app.core.errors import Refused
from app.gui import messages
from app.gui.texts import tr
from app.services.pades import Report, Verdict

cli = typer.Typer(help="证书签名（PAdES）", no_args_is_help=True)
Prints = Annotated[str, typer.Argument(help="证书指纹，或其开头几位，见 certificate list")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help="证书密码或 PIN 所在文件；不给则用已记住的，或询问",
        dir_okay=False,
        exists=True,
    ),
]


@cli.command("list")
def show(home: Home = None, as_json: AsJson = False) -> None:
    """列出本机登记的证书。"""
    with office(home) as services:
        found = services.certificates.all()
    rows = [
        f"{one.fingerprint[:12]}  {one.certificate.name}  {one.certificate.issuer}"
        f"  至 {local(one.certificate.not_after):%Y-%m-%d}  {one.kind}"
        for one in found
    ]
    say({"certificates": found}, "\n".join(rows) or "尚未登记证书", as_json=as_json)


@cli.command()
def add(
    file: Annotated[Path | None, typer.Argument(help="证书文件 .p12 / .pfx", dir_okay=False)] = None,
    driver: Annotated[Path | None, typer.Option(help="UKey 的 PKCS#11 驱动程序", dir_okay=False)] = None,
    token: Annotated[str, typer.Option(help="UKey 标签，插了多个时给出")] = "",
    key_id: Annotated[str, typer.Option(help="UKey 中证书的编号（十六进制），有多张时给出")] = "",
    in_place: Annotated[bool, typer.Option("--in-place", help="文件留在原处，不复制到本机")] = False,
    password_file: PasswordFile = None,
    remember: Annotated[bool, typer.Option("--remember", help="把密码记入系统密码库")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """登记证书文件或 UKey。"""
    if (file is None) == (driver is None):
        raise typer.BadParameter("请给出证书文件，或用 --driver 给出 UKey 驱动")
    with office(home) as services:
        keep = services.certificates
        password = _password(password_file) if file is not None or remember else ""
        if file is not None:
            held = keep.add_file(file, password, copy=not in_place).value
        else:
            assert driver is not None
            held = keep.add_token(driver, token, key_id).value
        if remember:
            keep.remember_password(held.fingerprint, password)
    say(held, f"已登记 {held.certificate.name}（{held.fingerprint[:12]}）", as_json=as_json)


@cli.command()
def remove(certificate: Prints, home: Home = None, as_json: AsJson = False) -> None:
    """从本机移除证书。"""
    with office(home) as services:
        held = services.certificates.get(certificate)
        services.certificates.remove(held.fingerprint)
    say(held, f"已移除 {held.certificate.name}", as_json=as_json)


@cli.command()
def trust(
    file: Annotated[list[Path], typer.Argument(help="根证书或吊销列表", dir_okay=False)],
    public: Annotated[bool, typer.Option("--public", help="根证书属于依法设立的电子认证服务机构")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """采信根证书，或采用吊销列表。"""
    with office(home) as services:
        kinds = [services.signing_trust.trust(one, public=public).value for one in file]
    say({"kinds": kinds}, f"已采用 {len(kinds)} 个文件", as_json=as_json)


@cli.command()
def update(home: Home = None, as_json: AsJson = False) -> None:
    """从服务器取得内部根证书和最新的吊销列表。"""
    with office(home) as services:
        kinds = services.signing_trust.update_from_server().value
    say({"kinds": kinds}, "已更新", as_json=as_json)


@cli.command()
def seal(
    picture: Annotated[Path, typer.Argument(help="机关印章图片：透明背景 PNG", dir_okay=False)],
    diameter: Annotated[float, typer.Option(help="印章直径（毫米）", min=10, max=60)] = 42.0,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """设定机关印章图片。"""
    with office(home) as services:
        services.signing_trust.set_seal(picture, diameter)
    say({"diameter_mm": diameter}, "已设定机关印章图片", as_json=as_json)


@cli.command()
def service(
    url: Annotated[str, typer.Argument(help="时间戳服务地址；给出空字符串则用同步服务器的")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """设定时间戳服务。"""
    with office(home) as services:
        services.signing_trust.set_service(url)
        now = services.signing_trust.service()
    say({"url": now}, f"时间戳服务：{now or '无'}", as_json=as_json)


@cli.command()
def sign(
    which: Which,
    certificate: Annotated[
        str, typer.Option("--certificate", help="证书指纹或其开头几位；只有一张时可省")
    ] = "",
    as_bureau: Annotated[
        bool, typer.Option("--seal", help="以机关印章证书签名，并在成文日期上加盖印章")
    ] = False,
    stamp: Annotated[bool, typer.Option(help="向时间戳服务请求时间戳")] = True,
    out: Annotated[Path | None, typer.Option(help="同时导出已签名的 PDF", dir_okay=False)] = None,
    password_file: PasswordFile = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """以证书签名一份手写签字已完成的文书。"""
    with office(home) as services:
        document = find_document(services, which, compose=False)
        held = services.certificates.get(certificate or _only(services))
        signing = partial(
            services.certificate_signing.sign_document,
            document,
            held.fingerprint,
            as_bureau=as_bureau,
            stamp=stamp,
        )
        try:
            done = signing(password=_password(password_file) if password_file is not None else None).value
        except Refused as error:
            if error.code != "certificate.password_missing" or not sys.stdin.isatty():
                raise
            done = signing(password=_password(None)).value
        if out is not None:
            services.certificate_signing.export(document, out)
    note = f"\n{messages.sentence_of(done.no_stamp, {})}" if done.no_stamp else ""
    said = {"signer": done.signer, "level": done.level, "no_stamp": done.no_stamp, "pdf": out}
    say(said, f"{done.signer} 已签名（{done.level}）{note}", as_json=as_json)


@cli.command()
def check(
    file: Annotated[Path, typer.Argument(help="PDF 文件", dir_okay=False, exists=True)],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """核对 PDF 上的证书签名。"""
    with office(home) as services:
        report = services.certificate_signing.check(file.read_bytes())
    say(report, "\n".join(_rows(report)), as_json=as_json)
    if not report.is_valid:
        raise typer.Exit(1)


def _rows(report: Report) -> list[str]:
    if report.problem or not report.signatures:
        return [tr(f"pades.file.{report.problem or 'none'}")]
    return [_row(one) for one in report.signatures]


def _row(one: Verdict) -> str:
    name = one.certificate.name if one.certificate is not None else one.field
    at = one.stamped_at or one.claimed_at
    when = (
        tr(f"pades.time.{'stamped' if one.stamped_at else 'claimed'}", at=f"{local(at):%Y-%m-%d %H:%M:%S}")
        if at
        else "—"
    )
    verdict = (
        "holds" if one.is_valid else "intact_only" if one.is_intact and not one.problems else "holds_not"
    )
    why = "；".join(tr(f"pades.problem.{problem}") for problem in one.problems)
    notes = [tr(f"pades.trust.{one.trust}"), *([] if one.is_checked else [tr("pades.unchecked")])]
    return f"{name}  {one.level}  {when}  {tr(f'pades.{verdict}')}{'：' if why else ''}{why}（{'；'.join(notes)}）"


def _only(services: Services) -> str:
    found = services.certificates.all()
    if len(found) != 1:
        raise Refused("certificate.unknown", text="")
    return found[0].fingerprint


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text("utf-8").strip("\r\n")
    if not sys.stdin.isatty():
        raise Refused("cli.pin_missing")
    return str(typer.prompt("证书密码或 PIN", hide_input=True, err=True))
