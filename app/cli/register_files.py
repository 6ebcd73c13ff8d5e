"""Commands about whole registers (名录库): bring in, take back, decide between sources, give out."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, office, say, when
from app.core.errors import Refused, Unavailable
from app.core.registers import (
    INSTITUTION,
    PERSON,
    BatchId,
    Columns,
    Fact,
    FactId,
    Imported,
    ImportKind,
    RowNote,
)
from app.gui.messages import sentence_of

cli = typer.Typer(help="名录库：导入、撤销、导出", no_args_is_help=True)
Kind = Annotated[ImportKind, typer.Option(help="名录种类：机构、检查人员、专家")]
File = Annotated[Path, typer.Argument(help="xlsx、xls、CSV 或 JSON 文件", exists=True, dir_okay=False)]
_SHOWN = 20


def _sentence(note: RowNote) -> str:
    return sentence_of(note.code, dict(note.params))


def _columns(services: Services, file: Path, kind: ImportKind, written: Path | None) -> Columns | None:
    if written is None:
        return None
    try:
        text = written.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("import.map_invalid") from error
    return services.registers.read_map(file, kind, text)


def _mended_name(file: Path) -> Path:
    """Return a name beside the file that nothing has yet."""
    for number in range(1, 1000):
        path = file.with_name(f"{file.stem}-待修改{number if number > 1 else ''}.xlsx")
        if not path.exists():
            return path
    raise Refused("sheet.not_written", name=file.name)


def _note(note: RowNote) -> Mapping[str, object]:
    return {"row": note.row, "code": note.code, "reason": _sentence(note)}


@cli.command("look")
def look(
    file: File,
    kind: Kind = ImportKind.INSTITUTIONS,
    sheet: Annotated[str, typer.Option(help="工作表名称")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """查看文件的表头和各列的对应，不导入。"""
    with office(home) as services:
        found = services.registers.look(file, kind, sheet=sheet)
    lines = [
        f"{found.name}  {found.form}  {found.encoding}  表头在第 {found.columns.header} 行  共 {found.rows} 行"
    ]
    lines += [
        f"{one.position}  {one.label or '—'}  →  {one.field or '不导入'}  {'、'.join(one.samples)}"
        for one in found.listed
    ]
    say(found, "\n".join(lines), as_json=as_json)


@cli.command("import")
def bring_in(
    file: File,
    kind: Kind,
    map_file: Annotated[Path | None, typer.Option("--map", help="列对应文件（JSON）", dir_okay=False)] = None,
    source: Annotated[str, typer.Option(help="资料来源，默认为文件名")] = "",
    on: Annotated[dt.datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="资料日期")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不写入")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="退回的行写到这个文件，默认在原文件旁边", dir_okay=False)
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导入名录。读取的每一行都会计入导入、合并或退回；与名录不同的内容不覆盖，记为差异。"""
    with office(home) as services:
        columns = _columns(services, file, kind, map_file)
        result = services.registers.bring_in(
            file, kind, columns=columns, source=source, stated_on=on.date() if on else None, dry_run=dry_run
        ).value
        mended = None
        if result.rejected and not dry_run:
            try:
                mended = rejected or _mended_name(file)
                services.registers.write_rejected(mended, result, _sentence)
            except (Refused, Unavailable) as error:  # the import stands: what became of it must be said all the same
                mended = None
                told = RowNote(0, error.code, error.params)
                result = dataclasses.replace(result, warnings=(told, *result.warnings))
    tree = {
        "batch": result.batch, "read": result.read, "imported": result.imported, "merged": result.merged,
        "filled": result.filled, "conflicts": result.conflicts, "rejected": [_note(one.note) for one in result.rejected],
        "warnings": [_note(one) for one in result.warnings], "rejected_file": mended, "dry_run": dry_run,
    }  # fmt: skip
    say(tree, _told(result, mended, dry_run=dry_run), as_json=as_json)


def _told(result: Imported, mended: Path | None, *, dry_run: bool) -> str:
    lines = [
        f"{'试导入' if dry_run else '导入'}：读取 {result.read} 行，新增 {result.imported}，合并 {result.merged}，"
        f"退回 {len(result.rejected)}；补充 {result.filled} 处，差异 {result.conflicts} 处"
    ]
    for title, notes in (("退回", [one.note for one in result.rejected]), ("提示", list(result.warnings))):
        lines += [f"{title}  第 {note.row} 行：{_sentence(note)}" for note in notes[:_SHOWN]]
        if len(notes) > _SHOWN:
            lines.append(f"{title}  另有 {len(notes) - _SHOWN} 条")
    if mended:
        lines.append(f"退回的行已写入 {mended}，修改后可以再次导入")
    if result.batch:
        lines.append(f"撤销：yanfang registers undo {result.batch}")
    return "\n".join(lines)


@cli.command("batches")
def batches(home: Home = None, as_json: AsJson = False) -> None:
    """列出历次导入。"""
    with office(home) as services:
        found = services.registers.batches()
    lines = [
        f"{one.id}  {when(one.at)}  {one.file}  {one.source}  新增 {one.imported}  合并 {one.merged}  退回 {one.rejected}"
        f"{'  已撤销' if one.undone_at else ''}"
        for one in found
    ]
    say({"batches": found}, "\n".join(lines), as_json=as_json)


@cli.command("undo")
def undo(
    batch: Annotated[str, typer.Argument(help="导入编号")], home: Home = None, as_json: AsJson = False
) -> None:
    """撤销一次导入。此后改动过或用到的行保留。"""
    with office(home) as services:
        done = services.registers.undo(BatchId(batch)).value
    say(
        done,
        f"已撤销：移出 {done.removed} 行，恢复 {done.restored} 处，保留 {len(done.kept)} 行",
        as_json=as_json,
    )


@cli.command("conflicts")
def conflicts(
    people: Annotated[bool, typer.Option("--people", help="人员名录的差异")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """列出来源之间的差异。"""
    with office(home) as services:
        found = services.registers.conflicts(PERSON if people else INSTITUTION)
    lines = [
        f"{one.fact.id}  {one.name}  {one.fact.field}  名录：{one.standing}（{one.standing_source} {one.standing_on or ''}）"
        f"  另一来源：{one.fact.value}（{one.fact.source} {one.fact.stated_on or ''}）"
        for one in found
    ]
    say({"conflicts": found}, "\n".join(lines), as_json=as_json)


@cli.command("decide")
def decide(
    fact: Annotated[str, typer.Argument(help="差异编号")],
    take: Annotated[bool, typer.Option("--take/--keep", help="采用另一来源，或保留名录")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """处理一处差异；被替换的内容保留在沿革里。"""
    with office(home) as services:
        done: Fact = services.registers.decide(FactId(fact), take=take).value
    say(done, "已采用" if take else "已保留名录", as_json=as_json)


@cli.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="xlsx 文件", dir_okay=False)],
    kind: Kind = ImportKind.INSTITUTIONS,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导出名录为 Excel，单元格均为文本。"""
    with office(home) as services:
        count = services.registers.export(file, kind)
    say({"file": file, "rows": count}, f"已导出 {count} 行到 {file}", as_json=as_json)
