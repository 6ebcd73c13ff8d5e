"""Commands about the double-random draw: without an office from files, or to check a sheet."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.terms import AsJson, say
from app.core.clock import now, today
from app.core.draws import SourceKind, Wish
from app.core.errors import Refused
from app.draws import frozen, sheets
from app.gui import messages
from app.services import draw_files
from app.services.draw_words import grouped
from app.services.written import exported

cli = typer.Typer(help="双随机抽取：抽取、冻结、复核（不需要数据目录）", invoke_without_command=True)
PlanFile = Annotated[Path | None, typer.Option("--plan", help="计划文件（JSON）", dir_okay=False)]
RegisterFile = Annotated[Path | None, typer.Option("--register", help="名录：JSON，或机构表（xlsx、CSV）", dir_okay=False)]
PeopleFile = Annotated[Path | None, typer.Option("--people", help="检查人员表（xlsx、CSV）", dir_okay=False)]
Day = Annotated[str | None, typer.Option("--on", help="抽取基准日，2026-06-15；默认今天")]
Reserve = Annotated[int, typer.Option(help="每组备选机构数", min=0, max=1000)]
Standby = Annotated[int, typer.Option(help="每类备选人员数", min=0, max=1000)]
Apart = Annotated[list[str] | None, typer.Option(help="分开抽取：chain 同一连锁，place 同一地址")]
Out = Annotated[Path | None, typer.Option("--out", help="写到文件", dir_okay=False)]


@cli.callback()
def run(
    context: typer.Context,
    plan: PlanFile = None,
    register: RegisterFile = None,
    people: PeopleFile = None,
    seed: Annotated[str, typer.Option(help="种子：至少 20 位数字")] = "",
    frozen_file: Annotated[Path | None, typer.Option("--frozen", help="已冻结的文件，代替计划和名录", dir_okay=False)] = None,
    on: Day = None,
    reserve: Reserve = 3,
    standby: Standby = 10,
    apart: Apart = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """按计划和名录用种子抽取；同样的输入在任何电脑上结果相同。"""
    if context.invoked_subcommand is not None:
        return
    text = _text(frozen_file) if frozen_file else _frozen(plan, register, people, _wish(on, reserve, standby, apart))
    whole = draw_files.draw_text(text, seed, now())
    sheet = sheets.read_sheet(whole.encode())
    if out is not None:
        _write(out, whole)
    _tell(sheet, as_json=as_json)


@cli.command("freeze")
def freeze(
    plan: PlanFile,
    register: RegisterFile,
    out: Annotated[Path, typer.Option("--out", help="写到文件", dir_okay=False)],
    people: PeopleFile = None,
    on: Day = None,
    reserve: Reserve = 3,
    standby: Standby = 10,
    apart: Apart = None,
    as_json: AsJson = False,
) -> None:
    """冻结计划和名录，给出抽取前公布的哈希。"""
    text = _frozen(plan, register, people, _wish(on, reserve, standby, apart))
    _write(out, text)
    digests = frozen.digests(text)
    known = frozen.read(text)
    strata = [{"id": one.id, "title": one.title, "ratio": one.ratio, "of": one.of, "take": one.take} for one in known.strata]
    lines = [f"{one.title}：可抽 {one.of}，抽取 {one.take}（{one.ratio}）" for one in known.strata]
    tree = {"frozen": digests.frozen, "register": digests.register, "rules": digests.rules, "strata": strata, "file": out}
    say(tree, "\n".join([f"冻结哈希 {grouped(digests.frozen, 8)}", *lines, f"已写入 {out}"]), as_json=as_json)


@cli.command("verify")
def verify(
    sheet: Annotated[Path, typer.Argument(help="抽取表（PDF）或导出的 jsonl 文件", dir_okay=False)],
    published: Annotated[str, typer.Option("--hash", help="事先公布的冻结哈希")] = "",
    as_json: AsJson = False,
) -> None:
    """复核一次抽取：重新计算全部结果，不一致时以退出码 1 结束。"""
    found, problems = draw_files.check_file(sheet, published.replace(" ", ""))
    told = [{"code": one.code, "reason": messages.sentence_of(f"draw.check.{one.code}", {"detail": one.detail})} for one in problems]
    tree = {"good": not problems, "frozen": found.digest, "seed": found.told["seed"], "problems": told}
    say(tree, "\n".join(["不通过", *(one["reason"] for one in told)] if problems else _good(found)), as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _tell(sheet: sheets.Sheet, *, as_json: bool) -> None:
    names = _names(sheet.text)
    result: dict[str, Any] = json.loads(json.dumps(sheet.result))
    tree = {"frozen": sheet.digest, "seed": sheet.told["seed"], **result, "names": names}
    lines = [f"冻结哈希 {sheet.digest}", f"种子 {sheet.told['seed']}"]
    for lot in result["lots"]:
        lines.append(f"[{lot['stratum']}]")
        lines += [f"{n}  {names.get(row, row)}  0.{ticket[:12]}" for n, (row, ticket) in enumerate(lot["picks"], 1)]
    lines += [
        f"第{n}组  {'、'.join(names.get(person, person) for person, _ in team['members'])}"
        for n, team in enumerate(result["teams"], 1)
    ]
    say(tree, "\n".join(lines), as_json=as_json)


def _good(found: sheets.Sheet) -> list[str]:
    """Return what to say of a sheet that holds: with the names, for what is printed could have been exchanged."""
    names = _names(found.text)
    drawn = [f"{names[row]}  0.{ticket[:12]}" for lot in found.result["lots"] for row, ticket in lot["picks"]]
    return [
        f"通过：抽中 {len(drawn)} 家机构，与重新计算的一致", f"冻结哈希 {found.digest}", f"种子 {found.told['seed']}", *drawn,
        "以上请与纸面核对；PDF 是否被改动用 yanfang verify 核验",
    ]  # fmt: skip


def _names(text: str) -> dict[str, str]:
    rows = map(json.loads, text.removesuffix("\n").split("\n")[1:])
    return {row["id"]: row.get("name", "") for row in rows}


def _frozen(plan: Path | None, register: Path | None, people: Path | None, wish: Wish) -> str:
    if plan is None or register is None:
        raise Refused("draw.files_missing")
    found = draw_files.register_of(register, people)
    for note in found.rejected:
        reason = messages.sentence_of(note.code, dict(note.params))
        typer.echo(f"未列入名录  第 {note.row} 行：{reason}", err=True)
    return draw_files.freeze_files(draw_files.plan_of(plan), found, wish)


def _wish(on: str | None, reserve: int, standby: int, apart: list[str] | None) -> Wish:
    try:
        day = dt.date.fromisoformat(on) if on else today(now())
    except ValueError as error:
        raise Refused("cli.date", text=on or "") from error
    wanted = tuple(apart or ())
    if set(wanted) - {"chain", "place"}:
        raise Refused("draw.apart", text="、".join(wanted))
    return Wish(day, ((str(SourceKind.DICE10), draw_files.GIVEN),), reserve, wanted, standby)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("draw.unreadable", file=file.name) from error


def _write(file: Path, text: str) -> None:
    with exported(file) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
