"""``yanfang-server``: run the central server, issue one-time codes, show figures."""

import gc
import io
import json
import os
import signal
import socket
import ssl
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn

from resources.help_words import speak_chinese
from sync.heap import share_heaps
from sync.protocol.errors import SyncError
from sync.server import packet_cli
from sync.server.app import make_app
from sync.server.ca.cli import CaFolder, ca_folder
from sync.server.ca.cli import cli as ca_cli
from sync.server.ca.keeper import Keeper as CaKeeper
from sync.server.devices import DEFAULT_GRANTS
from sync.server.ops import anchors, commands, logs, sm3
from sync.server.ops.tidying import tidying
from sync.server.people import cli as people_cli
from sync.server.sentences import sentence
from sync.server.status import status as figures
from sync.server.terminal import (
    AsJson,
    BlobsAddress,
    DatabaseAddress,
    DataFolder,
    Owner,
    Scopes,
    existing,
    open_place,
    say,
)
from sync.server.upload_limits import Limits

cli = typer.Typer(
    name="yanfang-server", help="验方中心服务器", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
cli.add_typer(packet_cli.cli, name="packet")
cli.add_typer(ca_cli)
commands.register(cli)
for group in people_cli.groups():
    cli.add_typer(group)


_KEEP_ALIVE_S: Final = 15 * 60
_TURN_S: Final = 0.001 if sys.platform == "win32" else 0.0002  # Windows rounds what is less to nothing, and spins


class TlsUnusable(SyncError):
    """Say that certificate and key are not there, cannot be read or do not belong together."""

    code = "server.tls_unusable"


class PortTaken(SyncError):
    """Say that the server cannot listen there."""

    code = "server.port_taken"


@cli.command()
def serve(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口，0 为任选空闲端口", min=0, max=65535)] = 8765,
    tls_cert: Annotated[Path | None, typer.Option(help="TLS 证书（PEM）", dir_okay=False)] = None,
    tls_key: Annotated[Path | None, typer.Option(help="TLS 私钥（PEM）", dir_okay=False)] = None,
    ca: CaFolder = None,
    files_per_day: Annotated[
        int, typer.Option(help="一台设备 24 小时内最多送来多少 GiB 文件", min=8, max=65536, envvar="YANFANG_FILES_PER_DAY")
    ] = 64,
    files_unfinished: Annotated[
        int, typer.Option(help="一台设备没有传完的文件最多占多少 GiB", min=8, max=65536, envvar="YANFANG_FILES_UNFINISHED")
    ] = 32,
    records_per_day: Annotated[
        int, typer.Option(help="一台设备 24 小时内最多送来多少 GiB 记录", min=1, max=65536, envvar="YANFANG_RECORDS_PER_DAY")
    ] = 4,
    as_json: AsJson = False,
) -> None:
    """运行服务器，直到按 Ctrl+C。"""
    logs.begin(sys.stderr)
    share_heaps(2)
    _check_tls(tls_cert, tls_key)
    office = open_place(data, database, blobs)
    office.blobs.set_limits(Limits(files_per_day << 30, files_unfinished << 30, records_per_day << 30))
    # A push holds some ten thousand objects and makes no rings of them: looking for rings took a tenth of its time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    anchors.check(office)
    office.devices.seal.check()
    listener = _listen(host, port)
    keeper = anchors.Keeper(office)
    keeper.start()
    comparer = sm3.comparing(office)
    comparer.start()
    tidier = tidying(office)
    tidier.start()
    ca_place = ca_folder(data, ca)
    prolonger = CaKeeper(office, ca_place) if ca_place is not None else None
    if prolonger is not None:
        prolonger.start()
    scheme = "http" if tls_cert is None else "https"
    url = f"{scheme}://{host}:{listener.getsockname()[1]}"
    say({"url": url, "server": office.devices.server}, f"服务器已启动：{url}", as_json=as_json)
    config = uvicorn.Config(
        make_app(office, ca_place), log_config=None, access_log=False, lifespan="off", server_header=False,
        # A laptop that comes every few minutes finds its connection still there.
        timeout_keep_alive=_KEEP_ALIVE_S,
        limit_concurrency=2000, timeout_graceful_shutdown=10,  # idle connections count here; see also MOST_AT_ONCE
        ssl_certfile=None if tls_cert is None else str(tls_cert), ssl_keyfile=None if tls_key is None else str(tls_key),
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _end)  # the server gives the signal on when its last answer is out
    # A thread that comes back from the database asks for Python's lock, many times a request: another that computes gives it soon.
    sys.setswitchinterval(_TURN_S)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        if prolonger is not None:
            prolonger.stop()
        tidier.stop()
        comparer.stop()
        keeper.stop()
        office.blobs.close()
        office.database.close()


@cli.command("enrol-code")
def enrol_code(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    user: Owner = "inspector",
    scope: Scopes = None,
    valid_hours: Annotated[int, typer.Option(help="有效小时数", min=1, max=24 * 30)] = 48,
    as_json: AsJson = False,
) -> None:
    """签发一个一次性设备登记码。"""
    office = open_place(data, database, blobs)
    try:
        issued = office.devices.issue_code(user, tuple(scope or DEFAULT_GRANTS), valid_hours * 3_600_000)
        said = {
            "code": issued.code,
            "user": issued.user,
            "scopes": issued.grants,
            "expires_ms": issued.expires_ms,
        }
        say(said, f"登记码：{issued.code}（{valid_hours} 小时内有效，仅可用一次）", as_json=as_json)
    finally:
        office.database.close()


@cli.command()
def status(
    data: DataFolder = None,
    database: DatabaseAddress = None,
    blobs: BlobsAddress = None,
    as_json: AsJson = False,
) -> None:
    """显示服务器已收到的记录与文件数量。"""
    with existing(data, database, blobs) as office:
        shown = figures(office.database)
    text = f"设备 {shown.devices} 台，记录 {shown.lines} 行，文件 {shown.files} 个，未决冲突 {shown.open_conflicts} 个"
    say(asdict(shown), text, as_json=as_json)


def main() -> None:
    """Run the command line; refusals go to standard error as one JSON object or one sentence, with exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows would get the code page's bytes; a name on a stick need not be text.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    speak_chinese()
    try:
        cli()
    except SyncError as refused:
        said = sentence(refused.code, refused.params)
        if "--json" in sys.argv:
            said = json.dumps(
                {"code": refused.code, "params": refused.params, "message": said}, ensure_ascii=False
            )
        print(said, file=sys.stderr)
        raise SystemExit(1) from refused


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)


def _check_tls(certificate: Path | None, key: Path | None) -> None:
    if certificate is None and key is None:
        return
    try:
        if certificate is None:
            raise FileNotFoundError
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as problem:  # SSLError is one
        raise TlsUnusable(certificate=str(certificate or ""), key=str(key or certificate)) from problem


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The protocol is named because asyncio sends small answers at once only on sockets that say TCP.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    except OSError as problem:
        raise PortTaken(port=port) from problem
    try:
        if os.name != "nt":  # on Windows this option would let two servers share one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as problem:
        listener.close()
        raise PortTaken(port=port) from problem
    return listener


if __name__ == "__main__":
    main()
