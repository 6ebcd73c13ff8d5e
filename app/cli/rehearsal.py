"""The rehearsal: a fictional office to practise on, and the whole main job played on it against a real server."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import Services, open_services
from app.cli.terms import AsJson, Home, say
from app.core.clock import now
from app.core.errors import Refused
from app.services.demo import cast
from app.services.demo.furnish import Furnished, furnish
from app.services.demo.play import check, play
from app.services.verifying import exit_code, verify

_STEPS = {"check": "逐项检查、拍照", "interview": "询问并签字", "findings": "登记违规事实", "record": "生成、签字、导出"}


def demo(
    out: Annotated[Path | None, typer.Option(help="把整个流程做一遍，结果放在这个目录")] = None,
    window: Annotated[bool, typer.Option("--window", help="打开演练单位的窗口")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """演练：虚构的单位、机构和人员，与真实案件互不相干。"""
    if window:
        from app.cli.window import open_window

        folder = home or Path("build") / "rehearsal"
        if not open_services(folder).vault.state().exists:
            _prepare(folder)
        print(f"演练单位口令：{cast.SECRET}", file=sys.stderr)
        raise typer.Exit(open_window(folder, cast.SECRET))
    if out is None:
        raise Refused("cli.demo_where")
    said = _run(out.absolute(), quiet=as_json)
    text = "\n".join(f"{title}：{said[name]}" for name, title in (
        ("pdf", "签字后的 PDF"), ("case", "案卷"), ("keys", "公钥"), ("server", "服务器数据"), ("receipts", "回执"),
        ("second", "第二台电脑的数据目录"),
    ))  # fmt: skip
    say(said, text, as_json=as_json)


def _prepare(folder: Path) -> None:
    """Make the rehearsal office with one visit under way, one to come and one signed."""
    services = open_services(folder)
    try:
        made = _office(services)
        play(services, made.tasks[2], now(), folder / "rehearsal.pdf")
        check(services, made.tasks[0], now(), share=0.4)
    finally:
        services.close()


def _office(services: Services) -> Furnished:
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    return furnish(services, now())


def _run(out: Path, *, quiet: bool) -> dict[str, Any]:
    if out.exists() and any(out.iterdir()):
        if not (out / "receipts.json").exists() and not (out / ".yanfang-demo").exists():
            raise Refused("cli.demo_folder", folder=str(out))
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / ".yanfang-demo").write_text("", encoding="utf-8")

    def tell(step: str) -> None:
        if not quiet:
            print(f"… {_STEPS.get(step, step)}", file=sys.stderr)

    services = open_services(out / "laptop-1")
    second = open_services(out / "laptop-2")
    try:
        made = _office(services)
        played = play(services, made.tasks[0], now(), out / "record.pdf", tell)
        tell("同步到中心服务器")
        with _server(out / "server") as (url, code):
            services.sync.enrol(url, code())
            report = services.sync.run().value
            receipts = services.sync.receipts()
            status = services.sync.status()
            tell("第二台电脑取回")
            player = cast.PEOPLE[1]
            second.vault.setup(
                cast.OFFICE, player.name, player.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
            )
            second.sync.enrol(url, code())
            pulled = second.sync.run().value
            tell("装订案卷并核验")
            services.sync.run()  # what proves that the signed lines are in the server's log
            case = services.cases.export(played.inspection, out / "案卷.yfcase.zip").value
            keys = out / "公钥.txt"
            keys.write_text("\n".join(services.cases.known_keys()) + "\n", encoding="utf-8")
            _must_hold(out, keys)
            copies = len(second.documents.of(played.inspection))
            second.documents.export(played.record, out / "record-from-second-laptop.pdf")
    finally:
        services.close()
        second.close()
    (out / "receipts.json").write_text(
        json.dumps([{"title": one.title, "lines": one.lines, "receipted": one.receipted, "files": one.files,
                     "files_receipted": one.files_receipted} for one in receipts], ensure_ascii=False, indent=1),
        encoding="utf-8",
    )  # fmt: skip
    return {
        "pdf": played.pdf, "sha256": played.sha256, "case": case.file, "keys": keys,
        "server": out / "server", "receipts": out / "receipts.json",
        "second": out / "laptop-2", "pushed": report.pushed, "files_sent": report.files_sent, "pending": status.pending,
        "files_pending": status.files_pending, "pulled": pulled.pulled, "files_received": pulled.files_received,
        "documents_on_second": copies,
        "inspection": played.inspection, "secret": cast.SECRET,
    }  # fmt: skip


def _must_hold(out: Path, keys: Path) -> None:
    """Require that what was exported is accepted, and refused once a single bit of it is another.

    Raises:
        Refused: `demo.not_proven`.
    """
    case, pdf, changed = out / "案卷.yfcase.zip", out / "record.pdf", out / "changed.part"
    verdicts = verify([case, pdf], keys)
    for one in (case, pdf):
        raw = bytearray(one.read_bytes())
        raw[len(raw) // 2] ^= 1
        changed.write_bytes(raw)
        verdicts += tuple(replace(other, is_good=other.is_good is False) for other in verify([changed], keys))
    changed.unlink()
    if exit_code(verdicts):
        raise Refused("demo.not_proven", told="\n".join(one.told for one in verdicts if not one.is_good))


@contextmanager
def _server(data: Path) -> Iterator[tuple[str, Any]]:
    """Run the real server process on a free port; give its address and a maker of one-time codes.

    Its log goes into `server.log` beside its data.
    """
    command = _server_command()
    with data.with_name("server.log").open("ab") as server_log:
        process = subprocess.Popen(
            [*command, "serve", "--data", str(data), "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=server_log,
            text=True, encoding="utf-8",
        )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said:
            raise Refused("cli.demo_server")

        def code() -> str:
            issued = subprocess.run(
                [*command, "enrol-code", "--data", str(data), "--json"], capture_output=True, text=True, encoding="utf-8", check=True
            )
            return str(json.loads(issued.stdout)["code"])

        yield str(json.loads(said)["url"]), code
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.stdout is not None:
            process.stdout.close()


def _server_command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name("yanfang-server" + Path(sys.executable).suffix))]
    return [sys.executable, "-c", "from sync.server.cli import main; main()"]


COMMANDS = (demo,)
