"""Commands about what leaves the office: cases, volumes, copies, and checking them."""

import datetime as dt
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.record import find_document
from app.cli.terms import AsJson, Home, find_inspection, office, say
from app.core.errors import Refused
from app.core.progress import Progress
from app.services import verifying

cli = typer.Typer(help="案卷", no_args_is_help=True)


@cli.command()
def export(
    inspection: Annotated[str, typer.Argument(help="检查编号或任务号")],
    out: Annotated[Path, typer.Option(help="案卷文件（.yfcase.zip）")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导出案卷（一案一卷）：文书、目录、证据原件和核验工具装在一个文件里。"""
    with office(home) as services:
        made = services.cases.export(find_inspection(services, inspection), out).value
    absent = f"，另有 {made.absent} 份原件不在本机" if made.absent else ""
    say(made, f"已导出案卷：{out}（文书 {made.documents} 件 {made.pages} 页，证据原件 {made.evidence} 份{absent}）", as_json=as_json)


@cli.command()
def bind(
    month: Annotated[str, typer.Argument(help="月份，如 2026-11")],
    out: Annotated[Path, typer.Option(help="PDF 文件")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """装订成册：一个月签完的文书，连同封面、目录和连续页码，合成一个 PDF。"""
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Refused("cli.usage", reason=month) from error
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)

    def told(step: Progress) -> None:
        if not as_json and (step.done % 20 == 0 or step.done == step.total):
            print(f"… {step.done}/{step.total}", file=sys.stderr)

    with office(home) as services:
        made = services.volumes.bind(first, last, out, told).value
    say(made, f"已装订：{out}（文书 {made.documents} 件 {made.pages} 页）", as_json=as_json)


@cli.command()
def copy(
    which: Annotated[str, typer.Argument(help="检查编号或任务号（现场检查笔录），或文书编号")],
    out: Annotated[Path, typer.Option(help="PDF 文件")],
    kind: Annotated[str, typer.Option(help="副本类型：party 当事人、publication 公示、police 移送公安、health 移送卫健")] = "party",
    mask: Annotated[list[str] | None, typer.Option(help="正文里另需遮盖的姓名，可多次给出")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """制作副本：按类型略去或遮盖不应载明的内容，带有指向原件的二维码。"""
    with office(home) as services:
        document = find_document(services, which, compose=False)
        names = tuple(mask or ())
        made = services.copies.make(document, kind, out, names).value
        left = [one for one in services.copies.suspected(document, kind) if one not in names]
    words = f"已制作副本：{out}\n二维码内容：{made.code}"
    if left:
        words += f"\n正文里可能还有姓名：{'、'.join(left)}。需要遮盖的，请用 --mask 给出后重新制作。"
    say({**asdict(made), "suspected": left}, words, as_json=as_json)


def verify(
    files: Annotated[
        list[Path],
        typer.Argument(help="文书（PDF）、案卷（.yfcase.zip）或照片；照片与同时给出的文书比对", exists=True, dir_okay=False),
    ],
    keys: Annotated[Path | None, typer.Option(help="医保局公布的公钥，每行一个")] = None,
    code: Annotated[str, typer.Option(help="副本上二维码的内容")] = "",
    as_json: AsJson = False,
) -> None:
    """核验文书、案卷、照片有没有被改动过。退出码：0 相符，1 不符，3 无法判断。"""
    verdicts = verifying.verify(files, keys, code)
    say(verdicts, "\n".join(one.told for one in verdicts), as_json=as_json)
    raise typer.Exit(verifying.exit_code(verdicts))


COMMANDS = (verify,)
