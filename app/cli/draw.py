"""Commands about the double-random draw: without an office from files, or to check a sheet."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.terms import AsJson, say
from app.core.clock import CHINA, now, today
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
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="种子来源，如 dice10=十面骰子二十次、lottery=体彩排列5第26310期；可多次给出"),
]


@cli.callback()
def run(
    context: typer.Context,
    plan: PlanFile = None,
    register: RegisterFile = None,
    people: PeopleFile = None,
    seed: Annotated[list[str] | None, typer.Option(help="种子：至少 20 位数字；有几个来源就按次序给出几次")] = None,
    drawn_at: Annotated[
        list[str] | None, typer.Option("--drawn-at", help="彩票的开奖时间，2026-06-15T21:25；有几种彩票就按次序给出几次")
    ] = None,
    witness: Annotated[list[str] | None, typer.Option(help="见证人；可多次给出")] = None,
    frozen_file: Annotated[Path | None, typer.Option("--frozen", help="已冻结的文件，代替计划和名录", dir_okay=False)] = None,
    on: Day = None,
    reserve: Reserve = 3,
    standby: Standby = 10,
    apart: Apart = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """按计划和名录用种子抽取；同样的输入在任何电脑上结果相同。要留下抽取表，先用 freeze 冻结并公布哈希。"""
    if context.invoked_subcommand is not None:
        return
    if out is not None and frozen_file is None:
        raise Refused("draw.not_frozen_first")  # such a sheet would say that the digits came after the freeze
    if out is not None and not any(map(str.strip, witness or ())):
        raise Refused("draw.witness_missing")
    at = now()
    if frozen_file:
        text = _text(frozen_file)
    else:
        text = _frozen(plan, register, people, _wish(on, reserve, standby, apart, None), at - dt.timedelta(milliseconds=1))
    whole = draw_files.draw_text(text, seed or [], [_moment(one) for one in drawn_at or ()], witness or [], at)
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
    source: Sources = None,
    as_json: AsJson = False,
) -> None:
    """冻结计划和名录，给出抽取前公布的哈希。"""
    text = _frozen(plan, register, people, _wish(on, reserve, standby, apart, source), now())
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
    printed: Annotated[str, typer.Option("--record", help="抽取表上印的记录哈希")] = "",
    as_json: AsJson = False,
) -> None:
    """复核一次抽取：重新计算全部结果，不一致时以退出码 1 结束。"""
    found, problems = draw_files.check_file(sheet, published.replace(" ", ""), printed.replace(" ", ""))
    told = [{"code": one.code, "reason": messages.sentence_of(f"draw.check.{one.code}", {"detail": one.detail})} for one in problems]
    tree = {
        "good": not problems, "frozen": found.digest, "record": found.record, "seed": found.told["seed"],
        "sources": found.told["sources"], "witnesses": found.told["witnesses"], "problems": told,
    }  # fmt: skip
    say(tree, "\n".join(["不通过", *(one["reason"] for one in told)] if problems else _good(found)), as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _tell(sheet: sheets.Sheet, *, as_json: bool) -> None:
    names = _names(sheet.text)
    titles = {one.id: one.title for one in sheet.frozen.strata}
    result: dict[str, Any] = json.loads(json.dumps(sheet.result))
    tree = {"frozen": sheet.digest, "record": sheet.record, "seed": sheet.told["seed"], **result, "names": names}
    lines = [f"冻结哈希 {sheet.digest}", f"种子 {sheet.told['seed']}", f"记录哈希 {sheet.record}"]
    for lot in result["lots"]:
        lines.append(f"[{titles[lot['stratum']]}]")
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
        f"通过：抽中 {len(drawn)} 家机构，与重新计算的一致", f"冻结哈希 {found.digest}", f"种子 {found.told['seed']}",
        f"记录哈希 {found.record}", *(f"{one['label']} {one['digits']} {one['at']}" for one in found.told["sources"]),
        f"操作人 {found.told['operator']}，见证人 {'、'.join(found.told['witnesses'])}", *drawn,
        "以上请与纸面核对；PDF 是否被改动用 yanfang verify 核验",
    ]  # fmt: skip


def _names(text: str) -> dict[str, str]:
    rows = map(json.loads, text.removesuffix("\n").split("\n")[1:])
    return {row["id"]: row.get("name", "") for row in rows}


def _frozen(plan: Path | None, register: Path | None, people: Path | None, wish: Wish, at: dt.datetime) -> str:
    if plan is None or register is None:
        raise Refused("draw.files_missing")
    found = draw_files.register_of(register, people)
    for note in found.rejected:
        reason = messages.sentence_of(note.code, dict(note.params))
        typer.echo(f"未列入名录  第 {note.row} 行：{reason}", err=True)
    return draw_files.freeze_files(draw_files.plan_of(plan), found, wish, at)


def _moment(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("cli.moment", text=text) from error
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _source(text: str) -> tuple[str, str]:
    kind, _, label = text.partition("=")
    if kind not in set(SourceKind) or not label.strip():
        raise Refused("draw.source", text=text, kinds="、".join(SourceKind))
    return kind, label.strip()


def _wish(on: str | None, reserve: int, standby: int, apart: list[str] | None, source: list[str] | None) -> Wish:
    try:
        day = dt.date.fromisoformat(on) if on else today(now())
    except ValueError as error:
        raise Refused("cli.date", text=on or "") from error
    wanted = tuple(apart or ())
    if set(wanted) - {"chain", "place"}:
        raise Refused("draw.apart", text="、".join(wanted))
    sources = tuple(map(_source, source or ())) or ((str(SourceKind.DICE10), draw_files.GIVEN),)
    return Wish(day, sources, reserve, wanted, standby)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("draw.unreadable", file=file.name) from error


def _write(file: Path, text: str) -> None:
    with exported(file) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
